// Variables and secrets, parsed once per isolate. A bad one refuses to serve and names every bad key.

import { z } from "zod";
import { checkBaseUrl } from "./domain/base-url.ts";
import { isLoopbackHost } from "./domain/outbound-url.ts";

const variablesSchema = z.object({
  /** Where the carrier and API clients reach this deployment: scheme and host, no trailing slash. */
  PUBLIC_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith("https:") || isLoopbackUrl(url), "must be https, or http on loopback")
    .refine(isOrigin, "must be a scheme and a host alone, without path, query or credentials")
    .transform((url) => new URL(url).origin),
  /** Base64 of 32 random bytes: encrypts carrier credentials at rest. */
  CREDENTIALS_KEY: z
    .string()
    .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), "must be the base64 of 32 bytes"),
  /** The model that agents think with where their organisation names none: an OpenAI-compatible API … */
  MODEL_BASE_URL: z.string().optional(),
  /** … or, without an address, one of Workers AI (`@cf/…`). Without a name the agents talk by script. */
  MODEL_NAME: z.string().min(1).max(200).optional(),
  /** For MODEL_BASE_URL alone. */
  MODEL_API_KEY: z.string().min(1).optional(),
  /** How long a model may take to its first word; it is asked twice. */
  MODEL_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(60).default(6),
  /** Turns the built-in sandbox carrier on. Its accounts' tokens are derived from it. */
  SANDBOX_SECRET: z.string().min(32).optional(),
  /** How many times faster than life the sandbox's people ring, talk and pause. */
  SANDBOX_SPEED: z.coerce.number().min(1).max(1000).default(1),
  /** A call that was not handed to its carrier this long after acceptance ends as `dial_expired`. */
  DIAL_DEADLINE_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
  /** The most requests per minute that an administrator may give a key in one of its buckets. */
  RATE_LIMIT_CEILING: z.coerce.number().int().min(1).max(1_000_000).default(60_000),
});

/** What must hold of several variables together. */
const schema = variablesSchema
  .transform((variables) => ({ ...variables, isLocal: isLoopbackUrl(variables.PUBLIC_BASE_URL) }))
  .superRefine(({ MODEL_BASE_URL, MODEL_NAME, MODEL_API_KEY, isLocal }, { addIssue }) => {
    const refuse = (key: string, message: string) => addIssue({ code: "custom", path: [key], message });
    if (MODEL_BASE_URL === undefined) {
      if (MODEL_API_KEY !== undefined) refuse("MODEL_API_KEY", "is for a MODEL_BASE_URL, and there is none");
      const isOfWorkersAi = MODEL_NAME === undefined || /^@(?:cf|hf)\//.test(MODEL_NAME);
      if (!isOfWorkersAi)
        refuse("MODEL_NAME", "without MODEL_BASE_URL must be one of Workers AI, like @cf/…");
      return;
    }
    if (MODEL_NAME === undefined) refuse("MODEL_NAME", "is required with MODEL_BASE_URL");
    const address = checkBaseUrl(MODEL_BASE_URL, { allowLoopbackHttp: isLocal });
    if (!address.ok) refuse("MODEL_BASE_URL", `is no address that may be asked: ${address.error}`);
  });

export type Config = Readonly<z.infer<typeof schema>>;

const parsed = new WeakMap<object, Config>();

export function readConfig(env: object): Config {
  const known = parsed.get(env);
  if (known !== undefined) return known;
  const result = schema.safeParse(env);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Configuration refused: ${problems.join("; ")}`);
  }
  const config = Object.freeze(result.data);
  parsed.set(env, config);
  return config;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username } = new URL(text);
  return pathname === "/" && search === "" && hash === "" && username === "";
}

export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}
