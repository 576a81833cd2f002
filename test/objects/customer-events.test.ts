// What the object of a call tells the webhooks of its customer: all that happened, once, in order, and not before the
// API can tell the same; whatever fails or dies meanwhile.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { read } from "../support/api.ts";
import { firesUntil, leaveCalls, ringing, says, talking } from "../support/call-stages.ts";
import { Endpoints } from "../support/endpoints.ts";
import type { LiveCall } from "../support/live-call.ts";
import {
  asks,
  bridged,
  CONTEXT,
  dialling,
  hangsUp,
  requestTransfer,
  staffedTalk,
  whom,
} from "../support/live-transfer.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(leaveCalls);

const isoOf = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
const owesNothing = ({ owed }: { owed: string[] }) => owed.length === 0;

/** For who looks at all that is owed. */
const NOT_RECORDED = { campaignConfig: { record: false } };

async function listening(call: LiveCall) {
  const endpoints = new Endpoints(call.holds);
  return { endpoints, webhookId: await endpoints.add(call.org.orgId) };
}

async function ends(call: LiveCall): Promise<void> {
  await call.report("completed", { durationSeconds: 5 });
  await call.rest();
}

/** The carrier has a recording. */
async function recorded(call: LiveCall): Promise<void> {
  await call.session.recordingReady(call.plan.carrierId, {
    carrierCallId: call.carrier.sid,
    recordingId: "RE1",
    durationSeconds: 5,
  });
  await call.rest();
}

describe("a call tells", () => {
  test("its whole life, numbered, each at its time and as the API tells it", async () => {
    const call = await ringing();
    const { endpoints, webhookId } = await listening(call);
    call.wait(3_000);
    const answeredMs = Date.now();
    await call.answer();
    const relay = await call.openRelay();
    await call.rest();
    expect(endpoints.namesToldTo(webhookId)).toEqual(["1 call.started"]);
    const [started] = endpoints.toldTo(webhookId);
    expect(started?.event).toMatchObject({
      fired_at: isoOf(answeredMs),
      organisation_uuid: call.org.orgId,
      data: { status: "in_progress", answered_at: isoOf(answeredMs), outcome: null, ended_at: null },
    });
    if (relay !== null) await says(call, relay, "Yes.");
    call.wait(5_000);
    const endedMs = Date.now();
    await ends(call);
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["1 call.started", "2 call.ended", "3 call.analyzed"]);
    const { uuid, ...record } = await read(call.org, call.plan.callId);
    const ended = endpoints.toldTo(webhookId)[1];
    expect(ended?.event.fired_at).toBe(isoOf(endedMs));
    expect(ended?.event.data).toEqual({ call_uuid: uuid, seq: 2, ...record });
    expect(record.transcript.length).toBeGreaterThan(1);
  });

  test("no end, nor anything else, before the API can tell of it", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    call.d1IsAway = true;
    await ends(call);
    for (let alarms = 0; alarms < 5; alarms += 1) {
      await call.alarm();
      await call.rest();
    }
    expect(endpoints.timesHanded(webhookId)).toBe(0);
    call.d1IsAway = false;
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["2 call.ended", "3 call.analyzed"]);
    expect(endpoints.toldTo(webhookId)[0]?.event.data.outcome).toBe("connected");
  });

  test("of an outcome besides the end", async () => {
    const call = await ringing();
    const { endpoints, webhookId } = await listening(call);
    await call.report("busy");
    await call.rest();
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["1 call.ended", "2 call.no_answer", "3 call.analyzed"]);
  });

  test("that it is analysed and recorded once, however often that is said", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    await ends(call);
    await recorded(call);
    for (let times = 0; times < 2; times += 1) {
      await call.storeRecordings();
      await call.session.callAnalysed();
      await call.session.vouch();
      await call.rest();
    }
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual([
      "2 call.ended",
      "3 call.analyzed",
      "4 call.recording_ready",
    ]);
    expect(endpoints.timesHanded(webhookId)).toBe(3);
  });

  test("that it is recorded as soon as that is so, though something is left to do about it", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    await ends(call);
    await recorded(call);
    await call.session.recordingStored("RE1", { isAudible: true, isDone: false });
    await call.rest();
    const names = ["2 call.ended", "3 call.analyzed", "4 call.recording_ready"];
    expect(endpoints.namesToldTo(webhookId)).toEqual(names);
    expect((await call.stored()).owed).toEqual(["store_recording:RE1"]);
    await call.session.recordingStored("RE1", { isAudible: true, isDone: true });
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
    expect(endpoints.namesToldTo(webhookId)).toEqual(names);
  });

  test("nothing of a recording that nobody may hear: no number is missing for it", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    await recorded(call);
    await call.session.recordingStored("RE1", { isAudible: false, isDone: true });
    await ends(call);
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["2 call.ended", "3 call.analyzed"]);
  });

  test("the transcript that it knows, and does not ask the database for it", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    await ends(call);
    await firesUntil(call, owesNothing);
    expect(endpoints.toldTo(webhookId)[0]?.event.data.transcript).not.toEqual([]);
    const queries = vi.mocked(env.DB.prepare).mock.calls.map(([query]) => query);
    expect(queries.some((query) => query.includes('from "webhooks"'))).toBe(true);
    expect(queries.filter((query) => /join "transcripts"/i.test(query))).toEqual([]);
  });

  test("nobody, where nobody subscribed, and owes nothing for it", async () => {
    const call = await ringing();
    await call.report("busy");
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
  });

  test("nothing at all, if there is no call: an object is asked that knows none", async () => {
    const session = env.CALL_SESSION.getByName(newId("call"));
    await session.callAnalysed();
    await session.recordingStored("RE1");
    expect(await session.snapshot()).toBeNull();
  });
});

