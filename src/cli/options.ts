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

/** The options of this process; wrong ones end it with one line that says why. */
export function readOptions<T>(parse: (args: string[]) => T): T {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
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
