// All ways to the database go through db/client.ts and db/d1-sessions.ts: which database an organisation lives in can be decided there, once there
// are several (decision 21).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));

test("nobody takes the database's binding but to open it", () => {
  const uses = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .flatMap((file) => readFileSync(join(SOURCE, file), "utf8").match(/.*\benv\.DB\b.*/g) ?? []);
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((line) => !/\bopen(?:Db|Near|AtPrimary)\((?:c\.)?env\.DB\b/.test(line))).toEqual([]);
});