describe("of a transfer", () => {
  test("that a human took it, with what the client sent along", async () => {
    const { call } = await dialling(1);
    const { endpoints, webhookId } = await listening(call);
    await asks(call, "whisper");
    await asks(call, "accept");
    await call.rest();
    expect(endpoints.namesToldTo(webhookId)).toEqual(["2 call.transferred"]);
    expect(endpoints.toldTo(webhookId)[0]?.event.data).toMatchObject({
      status: "bridged",
      transfer: { status: "bridged", human_agent: { name: "Human 0" }, context: CONTEXT },
    });
  });

  test("that nobody is free, while the talk goes on", async () => {
    const { call, staff } = await staffedTalk(0);
    const { endpoints, webhookId } = await listening(call);
    await requestTransfer(call, staff);
    await call.rest();
    const [told] = endpoints.toldTo(webhookId);
    expect(told?.event).toMatchObject({
      event: "call.transferred",
      data: { status: "in_progress", transfer: { status: "no_agents", human_agent: null, context: CONTEXT } },
    });
  });

  test("each for itself, though a second was asked for before the first could be told", async () => {
    const { call, staff } = await staffedTalk(0);
    const { endpoints, webhookId } = await listening(call);
    call.d1IsAway = true;
    const [first, second] = [newId("transfer"), newId("transfer")];
    await requestTransfer(call, staff, first);
    await requestTransfer(call, staff, second);
    await call.rest();
    call.d1IsAway = false;
    await firesUntil(call, ({ owed }) => !owed.includes("fire_events"));
    const told = endpoints.toldTo(webhookId).map(({ event }) => event.data.transfer?.transfer_id);
    expect(told).toEqual([first, second]);
  });

  test("bridged: once, and the end of the talk is the end of the call", async () => {
    const { call } = await bridged(1);
    const { endpoints, webhookId } = await listening(call);
    const { transferId } = await whom(call);
    await hangsUp(call, { talked: true });
    await ends(call);
    await firesUntil(call, owesNothing);
    // Bridged it was told before anybody listened.
    expect(endpoints.namesToldTo(webhookId)).toEqual(["3 call.ended", "4 call.analyzed"]);
    const [ended] = endpoints.toldTo(webhookId);
    expect(ended?.event.data.transfer).toMatchObject({ transfer_id: transferId, status: "completed" });
    expect(ended?.event.data.transfer).not.toHaveProperty("context");
  });
});

const DEATHS = {
  "is evicted": (call: LiveCall) => call.evict("hibernate"),
  dies: (call: LiveCall) => call.crash(),
};

