import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export const DEFAULT_PORT = 8787;

/** What `dev` and `dev:info` have in common: which instance is meant. */
export type InstanceOptions = { port: number; stateFolder: string };

export type DevOptions = InstanceOptions & { speed: number };

const INSTANCE_OPTIONS = {
  port: { type: "string", default: String(DEFAULT_PORT) },
  "persist-to": { type: "string", default: resolve(REPOSITORY, ".wrangler/state") },
} as const;

export function parseDevOptions(args: string[]): DevOptions {
  const { values } = parseArgs({
    args,
    options: { ...INSTANCE_OPTIONS, speed: { type: "string", default: "4" } },
  });
  return { ...toInstance(values), speed: parseNumber("speed", values.speed, 1, 1_000) };
}

/** `shell`: as commands for a shell instead of JSON. */
export function parseDevInfoOptions(args: string[]): InstanceOptions & { shell: boolean } {
  const { values } = parseArgs({
    args,
    options: { ...INSTANCE_OPTIONS, shell: { type: "boolean", default: false } },
  });
  return { ...toInstance(values), shell: values.shell };
}

function toInstance(values: { port: string; "persist-to": string }): InstanceOptions {
  return {
    port: parseNumber("port", values.port, 1, 65_535),
    stateFolder: resolve(values["persist-to"]),
  };
}

/** `to` is whom the demo calls; with `inbound` somebody calls the demo instead. */
export type DemoOptions = { to: string; inbound: boolean; json: boolean };

const DEMO_CUSTOMER = "+15005550030";

export function parseDemoOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      to: { type: "string" },
      inbound: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  if (values.inbound && values.to !== undefined) throw new Error("--to and --inbound exclude each other");
  return { ...values, to: values.to ?? DEMO_CUSTOMER };
}

/** A deployment with a sandbox carrier, and the campaign whose agent is talked to. */
export type RemoteOptions = {
  url: string;
  apiKey: string;
  campaignId: string;
  accountSid: string;
  authToken: string;
};

/** What is not given is undefined, and stays as it is. */
export type TalkOptions = {
  inbound: boolean;
  json: boolean;
  /** Who does not type is silent, and no sign of life is given for them. */
  silence: boolean;
  name: string | undefined;
  metadata: Record<string, unknown> | undefined;
  persona: string | undefined;
  language: string | undefined;
  agent: string | undefined;
  /** Null for an instance of its own. */
  remote: RemoteOptions | null;
};

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean", default: false } as const;

export const TALK_OPTIONS = {
  inbound: FLAG,
  json: FLAG,
  silence: FLAG,
  name: TEXT,
  metadata: TEXT,
  persona: TEXT,
  "persona-file": TEXT,
  language: TEXT,
  agent: TEXT,
  url: TEXT,
  campaign: TEXT,
  "account-sid": TEXT,
} as const;

/** Options that would show a secret to all users of the machine, and where it is read from instead. */
const SECRET_OPTIONS: Record<string, string> = { key: "API_KEY", "auth-token": "AUTH_TOKEN" };

type Environment = Record<string, string | undefined>;

export function parseTalkOptions(args: string[], env: Environment = process.env): TalkOptions {
  refuseSecrets(args);
  const { values } = parseArgs({ args, options: TALK_OPTIONS });
  const { inbound, json, silence, name, language, agent, persona, "persona-file": file } = values;
  if (persona !== undefined && file !== undefined) {
    throw new Error("--persona and --persona-file exclude each other");
  }
  return {
    inbound,
    json,
    silence,
    name,
    language,
    agent,
    metadata: values.metadata === undefined ? undefined : parseObject("metadata", values.metadata),
    persona: file === undefined ? persona : readFileSync(file, "utf8").trim(),
    remote: toRemote(values, env),
  };
}

function refuseSecrets(args: string[]): void {
  for (const [name, variable] of Object.entries(SECRET_OPTIONS)) {
    if (args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))) {
      throw new Error(
        `--${name} is no option: others could read it. Set ${variable} in the environment instead`,
      );
    }
  }
}

const REMOTE_OPTIONS = ["url", "campaign", "account-sid"] as const;

function toRemote(
  values: Partial<Record<(typeof REMOTE_OPTIONS)[number], string | undefined>>,
  { API_KEY: apiKey, AUTH_TOKEN: authToken }: Environment,
): RemoteOptions | null {
  const { url, campaign, "account-sid": accountSid } = values;
  if (REMOTE_OPTIONS.every((name) => values[name] === undefined)) return null;
  if (!url || !campaign || !accountSid) throw new Error("--url, --campaign and --account-sid go together");
  if (!apiKey || !authToken) {
    throw new Error("With --url, API_KEY and AUTH_TOKEN must be set in the environment");
  }
  return { url: new URL(url).origin, apiKey, campaignId: campaign, accountSid, authToken };
}

function parseObject(name: string, json: string): Record<string, unknown> {
  const wrong = new Error(`--${name} must be a JSON object`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw wrong;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong;
  return { ...value };
}

/**
 * The options of this process; wrong ones end it with one line that says why.
 * @param help what the script prints, by its name, where it is asked for help.
 */
export function readOptions<T>(parse: (args: string[]) => T, help?: { script: string; usage: string }): T {
  const args = process.argv.slice(2);
  if (help !== undefined && (args.includes("--help") || args.includes("-h"))) {
    console.log(help.usage);
    return process.exit(0);
  }
  try {
    return parse(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (help !== undefined) console.error(`npm run ${help.script} -- --help lists all options.`);
    return process.exit(1);
  }
}

function parseNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}
