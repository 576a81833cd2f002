// The SDK for models is large, and most of what a Worker is asked needs none of it: one file imports what a talk needs of
// it, one what an analysis needs besides, and they are loaded when they are first used.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const HOMES = ["agent/llm/sdk.ts", "agent/analysis/generate.ts"];
/** Types cost nothing. */
const LOADS_SDK = /^import (?!type )[^;]*?["'](?:@ai-sdk\/[^"']*|ai|workers-ai-provider)["']/m;
const LOADS_HOME = /^import (?!type )[^;]*?["'][^"']*\/(?:sdk|generate)\.ts["']/m;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !HOMES.includes(file))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), "utf8") }));

test("nothing else loads the model SDK", () => {
  for (const home of HOMES) expect(LOADS_SDK.test(readFileSync(join(SOURCE, home), "utf8"))).toBe(true);
  expect(files.filter(({ text }) => LOADS_SDK.test(text)).map(({ file }) => file)).toEqual([]);
});

test("and it is loaded late", () => {
  expect(files.filter(({ text }) => LOADS_HOME.test(text)).map(({ file }) => file)).toEqual([]);
  for (const late of ['import("./llm/sdk.ts")', 'import("./generate.ts")']) {
    expect(files.some(({ text }) => text.includes(late))).toBe(true);
  }
});
