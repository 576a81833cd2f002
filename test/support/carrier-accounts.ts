// Carrier accounts as an administrator keeps them.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { readConfig } from "../../src/config.ts";
import { createdCarrierSchema } from "../../src/contract/carrier-accounts.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import worker from "../../src/index.ts";
import { newId } from "../../src/lib/ids.ts";
import { unseal } from "../../src/lib/sealing.ts";
import { BASE_URL, post, request } from "./api.ts";
import type { Organisation } from "./organisation.ts";

const db = openDb(env.DB);
const config = readConfig(env);

export const SID = `AC${"0123456789abcdef".repeat(2)}`;
export const TOKEN = "the-token-that-nobody-may-ever-see";
export const NUMBERS = ["+14155550100", "+918888888888"];

export const twilio = (changes: Record<string, unknown> = {}) => ({
  kind: "twilio",
  name: "Main",
  account_sid: SID,
  auth_token: TOKEN,
  numbers: NUMBERS,
  ...changes,
});

export const patch = (path: string, apiKey: string, body: unknown) =>
  request(path, apiKey, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
export const remove = (path: string, apiKey: string) => request(path, apiKey, { method: "DELETE" });

export async function create(org: Organisation, body: unknown) {
  const response = await post("/v1/carriers", org.apiKey, body);
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  const carrier = createdCarrierSchema.parse(await response.json());
  return { ...carrier, path: `/v1/carriers/${carrier.uuid}` };
}

const problemSchema = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export const problemOf = async (response: Response) => problemSchema.parse(await response.json());

export async function storedToken(carrierId: string): Promise<string> {
  const row = await db.select().from(tables.carriers).where(eq(tables.carriers.id, carrierId)).get();
  return unseal(config.credentialsKeys, row?.authTokenEncrypted ?? "", carrierId);
}

export const numbersOf = (carrierId: string) =>
  db.select().from(tables.carrierNumbers).where(eq(tables.carrierNumbers.carrierId, carrierId));

export async function addCampaign(
  org: Organisation,
  changes: Partial<typeof tables.campaigns.$inferInsert>,
): Promise<string> {
  const id = newId("campaign");
  await db.insert(tables.campaigns).values({
    id,
    orgId: org.orgId,
    kind: "outbound",
    name: "Another",
    status: "active",
    voiceAgentId: org.agentId,
    config: JSON.stringify({ max_duration: 60 }),
    createdAt: 1,
    ...changes,
  });
  return id;
}

export const dropCampaign = (id: string) =>
  db.update(tables.campaigns).set({ deletedAt: 2 }).where(eq(tables.campaigns.id, id));

/** Asks a Worker with another environment. */
export async function ask(
  environment: object,
  method: string,
  path: string,
  { apiKey }: Organisation,
  body?: unknown,
): Promise<Response> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  // What differs from `env` is what the test wants to differ.
  return worker.fetch(new Request(BASE_URL + path, init), environment as Env, createExecutionContext());
}
