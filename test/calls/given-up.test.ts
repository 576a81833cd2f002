// A call that no object knows any more is ended by a message of the queue, which tells its customer of it too.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { read } from "../support/api.ts";
import { consume } from "../support/consume.ts";
import { Endpoints } from "../support/endpoints.ts";
import { endFakeCalls, talkFakeCall } from "../support/fake-carrier.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { insertCall, readEnded, runCron } from "../support/sweep.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
  await endFakeCalls();
  vi.restoreAllMocks();
});

const QUEUE = "trunkline-call-events";
const LOST = { secondsAgo: 400, status: "ringing", projectedSeq: 4 };
const TALKED = { secondsAgo: 400, status: "in_progress", projectedSeq: 7, answered: true };

const messageOf = (org: Organisation, callId: string, projectedSeq: number) => ({
  type: "call_given_up",
  call_id: callId,
  org_id: org.orgId,
  projected_seq: projectedSeq,
});

async function lostCall(row: typeof LOST | typeof TALKED) {
  const org = await createOrganisation();
  const endpoints = new Endpoints();
  const webhookId = await endpoints.add(org.orgId);
  const callId = await insertCall(org, row);
  return { org, endpoints, webhookId, callId, message: messageOf(org, callId, row.projectedSeq) };
}

describe("the customer of a call that is given up", () => {
  test("hears of its end and its analysis, as the API tells them", async () => {
    const { org, endpoints, webhookId, callId } = await lostCall(LOST);
    await runCron();
    const { uuid, ...record } = await readEnded(org, callId);
    const told = await until(
      async () => endpoints.toldTo(webhookId),
      ({ length }) => length === 2,
    );
    expect(told.map(({ event }) => [event.event, event.data.seq])).toEqual([
      ["call.ended", 5],
      ["call.analyzed", 6],
    ]);
    for (const { event } of told) {
      expect(event.fired_at).toBe(record.ended_at);
      expect(event.data).toEqual({ call_uuid: uuid, seq: event.data.seq, ...record });
    }
    expect(record).toMatchObject({ outcome: "failed", ended_reason: "platform_error" });
    expect(record.summary).not.toBeNull();
  });

  test("hears that a person had answered, if that was the case", async () => {
    const { endpoints, webhookId, callId, org, message } = await lostCall(TALKED);
    await consume(QUEUE, [message]);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["8 call.started", "9 call.ended", "10 call.analyzed"]);
    expect(endpoints.toldTo(webhookId)[0]?.event.fired_at).toBe((await read(org, callId)).answered_at);
  });

  test("hears the same again, by the same ids, where an endpoint could not be reached", async () => {
    const { endpoints, webhookId, org, callId, message } = await lostCall(LOST);
    const other = await endpoints.add(org.orgId);
    endpoints.set(other, "fails");
    const send = vi
      .spyOn(env.CALL_EVENTS, "send")
      .mockImplementation(() => Promise.reject(new Error("Away")));
    // While no word can be sent for that one, this word is for all.
    expect(await consume(QUEUE, [message])).toMatchObject({ retried: ["0"], delays: [30] });
    const { ended_at } = await read(org, callId);
    expect(ended_at).not.toBeNull();
    const before = endpoints.toldTo(webhookId);
    send.mockReset().mockResolvedValue({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
    expect(await consume(QUEUE, [message], 2)).toMatchObject({ acked: ["0"], retried: [] });
    const rest = { ...message, webhook_ids: [other] };
    expect(send.mock.calls).toEqual([[rest]]);
    // It is tried again as it is, and sent no more.
    expect(await consume(QUEUE, [rest])).toMatchObject({ retried: ["0"], delays: [30] });
    expect(send).toHaveBeenCalledOnce();
    endpoints.set(other, "takes");
    expect(await consume(QUEUE, [rest], 2)).toMatchObject({ acked: ["0"] });
    expect(endpoints.toldTo(webhookId)).toEqual(before);
    expect(endpoints.toldTo(other)).toEqual(before);
    expect(endpoints.timesHanded(webhookId)).toBe(2);
  });

  test("hears of it from the dead letter too, which is counted once and waits long", async () => {
    const { endpoints, webhookId, org, message } = await lostCall(LOST);
    endpoints.set(webhookId, "fails");
    expect(await consume(QUEUE, [message], 20)).toMatchObject({ retried: ["0"] });
    const name = crypto.randomUUID();
    const dead = (attempts: number) => consume(`${QUEUE}-dead`, [message], attempts, name);
    expect(await dead(1)).toMatchObject({ acked: [], delays: [3_600] });
    expect(await dead(2)).toMatchObject({ acked: [], delays: [3_600] });
    endpoints.set(webhookId, "takes");
    expect(await dead(3)).toMatchObject({ acked: [`${name}0`], retried: [] });
    expect(endpoints.namesToldTo(webhookId)).toEqual(["5 call.ended", "6 call.analyzed"]);
    const letters = await env.DB.prepare("SELECT count(*) AS n FROM dead_letters WHERE org_id = ?")
      .bind(org.orgId)
      .first();
    expect(letters).toEqual({ n: 1 });
  });

  test("hears nothing of a call that has changed since, and that is no failure", async () => {
    const { endpoints, webhookId, org, callId, message } = await lostCall(LOST);
    expect(await consume(QUEUE, [{ ...message, projected_seq: 3 }])).toMatchObject({ acked: ["0"] });
    expect((await read(org, callId)).status).toBe("ringing");
    expect(endpoints.timesHanded(webhookId)).toBe(0);
  });

  test("hears from its object alone where that has ended it after all", async () => {
    const { endpoints, webhookId, callId, message } = await lostCall(LOST);
    await env.DB.prepare(
      "UPDATE calls SET status = 'ended', outcome = 'connected', ended_at = 5, projected_seq = 9 WHERE id = ?",
    )
      .bind(callId)
      .run();
    expect(await consume(QUEUE, [message])).toMatchObject({ acked: ["0"] });
    expect(endpoints.timesHanded(webhookId)).toBe(0);
  });

  test("of another organisation, or that nobody has, hears nothing", async () => {
    const { endpoints, webhookId, message } = await lostCall(LOST);
    const stranger = await createOrganisation();
    const theirs = await endpoints.add(stranger.orgId);
    await consume(QUEUE, [{ ...message, org_id: stranger.orgId }]);
    expect([endpoints.timesHanded(webhookId), endpoints.timesHanded(theirs)]).toEqual([0, 0]);
  });
});

test("a call that an object knows by the time that the message comes is left to it", async () => {
  const { call } = await talkFakeCall();
  await until(
    () => read(call.org, call.callId),
    ({ status }) => status === "in_progress",
  );
  const row = await env.DB.prepare("SELECT projected_seq FROM calls WHERE id = ?").bind(call.callId).first();
  const endpoints = new Endpoints();
  const webhookId = await endpoints.add(call.org.orgId);
  const message = messageOf(call.org, call.callId, Number(row?.["projected_seq"]));
  expect(await consume(QUEUE, [message])).toMatchObject({ acked: ["0"], retried: [] });
  expect((await read(call.org, call.callId)).status).toBe("in_progress");
  expect(endpoints.timesHanded(webhookId)).toBe(0);
});

test("while what the object owed can't be done the row stays, for the sweep sends the message again", async () => {
  const { org, endpoints, webhookId, callId, message } = await lostCall(LOST);
  vi.spyOn(env.LIVE_BOARD, "getByName").mockImplementationOnce(() => {
    throw new Error("The board is away");
  });
  expect(await consume(QUEUE, [message])).toMatchObject({ acked: ["0"] });
  expect((await read(org, callId)).status).toBe("ringing");
  expect(endpoints.timesHanded(webhookId)).toBe(0);
  await consume(QUEUE, [message]);
  expect((await read(org, callId)).status).toBe("ended");
  expect(endpoints.namesToldTo(webhookId)).toEqual(["5 call.ended", "6 call.analyzed"]);
});
