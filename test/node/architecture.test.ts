import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBreaches, readImports } from "./imports.ts";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "trunkline-src-"));
  cpSync(SOURCE, copy, { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("the source keeps the import law", () => {
  const imports = readImports(SOURCE);
  expect(imports.length).toBeGreaterThan(100);
  expect(findBreaches(imports)).toEqual([]);
});

const PLANTED = [
  ["upwards", "domain/planted.ts", `import { x } from "../services/context.ts";`, "imports go down only"],
  [
    "upwards, type only",
    "lib/planted.ts",
    `import type { X } from "../domain/phone.ts";`,
    "imports go down only",
  ],
  [
    "sideways on floor 4",
    "services/planted.ts",
    `import { x } from "../objects/live-board.ts";`,
    "never sideways",
  ],
  ["sideways on floor 3", "telephony/planted.ts", `export { x } from "../db/client.ts";`, "never sideways"],
  ["drizzle outside db", "services/planted.ts", `import { eq } from "drizzle-orm";`, "only in db"],
  ["hono outside http", "services/planted.ts", `import { Hono } from "hono/tiny";`, "only in http"],
  [
    "a carrier by name",
    "services/planted.ts",
    `import { x } from "../telephony/twilio/twilio.ts";`,
    "registry alone",
  ],
  ["the sandbox peeking", "sandbox/planted.ts", `import { x } from "../db/client.ts";`, "stands aside"],
  [
    "the product peeking",
    "services/planted.ts",
    `await import("../sandbox/mp3.ts");`,
    "a room that no floor knows",
  ],
  [
    "a new room",
    "planted/planted.ts",
    `import { ok } from "../lib/result.ts";`,
    "a room that no floor knows",
  ],
] as const;

test.for(PLANTED)("a planted breach is found: %s", ([, file, code, why]) => {
  const path = join(copy, file);
  cpSync(SOURCE, copy, { recursive: true });
  if (file.startsWith("planted/")) cpSync(join(SOURCE, "cron"), join(copy, "planted"), { recursive: true });
  writeFileSync(path, `${code}\n`);
  const found = findBreaches(readImports(copy)).filter((breach) => breach.startsWith(file));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(why);
  rmSync(path);
});

test("tests that share their runtime with objects fake no timers: a timer of an object would go off in the test", () => {
  const tests = fileURLToPath(new URL("../", import.meta.url));
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const fakes = files
    .filter((file) => !file.startsWith("node/"))
    .flatMap((file) => readFileSync(join(tests, file), "utf8").match(/useFakeTimers\(.{0,18}/g) ?? []);
  expect(fakes.length).toBeGreaterThan(10);
  expect(fakes.filter((fake) => fake !== 'useFakeTimers({ toFake: ["Date"]')).toEqual([]);
});
