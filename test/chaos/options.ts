import { parseArgs } from "node:util";

export type ChaosOptions = { calls: number; seeds: number[]; kills: number; keep: boolean };

export function parseChaosOptions(args: string[]): ChaosOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { calls: text, seed: text, kills: text, keep: { type: "boolean", default: false } },
  });
  const calls = parseCount("calls", values.calls ?? "200", 1);
  return {
    calls,
    seeds: (values.seed ?? "1").split(",").map((seed) => parseCount("seed", seed, 0)),
    // One kill in twenty calls, as long as they are not told otherwise.
    kills: parseCount("kills", values.kills ?? String(Math.ceil(calls / 20)), 0),
    keep: values.keep,
  };
}

function parseCount(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new Error(`--${name} must be a whole number, at least ${least}`);
  return value;
}