describe.for(Object.entries(DEATHS))("a call's object that %s tells all and nothing twice", ([, death]) => {
  const ALL = ["2 call.ended", "3 call.analyzed"];

  test("before its row could be written", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    call.d1IsAway = true;
    await ends(call);
    await death(call);
    call.d1IsAway = false;
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(ALL);
  });

  test("before the endpoint could be reached", async () => {
    const { call } = await talking(NOT_RECORDED);
    const { endpoints, webhookId } = await listening(call);
    endpoints.set(webhookId, "fails");
    await ends(call);
    await death(call);
    expect((await call.stored()).owed).toEqual(["fire_events"]);
    endpoints.set(webhookId, "takes");
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(ALL);
  });

  test("while the endpoint is taking it", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    endpoints.set(webhookId, "is held");
    await ends(call);
    expect(endpoints.timesHanded(webhookId)).toBe(1);
    await death(call);
    endpoints.set(webhookId, "takes");
    call.holds.releaseAll("answers");
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(ALL);
  });

  test("when the endpoint has taken it, and nobody knows", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    endpoints.set(webhookId, "forgets");
    await ends(call);
    await death(call);
    endpoints.set(webhookId, "takes");
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(ALL);
  });

  test("when one endpoint has it and another not: the one is not asked again", async () => {
    const { call } = await talking();
    const { endpoints, webhookId } = await listening(call);
    const other = await endpoints.add(call.org.orgId);
    endpoints.set(other, "fails");
    await ends(call);
    expect(endpoints.namesToldTo(webhookId)).toEqual(ALL);
    const timesHanded = endpoints.timesHanded(webhookId);
    await death(call);
    await firesUntil(call, () => endpoints.timesHanded(other) > 8);
    endpoints.set(other, "takes");
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(other)).toEqual(ALL);
    expect(endpoints.timesHanded(webhookId)).toBe(timesHanded);
  });
});

describe("each webhook", () => {
  test("hears of what it subscribed to, and no other organisation's hears anything", async () => {
    const call = await ringing();
    const endpoints = new Endpoints();
    const { orgId } = call.org;
    const [endings, outcomes, none, stranger] = await Promise.all([
      endpoints.add(orgId, ["call.ended", "call.analyzed"]),
      endpoints.add(orgId, ["call.no_answer"]),
      endpoints.add(orgId, []),
      endpoints.add((await createOrganisation()).orgId),
    ]);
    await call.report("busy");
    await call.rest();
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(endings)).toEqual(["1 call.ended", "3 call.analyzed"]);
    expect(endpoints.namesToldTo(outcomes)).toEqual(["2 call.no_answer"]);
    expect([endpoints.timesHanded(none), endpoints.timesHanded(stranger)]).toEqual([0, 0]);
  });

  test("hears of what there is, though it is subscribed to something besides that we don't know", async () => {
    const call = await ringing();
    const endpoints = new Endpoints();
    const webhookId = await endpoints.add(call.org.orgId, '["call.unheard_of","call.ended"]');
    await call.report("busy");
    await call.rest();
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["1 call.ended"]);
  });

  test("is told though the events of another can't be read", async () => {
    const call = await ringing();
    const { endpoints, webhookId } = await listening(call);
    const broken = await Promise.all(
      ["[", "{}", '["call.unheard_of"]'].map((events) => endpoints.add(call.org.orgId, events)),
    );
    await call.report("busy");
    await call.rest();
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toHaveLength(3);
    for (const each of broken) expect(endpoints.timesHanded(each)).toBe(0);
  });

  test("that is made during the call hears of what comes after; one that is deleted holds nothing up", async () => {
    const call = await ringing();
    const { endpoints, webhookId: leaves } = await listening(call);
    endpoints.set(leaves, "fails");
    await call.answer();
    await call.rest();
    const comes = await endpoints.add(call.org.orgId);
    await env.DB.prepare("DELETE FROM webhooks WHERE id = ?").bind(leaves).run();
    await ends(call);
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(comes)).toEqual(expect.arrayContaining(["2 call.ended", "3 call.analyzed"]));
    expect(endpoints.toldTo(leaves)).toEqual([]);
  });

  test("that can't be reached is asked ever more rarely, and not given up", async () => {
    const call = await ringing();
    const { endpoints, webhookId } = await listening(call);
    endpoints.set(webhookId, "fails");
    await call.report("busy");
    await call.rest();
    const endedMs = Date.now();
    await firesUntil(call, () => Date.now() - endedMs > 3 * 86_400_000);
    // Each time it is asked twice.
    expect(endpoints.timesHanded(webhookId)).toBeLessThan(2 * 100);
    endpoints.set(webhookId, "takes");
    await firesUntil(call, owesNothing);
    expect(endpoints.namesToldTo(webhookId)).toHaveLength(3);
  });

  test("that is slow hears of what happens meanwhile afterwards", async () => {
    const { call } = await talking(NOT_RECORDED);
    const { endpoints, webhookId } = await listening(call);
    endpoints.set(webhookId, "is held");
    await ends(call);
    await call.session.callAnalysed();
    expect(endpoints.timesHanded(webhookId)).toBe(1);
    endpoints.set(webhookId, "takes");
    call.holds.releaseAll("answers");
    await until(
      async () => endpoints.namesToldTo(webhookId),
      (names) => names.length === 2,
    );
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
    expect(endpoints.namesToldTo(webhookId)).toEqual(["2 call.ended", "3 call.analyzed"]);
  });
});
