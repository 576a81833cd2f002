// Variables and secrets, parsed once per isolate. A bad one refuses to serve and names every bad key.

import { z } from "zod";
import { checkBaseUrl } from "./domain/base-url.ts";
import { isLoopbackHost } from "./domain/outbound-url.ts";
import { logInfo } from "./lib/log.ts";

const keySchema = z
  .string()
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), "must be the base64 of 32 bytes");

const variablesSchema = z.object({
  /** Where the carrier and API clients reach this deployment: scheme and host, no trailing slash. */
  PUBLIC_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith("https:") || isLoopbackUrl(url), "must be https, or http on loopback")
    .refine(isOrigin, "must be a scheme and a host alone, without path, query or credentials")
    .transform((url) => new URL(url).origin),
  /** Base64 of 32 random bytes: encrypts carrier credentials at rest. */
  CREDENTIALS_KEY: keySchema,
  /** The one before, while what was sealed with it is being sealed anew (README, "Change the key"). */
  CREDENTIALS_KEY_PREVIOUS: z
    .literal("")
    .transform(() => undefined)
    .or(keySchema)
    .optional(),
  /**
   * The model that agents think with where their organisation names none: an OpenAI-compatible API. Address and name
   * make one; with one of them missing there is none.
   */
  MODEL_BASE_URL: z.string().optional(),
  MODEL_NAME: z.string().min(1).max(200).optional(),
  /** For MODEL_BASE_URL alone. */
  MODEL_API_KEY: z.string().min(1).optional(),
  /** Without such an address: one of Workers AI. Without either the agents talk by script. */
  WORKERS_AI_MODEL: z
    .string()
    .regex(/^@(?:cf|hf)\/\S+$/, "must be one of Workers AI, like @cf/…")
    .max(200)
    .optional(),
  /** How long a model may take to its first word, while somebody waits on the phone. It is asked twice. */
  MODEL_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(12).default(6),
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
  .transform((variables) => ({
    ...variables,
    isLocal: isLoopbackUrl(variables.PUBLIC_BASE_URL),
    /** What opens stored credentials: the key with which they are sealed first. */
    credentialsKeys: [variables.CREDENTIALS_KEY, variables.CREDENTIALS_KEY_PREVIOUS].filter(
      (key) => key !== undefined,
    ),
  }))
  .superRefine(({ MODEL_BASE_URL, isLocal }, { addIssue }) => {
    if (MODEL_BASE_URL === undefined) return;
    const address = checkBaseUrl(MODEL_BASE_URL, { allowLoopbackHttp: isLocal });
    if (address.ok) return;
    const message = `is no address that may be asked: ${address.error}`;
    addIssue({ code: "custom", path: ["MODEL_BASE_URL"], message });
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
  noteHalfModel(config);
  return config;
}

/** Secrets are set one after the other: a model of which a part is missing yet must not stop the calls. */
function noteHalfModel({ MODEL_BASE_URL, MODEL_NAME, MODEL_API_KEY }: Config): void {
  const missing = [
    ...(MODEL_BASE_URL === undefined ? ["MODEL_BASE_URL"] : []),
    ...(MODEL_NAME === undefined ? ["MODEL_NAME"] : []),
  ];
  const isBegun = missing.length < 2 || MODEL_API_KEY !== undefined;
  if (isBegun && missing.length > 0) logInfo("model_incomplete", { missing: missing.join(", ") });
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username } = new URL(text);
  return pathname === "/" && search === "" && hash === "" && username === "";
}

export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}
