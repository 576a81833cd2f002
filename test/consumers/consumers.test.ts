import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { read } from "../support/api.ts";
import { consume } from "../support/consume.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

test("a message that can't be read is not tried again, and harms no other", async () => {
  const bodies = [null, "x", { call_id: 1 }, { call_id: newId("call") }];
  expect(await consume("trunkline-dial", bodies)).toEqual({
    acked: ["0", "1", "2", "3"],
    retried: [],
    delays: [],
  });
});

test("work that fails is tried again, later each time", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  const callId = newId("call");
  await env.DB.prepare(
    `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at,
       ended_at) VALUES (?, ?, ?, ?, 'outbound', '+1', '+2', 'ended', 1, 1)`,
  )
    .bind(callId, org.orgId, org.campaignId, org.carrierId)
    .run();
  const message = {
    type: "recording_ready",
    call_id: callId,
    carrier_id: org.carrierId,
    recording_id: "RE-not-there",
    duration_seconds: 1,
  };
  // The carrier has no such recording: that is an answer, and final.
  expect(await consume("trunkline-call-events", [message])).toMatchObject({ acked: ["0"], retried: [] });
  // An account whose token does not open is a failure of ours.
  await env.DB.prepare("UPDATE carriers SET auth_token_encrypted = 'x.y.z' WHERE id = ?")
    .bind(other.carrierId)
    .run();
  const broken = { ...message, carrier_id: other.carrierId };
  const delays = [];
  for (const attempts of [1, 2, 3, 10]) {
    const result = await consume("trunkline-call-events", [broken], attempts);
    expect(result).toMatchObject({ acked: [], retried: ["0"] });
    delays.push(...result.delays);
  }
  expect(delays).toEqual([30, 60, 120, 3_600]);
});

test("a call that could not be dialled ends once its time is over, and not before", async () => {
  const org = await createOrganisation();
  const insert = async (to: string, secondsAgo: number) => {
    const callId = newId("call");
    await env.DB.prepare(
      `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at)
       VALUES (?, ?, ?, ?, 'outbound', '+15550010000', ?, 'dialing', unixepoch() - ?)`,
    )
      .bind(callId, org.orgId, org.campaignId, org.carrierId, to, secondsAgo)
      .run();
    return callId;
  };
  const [late, early] = [await insert("+15005561111", 400), await insert("+15005561112", 100)];
  const bodies = [{ call_id: late }, { call_id: early }];
  expect(await consume("trunkline-dial-dead", bodies)).toMatchObject({ acked: ["0", "1"] });
  const ended = await until(
    () => read(org, late),
    ({ status }) => status === "ended",
  );
  expect(ended).toMatchObject({
    ended_reason: "platform_error",
    summary: "The call was lost by an error of the platform.",
    sentiment: null,
  });
  expect((await read(org, early)).status).toBe("dialing");
});

test("dead messages are told of and taken off", async () => {
  for (const queue of ["trunkline-dial-dead", "trunkline-call-events-dead"]) {
    expect(await consume(queue, [{ call_id: newId("call") }, "junk"])).toMatchObject({ acked: ["0", "1"] });
  }
});

test("a queue that nobody knows is an error, not a loss", async () => {
  await expect(consume("another", [1])).rejects.toThrow("No consumer for queue another");
});
