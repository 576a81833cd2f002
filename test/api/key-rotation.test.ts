// The key that credentials are sealed with is exchanged while everything runs: what was sealed with the old one opens,
// and is sealed anew.

import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { readConfig, type Config } from "../../src/config.ts";
import { openDb } from "../../src/db/client.ts";
import { findSealedOtherwise, replaceSealed } from "../../src/db/sealed-values.ts";
import { seal, sealPrefix, unseal } from "../../src/lib/sealing.ts";
import { resealCredentials } from "../../src/services/credentials/reseal.ts";
import { openProvider } from "../../src/telephony/registry.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const OLD_KEY = btoa("an-old-key-an-old-key-an-old-key");
const LOST_KEY = btoa("a-lost-key-a-lost-key-a-lost-key");

/** The tests' own key is the new one, so that nothing of another test is sealed anew. */
const configuration = (): Config => {
  const config = readConfig(env);
  return { ...config, CREDENTIALS_KEY_PREVIOUS: OLD_KEY, credentialsKeys: [config.CREDENTIALS_KEY, OLD_KEY] };
};

const run = (config = configuration()) => resealCredentials({ env, db: openDb(env.DB), config });

async function sealAccount({ carrierId, authToken }: Organisation, key: string): Promise<void> {
  await env.DB.prepare("UPDATE carriers SET auth_token_encrypted = ? WHERE id = ?")
    .bind(await seal(key, authToken, carrierId), carrierId)
    .run();
}

async function readAccount({ carrierId, accountSid }: Organisation) {
  const row = await env.DB.prepare("SELECT auth_token_encrypted AS sealed FROM carriers WHERE id = ?")
    .bind(carrierId)
    .first<{ sealed: string }>();
  const sealed = row?.sealed ?? "";
  return {
    sealed,
    account: { id: carrierId, kind: "sandbox", accountSid, authTokenEncrypted: sealed, apiBaseUrl: null },
  } as const;
}

describe("with the previous key beside the new one", () => {
  test("an account opens before it was sealed anew, and after, when the previous key is gone", async () => {
    const org = await createOrganisation();
    await sealAccount(org, OLD_KEY);
    const before = await readAccount(org);
    await expect(openProvider(before.account, readConfig(env))).rejects.toThrow(/another key/);
    await openProvider(before.account, configuration());
    const after = await until(
      async () => {
        await run();
        return readAccount(org);
      },
      ({ sealed }) => sealed !== before.sealed,
    );
    await openProvider(after.account, readConfig(env));
  });

  test("everything that is sealed is sealed anew: accounts, models' keys, webhooks' secrets and headers", async () => {
    const { orgId, carrierId, authToken } = await createOrganisation();
    const webhookId = `wbh_${orgId.slice(4)}`;
    const sealed = (context: string) => seal(OLD_KEY, "secret", context);
    await env.DB.batch([
      env.DB.prepare("UPDATE carriers SET auth_token_encrypted = ? WHERE id = ?").bind(
        await seal(OLD_KEY, authToken, carrierId),
        carrierId,
      ),
      env.DB.prepare("UPDATE organisations SET model_key_encrypted = ? WHERE id = ?").bind(
        await sealed(orgId),
        orgId,
      ),
      env.DB.prepare(
        `INSERT INTO webhooks (id, org_id, name, url, events, headers_encrypted, secret_encrypted,
           previous_secret_encrypted, previous_secret_until, status, created_at)
         VALUES (?, ?, 'w', 'https://example.com/', '[]', ?, ?, ?, 1, 'active', 1)`,
      ).bind(webhookId, orgId, await sealed(webhookId), await sealed(webhookId), await sealed(webhookId)),
    ]);
    const read = () =>
      env.DB.batch<Record<string, string>>([
        env.DB.prepare("SELECT id, auth_token_encrypted FROM carriers WHERE id = ?").bind(carrierId),
        env.DB.prepare("SELECT id, model_key_encrypted FROM organisations WHERE id = ?").bind(orgId),
        env.DB.prepare(
          "SELECT id, headers_encrypted, secret_encrypted, previous_secret_encrypted FROM webhooks WHERE id = ?",
        ).bind(webhookId),
      ]);
    const { CREDENTIALS_KEY } = readConfig(env);
    const prefix = await sealPrefix(CREDENTIALS_KEY);
    // Other tests' rows are sealed with nothing that opens, and each run takes some of all by chance.
    const values = await until(
      async () => {
        await run();
        return (await read()).flatMap(({ results }) =>
          results.flatMap(({ id = "", ...columns }) =>
            Object.values(columns).map((value) => ({ id, value })),
          ),
        );
      },
      (all) => all.every(({ value }) => value.startsWith(prefix)),
    );
    const opened = await Promise.all(values.map(({ id, value }) => unseal([CREDENTIALS_KEY], value, id)));
    expect(opened).toEqual([authToken, "secret", "secret", "secret", "secret"]);
  });

  test("what is changed while it is sealed anew stays as it was changed", async () => {
    const org = await createOrganisation();
    const db = openDb(env.DB);
    await sealAccount(org, OLD_KEY);
    const prefix = await sealPrefix(readConfig(env).CREDENTIALS_KEY);
    const found = await findSealedOtherwise(db, prefix, 10_000);
    const value = found.find(({ id }) => id === org.carrierId);
    if (value === undefined) throw new Error("It is not found");
    await sealAccount(org, readConfig(env).CREDENTIALS_KEY);
    const changed = await readAccount(org);
    expect(await replaceSealed(db, value, "from what it was")).toBe(false);
    expect(await readAccount(org)).toEqual(changed);
    expect(await replaceSealed(db, { ...value, sealed: changed.sealed }, changed.sealed)).toBe(true);
  });

  test("what neither key opens stays as it is, and is no other's hindrance", async () => {
    const [lost, org] = [await createOrganisation(), await createOrganisation()];
    await sealAccount(lost, LOST_KEY);
    await sealAccount(org, OLD_KEY);
    const before = await readAccount(lost);
    const prefix = await sealPrefix(readConfig(env).CREDENTIALS_KEY);
    await until(
      async () => {
        await run();
        return readAccount(org);
      },
      ({ sealed }) => sealed.startsWith(prefix),
    );
    expect((await readAccount(lost)).sealed).toBe(before.sealed);
    await sealAccount(lost, readConfig(env).CREDENTIALS_KEY);
  });
});

test("without a previous key nothing is touched", async () => {
  const org = await createOrganisation();
  await sealAccount(org, OLD_KEY);
  const before = await readAccount(org);
  await run(readConfig(env));
  expect((await readAccount(org)).sealed).toBe(before.sealed);
});
