// What the bundle takes for zod has all of zod but two names, and nobody asks for those.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as zod from "zod";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const LEFT_OUT = ["core", "locales"] as const;

test("nothing else of zod is missing, on the module or on its z", async () => {
  const slim = (await import("../../src/lib/zod/zod.js" as string)) as typeof zod;
  expect(Object.keys(slim).toSorted()).toEqual(Object.keys(zod).toSorted());
  for (const from of [slim, slim.z]) {
    const missing = Object.keys(zod.z).filter((name) => Reflect.get(from, name) === undefined);
    expect(missing.toSorted()).toEqual([...LEFT_OUT]);
  }
  expect(slim.z.string().safeParse(1).error?.message).toBe(zod.z.string().safeParse(1).error?.message);
});

test("and what is missing is used as a type alone", () => {
  // Types are named as such: z.core.$ZodError, z.core.JSONSchema.BaseSchema.
  const asValue = /\bz\.(?:locales|core(?!\.(?:\$|JSONSchema\.)))/;
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  expect(files.filter((file) => asValue.test(readFileSync(join(SOURCE, file), "utf8")))).toEqual([]);
});
