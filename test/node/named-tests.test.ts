// What the README and SECURITY name as proof is there.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../src/cli/options.ts";

test.each(["README.md", ".github/SECURITY.md"])("every test that %s names exists", (file) => {
  const text = readFileSync(join(REPOSITORY, file), "utf8");
  const named = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});
