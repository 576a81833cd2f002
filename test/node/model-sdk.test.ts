// The SDK for models is large, and most of what a Worker is asked needs none of it: one file imports it, and that file
// is loaded when it is first used.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const HOME = "agent/llm/sdk.ts";
/** Types cost nothing. */
const LOADS_SDK = /^import (?!type )[^;]*?["'](?:@ai-sdk\/[^"']*|ai|workers-ai-provider)["']/m;
const LOADS_HOME = /\bfrom\s+["'][^"']*\/sdk\.ts["']/;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== HOME)
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), "utf8") }));

test("nothing else loads the model SDK", () => {
  expect(LOADS_SDK.test(readFileSync(join(SOURCE, HOME), "utf8"))).toBe(true);
  expect(files.filter(({ text }) => LOADS_SDK.test(text)).map(({ file }) => file)).toEqual([]);
});

test("and it is loaded late", () => {
  expect(files.filter(({ text }) => LOADS_HOME.test(text)).map(({ file }) => file)).toEqual([]);
  expect(files.some(({ text }) => text.includes('import("./llm/sdk.ts")'))).toBe(true);
});
