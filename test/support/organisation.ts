// Each test makes its own organisation: storage is shared within a file.

import { env } from "cloudflare:workers";
import { sha256Hex } from "../../src/lib/crypto.ts";
import { newId } from "../../src/lib/ids.ts";
import { seal } from "../../src/lib/sealing.ts";
import { RATE_LIMIT_BUCKETS } from "../../src/domain/rate-limits.ts";
import { SCOPES, type Scope } from "../../src/domain/scopes.ts";
import { accountToken } from "../../src/lib/account-token.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { readConfig } from "../../src/config.ts";

export type Organisation = Awaited<ReturnType<typeof createOrganisation>>;

type Options = {
  campaignConfig?: Record<string, unknown>;
  campaign?: Partial<typeof tables.campaigns.$inferInsert>;
  agent?: Partial<typeof tables.voiceAgents.$inferInsert>;
  allowedCountries?: string[] | null;
  callsPerSecond?: number;
  maxConcurrent?: number;
  /** Where the carrier account's calls go instead of the built-in sandbox. */
  apiBaseUrl?: string;
};

export const FROM = "+15550010000";
const NOW = 1_780_000_000;

/** As `createKey` takes it: tests poll, and those of limits make keys of their own. */
export const HIGH_LIMITS = limitsOfAll(60_000);

/** … so many a minute in every bucket. */
export function limitsOfAll(perMinute: number): string {
  return JSON.stringify(Object.fromEntries(RATE_LIMIT_BUCKETS.map((bucket) => [bucket, perMinute])));
}

export async function createOrganisation(options: Options = {}) {
  const db = openDb(env.DB);
  const config = readConfig(env);
  const orgId = newId("organisation");
  const carrierId = newId("carrier");
  const agentId = newId("agent");
  const campaignId = newId("campaign");
  const accountSid = `AC${crypto.randomUUID().replaceAll("-", "")}`;
  const authToken = await accountToken(config.SANDBOX_SECRET ?? "", accountSid);
  await db.insert(tables.organisations).values({
    id: orgId,
    name: "Luminary Home",
    allowedCountries:
      options.allowedCountries === null ? null : JSON.stringify(options.allowedCountries ?? ["*"]),
    createdAt: NOW,
  });
  await db.insert(tables.carriers).values({
    id: carrierId,
    orgId,
    kind: "sandbox",
    name: "Sandbox",
    accountSid,
    authTokenEncrypted: await seal(config.CREDENTIALS_KEY, authToken, carrierId),
    apiBaseUrl: options.apiBaseUrl ?? null,
    callsPerSecond: options.callsPerSecond ?? 100,
    maxConcurrent: options.maxConcurrent ?? null,
    createdAt: NOW,
  });
  await db
    .insert(tables.carrierNumbers)
    .values({ carrierId, orgId, phone: FROM, country: "US", createdAt: NOW });
  await db.insert(tables.voiceAgents).values({
    id: agentId,
    orgId,
    name: "Aria",
    voiceConfig: JSON.stringify({ language_code: "en-US" }),
    createdAt: NOW,
    ...options.agent,
  });
  await db.insert(tables.campaigns).values({
    id: campaignId,
    orgId,
    kind: "outbound",
    name: "Standing desks",
    status: "active",
    voiceAgentId: agentId,
    carrierId,
    phoneNumber: FROM,
    config: JSON.stringify({ max_duration: 60, ...options.campaignConfig }),
    createdAt: NOW,
    ...options.campaign,
  });
  const keyId = newId("key");
  const apiKey = await createKey(orgId, SCOPES, { id: keyId, limits: HIGH_LIMITS });
  return { orgId, carrierId, agentId, campaignId, accountSid, authToken, apiKey, keyId };
}

export async function createKey(
  orgId: string,
  scopes: readonly Scope[],
  changes: Partial<typeof tables.apiKeys.$inferInsert> = {},
): Promise<string> {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(43)), (byte) =>
    (byte % 36).toString(36),
  ).join("");
  const apiKey = `tl_k_${random}`;
  await openDb(env.DB)
    .insert(tables.apiKeys)
    .values({
      id: newId("key"),
      orgId,
      name: "test",
      keyHash: await sha256Hex(apiKey),
      scopes: JSON.stringify(scopes),
      createdAt: NOW,
      ...changes,
    });
  return apiKey;
}
