// A customer who asks never to be called again is opted out, even if nobody called A10. Nobody else is.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { optOutRemovals, optOuts } from "../../src/db/schema.ts";
import type { EndedReason } from "../../src/domain/call/status.ts";
import { read, request } from "../support/api.ts";
import { CUSTOMER } from "../support/call-row.ts";
import { ACKED, endedCall, RETRIED, sendToAnalysis, storedCall, type Said } from "../support/ended-call.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";

const WISH: Said = [
  ["agent", "Hi, this is Aria calling from Luminary Home. Is this a good time?"],
  ["customer", "Please never call me again."],
];
const ENDED_AT = 1_790_000_000;

function optOutsOf({ orgId }: Organisation) {
  return openDb(env.DB).select().from(optOuts).where(eq(optOuts.orgId, orgId)).all();
}

async function removal(org: Organisation, createdAt: number): Promise<void> {
  await openDb(env.DB)
    .insert(optOutRemovals)
    .values({ orgId: org.orgId, phone: CUSTOMER, reason: "Asked us to", optedOutAt: 1, createdAt });
}

test.for([
  "customer_hangup",
  "agent_hangup",
  "human_hangup",
  "max_duration",
  "relay_lost",
  "agent_failed",
] as const)("who asked for it is opted out, though the call ended for %s", async (reason) => {
  const org = await createOrganisation();
  const callId = await endedCall(org, reason, WISH);
  expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
  expect(await optOutsOf(org)).toMatchObject([{ phone: CUSTOMER, reason: `Asked for in call ${callId}` }]);
  expect((await read(org, callId)).key_details.extraction).toEqual({ opt_out: true });
  const again = await request("/v1/calls", org.apiKey, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: CUSTOMER, campaign_id: org.campaignId }),
  });
  expect(await again.json()).toMatchObject({ code: "contact_opted_out" });
});

const NOBODY: [string, EndedReason, Said][] = [
  ["a voicemail's greeting", "voicemail", WISH],
  ["a fax", "fax", WISH],
  ["a call that nobody answered", "no_answer", WISH],
  ["a call that failed", "carrier_failed", WISH],
  [
    "the agent's own words",
    "agent_hangup",
    [
      ["agent", "I have taken your number off our list. We will never call you again. Unsubscribe me."],
      ["customer", "Thank you."],
    ],
  ],
  ["a wish for something else", "agent_hangup", [["customer", "Don't call me tomorrow, call on Friday."]]],
];

test.for(NOBODY)("nobody is opted out by %s", async ([, reason, said]) => {
  const org = await createOrganisation();
  const callId = await endedCall(org, reason, said);
  expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
  expect(await optOutsOf(org)).toEqual([]);
  expect((await storedCall(callId))?.analysis).not.toBeNull();
});

test("who withholds the number can't be opted out, and whoever calls in can", async () => {
  const org = await createOrganisation();
  const anonymous = await endedCall(org, "customer_hangup", WISH, { fromNumber: "anonymous" }, "inbound");
  expect(await sendToAnalysis(anonymous)).toMatchObject(ACKED);
  expect(await optOutsOf(org)).toEqual([]);
  await sendToAnalysis(await endedCall(org, "customer_hangup", WISH, {}, "inbound"));
  expect(await optOutsOf(org)).toMatchObject([{ phone: CUSTOMER }]);
});

test("an opt-out that is there keeps its reason", async () => {
  const org = await createOrganisation();
  await openDb(env.DB)
    .insert(optOuts)
    .values({ orgId: org.orgId, phone: CUSTOMER, reason: "By letter", createdAt: 5 });
  await sendToAnalysis(await endedCall(org, "customer_hangup", WISH));
  expect(await optOutsOf(org)).toMatchObject([{ reason: "By letter", createdAt: 5 }]);
});

test("an opt-out that was removed after the analysis does not come back by a late message", async () => {
  const org = await createOrganisation();
  const callId = await endedCall(org, "customer_hangup", WISH);
  await sendToAnalysis(callId);
  const path = `/v1/opt-outs/${encodeURIComponent(CUSTOMER)}?reason=They+changed+their+mind`;
  expect((await request(path, org.apiKey, { method: "DELETE" })).status).toBe(204);
  await openDb(env.DB).delete(optOutRemovals).where(eq(optOutRemovals.orgId, org.orgId));
  expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
  expect(await optOutsOf(org)).toEqual([]);
});

test("a removal since the call's end is newer than the wish; one before it is not", async () => {
  const org = await createOrganisation();
  await removal(org, ENDED_AT - 1);
  await sendToAnalysis(await endedCall(org, "customer_hangup", WISH));
  expect(await optOutsOf(org)).toHaveLength(1);
  const other = await createOrganisation();
  await removal(other, ENDED_AT);
  const late = await endedCall(other, "customer_hangup", WISH);
  await sendToAnalysis(late);
  expect(await optOutsOf(other)).toEqual([]);
  expect((await storedCall(late))?.summary).toMatch("not to be called again");
});

test("another organisation's removal is none of ours", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  await removal(other, ENDED_AT + 1);
  await sendToAnalysis(await endedCall(org, "customer_hangup", WISH));
  expect(await optOutsOf(org)).toHaveLength(1);
});

test("wish and analysis are written together or not at all", async () => {
  const org = await createOrganisation();
  const callId = await endedCall(org, "customer_hangup", WISH);
  await env.DB.prepare(
    `CREATE TRIGGER breaks BEFORE UPDATE OF analysis ON calls WHEN NEW.id = '${callId}'
     BEGIN SELECT RAISE(ABORT, 'broken'); END`,
  ).run();
  try {
    expect(await sendToAnalysis(callId)).toMatchObject(RETRIED);
    expect(await optOutsOf(org)).toEqual([]);
  } finally {
    await env.DB.prepare("DROP TRIGGER breaks").run();
  }
  expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
  expect(await optOutsOf(org)).toHaveLength(1);
  expect((await storedCall(callId))?.summary).toMatch("not to be called again");
});
