import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RETRY_OVERRIDES } from "../../src/telephony/twilio/retry-overrides.ts";
import { unseal } from "../../src/lib/sealing.ts";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { runScript } from "./support/process.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
const KEY = Buffer.alloc(32, 7).toString("base64");
const SID = `AC${"a".repeat(32)}`;

test("npm run setup writes SQL that makes a working organisation, and shows its key only once", async () => {
  const { code, stdout, stderr } = await runScript(
    "setup",
    ["--number", "+14155550192", "--name", "O'Neil & Co"],
    {
      CREDENTIALS_KEY: KEY,
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: "a-token",
    },
  );
  expect(code).toBe(0);
  const secret = /tl_k_[0-9A-Za-z]{43}/.exec(stderr)?.[0] ?? "";
  expect(stdout).not.toContain(secret);
  expect(stdout).not.toContain("a-token");

  const db = new DatabaseSync(":memory:");
  for (const file of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"))) {
    db.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }
  db.exec(stdout);
  db.exec(stdout);
  const row = db
    .prepare(
      `SELECT g.kind, o.name, c.id AS carrier_id, c.account_sid, c.auth_token_encrypted, n.phone, n.country, k.key_hash
       FROM organisations o JOIN carriers c ON c.org_id = o.id JOIN carrier_numbers n ON n.carrier_id = c.id
       JOIN campaigns g ON g.carrier_id = c.id AND g.phone_number = n.phone AND g.status = 'active'
       JOIN voice_agents a ON a.id = g.voice_agent_id AND a.is_active JOIN api_keys k ON k.org_id = o.id ORDER BY g.kind`,
    )
    .all();
  expect(row.map(({ kind }) => kind)).toEqual(["inbound", "outbound"]);
  expect(stderr).toContain(`/carriers/${String(row[0]?.carrier_id)}/inbound${RETRY_OVERRIDES}\n`);
  expect(row[0]).toMatchObject({
    name: "O'Neil & Co",
    account_sid: SID,
    phone: "+14155550192",
    country: "US",
    key_hash: await sha256Hex(secret),
  });
  const sealed = String(row[0]?.auth_token_encrypted);
  expect(await unseal(KEY, sealed, String(row[0]?.carrier_id))).toBe("a-token");
});

test("npm run setup says what it needs, and writes nothing without it", async () => {
  const { code, stdout, stderr } = await runScript("setup", ["--number", "+14155550192", "--name", "X"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("CREDENTIALS_KEY");
});
