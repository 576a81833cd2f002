import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SCOPES } from "../../src/domain/scopes.ts";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { runScript } from "./support/process.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

/** What the SQL makes of an empty database, run twice. */
function rowsOf(sql: string) {
  const db = new DatabaseSync(":memory:");
  for (const file of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"))) {
    db.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }
  db.exec(sql);
  db.exec(sql);
  return db
    .prepare(
      `SELECT o.name, o.allowed_countries, k.key_hash, k.scopes, k.expires_at, k.revoked_at
       FROM organisations o JOIN api_keys k ON k.org_id = o.id`,
    )
    .all();
}

test("npm run setup writes SQL that makes an organisation and a key, and shows the key only once", async () => {
  const { code, stdout, stderr } = await runScript("setup", ["--name", "O'Neil & Co"]);
  expect(code).toBe(0);
  const secret = /tl_k_[0-9A-Za-z]{43}/.exec(stderr)?.[0] ?? "";
  expect(stdout).not.toContain(secret);
  const [row, ...more] = rowsOf(stdout);
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    name: "O'Neil & Co",
    allowed_countries: null,
    key_hash: await sha256Hex(secret),
    expires_at: null,
    revoked_at: null,
  });
  expect(JSON.parse(String(row?.scopes))).toEqual(SCOPES);
});

test("npm run setup takes the countries that may be called", async () => {
  const { stdout } = await runScript("setup", ["--name", "X", "--countries", "US,IN"]);
  expect(rowsOf(stdout)[0]?.allowed_countries).toBe('["US","IN"]');
});

test.each([
  ["no name", []],
  ["an empty name", ["--name", " "]],
  ["countries that are none", ["--name", "X", "--countries", "usa"]],
  ["an option it has not", ["--name", "X", "--number", "+14155550192"]],
])("npm run setup says what it needs and writes nothing: %s", async (_, args) => {
  const { code, stdout, stderr } = await runScript("setup", args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("--name");
});
