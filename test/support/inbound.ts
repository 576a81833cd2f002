// Somebody calls in, as the carrier tells of it: a signed request to the account's address.

import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { env } from "cloudflare:workers";
import { BASE_URL, request } from "./api.ts";
import { createOrganisation, FROM, type Organisation } from "./organisation.ts";

export const CALLER = "+14155550192";

export type Desk = Organisation & { inboundId: string };

/** An organisation with an outbound campaign, and an inbound one at the same number. */
export async function createDesk(
  inbound: Partial<typeof tables.campaigns.$inferInsert> = {},
  options: Parameters<typeof createOrganisation>[0] = {},
): Promise<Desk> {
  const org = await createOrganisation(options);
  return { ...org, inboundId: await addInboundCampaign(org, inbound) };
}

export async function addInboundCampaign(
  org: Organisation,
  changes: Partial<typeof tables.campaigns.$inferInsert> = {},
): Promise<string> {
  const id = newId("campaign");
  await openDb(env.DB)
    .insert(tables.campaigns)
    .values({
      id,
      orgId: org.orgId,
      kind: "inbound",
      name: "Front desk",
      status: "active",
      voiceAgentId: org.agentId,
      carrierId: org.carrierId,
      phoneNumber: FROM,
      config: JSON.stringify({ max_duration: 8 }),
      createdAt: 1_780_000_000,
      ...changes,
    });
  return id;
}

export function newCallSid(): string {
  return `CA${crypto.randomUUID().replaceAll("-", "")}`;
}

/** @param fields what the carrier says otherwise; undefined leaves a field out. */
export async function callIn(
  org: Organisation,
  fields: Record<string, string | undefined> = {},
  token = org.authToken,
): Promise<Response> {
  const form = {
    AccountSid: org.accountSid,
    CallSid: newCallSid(),
    CallStatus: "ringing",
    Direction: "inbound",
    From: CALLER,
    To: FROM,
    ...fields,
  };
  const told = Object.entries(form).filter((field): field is [string, string] => field[1] !== undefined);
  const body = new URLSearchParams(told).toString();
  const path = `/carriers/${org.carrierId}/inbound`;
  return request(path, null, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": await signatureOf(token, BASE_URL + path, body),
    },
    body,
  });
}
