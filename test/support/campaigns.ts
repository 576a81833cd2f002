// Campaigns as clients write them.

import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { post, request } from "./api.ts";
import { FROM, type Organisation } from "./organisation.ts";

export const PATH = "/v1/campaigns";

/** The body of one that could be active. */
export const whole = (org: Organisation, changes: Record<string, unknown> = {}) => ({
  kind: "inbound",
  name: "Front desk",
  voice_agent_id: org.agentId,
  carrier_id: org.carrierId,
  phone_number: FROM,
  ...changes,
});

/** Its path. */
export async function create(org: Organisation, body: Record<string, unknown>): Promise<string> {
  const response = await post(PATH, org.apiKey, body);
  expect(response.status).toBe(201);
  const { uuid } = await response.json<{ uuid: string }>();
  return `${PATH}/${uuid}`;
}

export const read = async (org: Organisation, path: string) =>
  (await request(path, org.apiKey)).json<Record<string, unknown>>();

export async function addNumber(org: Organisation, phone: string) {
  const number = { carrierId: org.carrierId, orgId: org.orgId, phone, country: "US", createdAt: 0 };
  await openDb(env.DB).insert(tables.carrierNumbers).values(number);
}
