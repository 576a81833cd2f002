// What an operator is told of the calls: how many live, and whether one hangs or work was given up.

import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { callHealthSchema } from "../../src/contract/health.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, post, request } from "../support/api.ts";
import { consume } from "../support/consume.ts";
import { Endpoints } from "../support/endpoints.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

async function health(org: Organisation) {
  const response = await request("/v1/health/calls", org.apiKey);
  expect(response.status).toBe(200);
  return callHealthSchema.parse(await response.json());
}

/** A row of a call that was accepted so long ago. @param endsIn seconds until it must have ended, as its object says. */
async function insertCall(
  org: Organisation,
  status: string,
  secondsAgo: number,
  endsIn: number | null = null,
): Promise<string> {
  const callId = newId("call");
  await env.DB.prepare(
    `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at,
       must_end_at, ended_at) VALUES (?1, ?2, ?3, ?4, 'outbound', '+15550010000', ?5, ?6, unixepoch() - ?7, unixepoch() + ?8,
       IIF(?6 = 'ended', unixepoch(), NULL))`,
  )
    .bind(
      callId,
      org.orgId,
      org.campaignId,
      org.carrierId,
      `+1500${callId.slice(-7)}`,
      status,
      secondsAgo,
      endsIn,
    )
    .run();
  return callId;
}

test("an organisation without calls has nothing that hangs", async () => {
  const org = await createOrganisation();
  expect(await health(org)).toEqual({
    live: 0,
    oldest_live: null,
    stuck: 0,
    stuck_calls: [],
    dead_letters: 0,
    webhooks_paused: 0,
    checked_at: expect.any(String),
  });
});

test("live calls are counted, the oldest is named, and those of others are not seen", async () => {
  const [org, other] = [await createOrganisation(), await createOrganisation()];
  const oldest = await insertCall(org, "in_progress", 100, 600);
  await insertCall(org, "dialing", 5);
  await insertCall(org, "ended", 100_000);
  await insertCall(other, "in_progress", 100_000, -1_000);
  expect(await health(org)).toMatchObject({ live: 2, oldest_live: { call_uuid: oldest }, stuck: 0 });
});

// It is given two minutes for the news of its end; one that no carrier has yet, its dial deadline (300 s) and 15 minutes.
test.for([
  ["in_progress", 40_000, 10, 0],
  ["in_progress", 40_000, -110, 0],
  ["in_progress", 40_000, -130, 1],
  ["bridged", 100, -130, 1],
  ["dialing", 1_300, null, 0],
  ["dialing", 1_330, null, 1],
] as const)(
  "a call that is %s since %i s and must end in %s: %i stuck",
  async ([status, ago, endsIn, stuck]) => {
    const org = await createOrganisation();
    const callId = await insertCall(org, status, ago, endsIn);
    expect(await health(org)).toMatchObject({ live: 1, stuck, stuck_calls: stuck === 0 ? [] : [callId] });
  },
);

test("a call says itself by when it must end, by the limits that it began with", async () => {
  const org = await createOrganisation({ campaignConfig: { ring_timeout: 30, max_duration: 600 } });
  const callId = await place(org, "+15005550080");
  const read = () =>
    env.DB.prepare("SELECT status, must_end_at - started_at AS span FROM calls WHERE id = ?")
      .bind(callId)
      .first<{ status: string; span: number | null }>();
  const row = await until(read, (found) => found?.status === "in_progress");
  // Ringing, the longest talk, and a minute; some seconds may have gone by before it was handed over.
  expect(row?.span).toBeGreaterThanOrEqual(690);
  expect(row?.span).toBeLessThan(720);
  await post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason: "workflow_close" });
});

test("work that was given up is counted once, for the organisation whose call it is about", async () => {
  const [org, other] = [await createOrganisation(), await createOrganisation()];
  const callId = await insertCall(org, "ended", 60);
  const message = { type: "call_ended", call_id: callId };
  const id = crypto.randomUUID();
  for (let times = 0; times < 2; times += 1) await consume("trunkline-call-events-dead", [message], 1, id);
  expect((await health(org)).dead_letters).toBe(1);
  expect((await health(other)).dead_letters).toBe(0);
});

test("what is dead and names no call of ours harms nothing", async () => {
  const bodies = [null, "x", { call_id: newId("call") }];
  const { acked } = await consume("trunkline-call-events-dead", bodies, 1, crypto.randomUUID());
  expect(acked).toHaveLength(3);
});

test("webhooks that we paused are counted, not those that a client did, nor another's", async () => {
  const [org, other] = [await createOrganisation(), await createOrganisation()];
  const endpoints = new Endpoints();
  for (const reason of ["gone", "failing", "requested", null]) {
    await env.DB.prepare("UPDATE webhooks SET status = ?, paused_reason = ? WHERE id = ?")
      .bind(reason === null ? "active" : "paused", reason, await endpoints.add(org.orgId))
      .run();
  }
  expect((await health(org)).webhooks_paused).toBe(2);
  expect((await health(other)).webhooks_paused).toBe(0);
});
