// The call's object is put out of memory, or dies, in each situation of a call: what was known stays known, and what
// was begun goes on. The clock is the test's (support/live-call.ts).

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import type { LiveCall } from "../support/live-call.ts";
import {
  dialled,
  fires,
  firesUntil,
  freeGate,
  leaveCalls,
  opens,
  queued,
  ringing,
  runsOut,
  says,
  talking,
  textsOf,
} from "../support/call-stages.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

afterEach(leaveCalls);

const GREETING = "agent: Hi, this is Aria calling from Luminary Home. Is this a good time to talk?";
const GOES_ON = "agent: Great, thank you. What are you looking for at the moment?";

const DEATHS = {
  "is evicted": (call: LiveCall) => call.evict("hibernate"),
  dies: (call: LiveCall) => call.crash(),
};

async function rowOf({ plan }: LiveCall) {
  return inD1.calls.findFirst({ where: (table, { eq }) => eq(table.id, plan.callId) });
}

describe.for(Object.entries(DEATHS))("a call's object that %s", ([, death]) => {
  test("while it waits for a slot: it dials once one is free", async () => {
    const call = await queued();
    await death(call);
    await fires(call);
    expect(call.carrier.asked).toEqual([]);
    await freeGate(call);
    await death(call);
    await firesUntil(call, () => call.carrier.asked.length > 0);
    expect(call.carrier.asked).toEqual(["create"]);
    const gate = env.CARRIER_GATE.getByName(call.plan.carrierId);
    expect(await gate.heldBy()).toEqual([call.plan.callId]);
    expect((await call.stored()).state?.carrierCallId).toBe(call.carrier.sid);
  });

  test("while a create is under way: the carrier is not asked again, but looked up", async () => {
    const call = await dialled({ carrier: { creates: ["held_but_placed", "accepted"] } });
    expect(call.holds.count).toBe(1);
    await death(call);
    expect((await call.stored()).state).toMatchObject({ submission: "requested", carrierCallId: null });
    await firesUntil(call, ({ state }) => state?.submission === "unknown");
    await death(call);
    await firesUntil(call, ({ state }) => state?.submission === "placed");
    expect(call.carrier.asked).toEqual(["create", "list"]);
    expect((await call.stored()).state?.carrierCallId).toBe(call.carrier.sid);
    await call.answer();
    await opens(call);
    expect(await textsOf(call)).toEqual([GREETING]);
  });

  test("while a create is under way: what the carrier says meanwhile is taken for its answer", async () => {
    const call = await dialled({ carrier: { creates: ["held_but_placed", "accepted"] } });
    await death(call);
    await call.report("ringing");
    await call.rest();
    expect((await call.stored()).state).toMatchObject({ status: "ringing", carrierCallId: call.carrier.sid });
    expect(await runsOut(call)).toBe("no_answer");
    expect(call.carrier.timesAsked("create")).toBe(1);
  });

  test("while a create that the carrier never took is under way: nobody is rung twice", async () => {
    const call = await dialled({ carrier: { creates: ["held_then_refused", "accepted"] } });
    await death(call);
    expect(await runsOut(call)).toBe("submission_unknown");
    expect(call.carrier.timesAsked("create")).toBe(1);
  });

  test("while it rings: whoever picks up meets the agent", async () => {
    const call = await ringing();
    await death(call);
    expect((await call.stored()).state?.status).toBe("ringing");
    call.wait(2_000);
    expect(await call.answer()).toBe("relay");
    await death(call);
    await opens(call);
    expect(await textsOf(call)).toEqual([GREETING]);
  });

  test("while it rings and nobody picks up: it ends at its time", async () => {
    const call = await ringing();
    const rangAtMs = Date.now();
    await death(call);
    expect(await runsOut(call)).toBe("no_answer");
    expect(Date.now() - rangAtMs).toBeLessThanOrEqual(25_000);
  });

  test("when it has ended and owes: what is owed is done", async () => {
    const call = await ringing();
    call.d1IsAway = true;
    await call.report("busy");
    await call.rest();
    const { owed } = await call.stored();
    expect(owed).toContain("project");
    await death(call);
    expect((await call.stored()).owed).toEqual(owed);
    call.d1IsAway = false;
    expect((await rowOf(call))?.status).not.toBe("ended");
    await firesUntil(call, (stored) => stored.owed.length === 0);
    expect(await rowOf(call)).toMatchObject({ status: "ended", endedReason: "busy", outcome: "no-answer" });
    expect(await env.LIVE_BOARD.getByName(call.org.orgId).list()).toEqual([]);
    expect(await env.CARRIER_GATE.getByName(call.plan.carrierId).heldBy()).toEqual([]);
  });

  test("when it has ended and the carrier must still hear of it: it is told until it has heard", async () => {
    const call = await ringing({ carrier: { updates: ["error", "error", "truth"] } });
    await call.report("failed");
    await call.report("ringing");
    await call.rest();
    expect((await call.stored()).owed).toEqual(["ensure_hung_up"]);
    await death(call);
    await firesUntil(call, () => call.carrier.timesAsked("hang up") === 2);
    expect(call.carrier.isAlive).toBe(true);
    await death(call);
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect(call.carrier.isAlive).toBe(false);
  });

  test("when it has ended and its recording is not stored yet: the message is sent again", async () => {
    const call = await ringing();
    await call.report("completed", { durationSeconds: 5 });
    await call.session.recordingReady(call.plan.carrierId, {
      carrierCallId: call.carrier.sid,
      recordingId: "RE1",
      durationSeconds: 5,
    });
    await call.rest();
    expect(call.recordings).toEqual(new Set(["RE1"]));
    call.recordings.clear();
    await death(call);
    await firesUntil(call, () => call.recordings.size > 0);
    await call.storeRecordings();
    await call.rest();
    expect((await call.stored()).owed).toEqual([]);
  });
});

describe("a call's object that is evicted in the midst of a talk, while its socket lives on", () => {
  test("hears and says all, each thing once", async () => {
    const { call, relay } = await talking();
    await call.evict("hibernate");
    await says(call, relay, "Yes.");
    await call.evict("hibernate");
    await says(call, relay, "A desk.");
    expect(await textsOf(call)).toEqual([
      GREETING,
      "customer: Yes.",
      GOES_ON,
      "customer: A desk.",
      "agent: That makes sense. What matters most to you: comfort, price or delivery?",
    ]);
    const spoken = (await textsOf(call)).filter((text) => text.startsWith("agent: "));
    await until(
      async () => relay.heard.join(""),
      (heard) => heard === spoken.map((text) => text.slice("agent: ".length)).join(""),
    );
    expect(call.relays).toHaveLength(1);
    expect((await call.stored()).state?.relayLosses).toBe(0);
  });

  test("asks whether somebody is there when nobody says anything", async () => {
    const { call } = await talking();
    await call.evict("hibernate");
    await firesUntil(call, ({ lines }) => lines.length > 1);
    expect(await textsOf(call)).toEqual([GREETING, "agent: Hello, are you still there?"]);
  });

  test("keeps of its words what was heard when the customer cuts them off", async () => {
    const { call, relay } = await talking();
    await call.evict("hibernate");
    relay.send({ type: "interrupt", utteranceUntilInterrupt: "Hi, this is", durationUntilInterruptMs: 900 });
    await says(call, relay, "Yes.");
    expect(await textsOf(call)).toEqual(["agent: Hi, this is", "customer: Yes.", GOES_ON]);
  });

  test("shows a watcher who stays what comes, and one who comes back what was missed", async () => {
    const { call, relay } = await talking();
    const stays = await call.watch();
    const leaves = await call.watch();
    await until(
      async () => leaves.messages.length,
      (count) => count === stays.messages.length && count > 0,
    );
    leaves.die();
    await call.evict("hibernate");
    await says(call, relay, "Yes.");
    await call.watch(leaves);
    await until(
      async () => [stays, leaves],
      (both) =>
        both.every(({ messages }) => messages.filter(({ type }) => type === "transcript").length === 3),
    );
    expect(leaves.messages).toEqual(stays.messages);
  });

  test("lets its last words be heard and hangs up on the socket it has", async () => {
    const { call, relay } = await talking();
    await says(call, relay, "Goodbye.");
    const { state, lines } = await call.stored();
    expect(state?.closing).toEqual({ reason: "agent_hangup" });
    await call.evict("hibernate");
    expect(relay.kinds).not.toContain("end");
    relay.send({ type: "info", name: "tokensPlayed", value: lines.at(-1)?.text });
    await call.rest();
    await until(
      async () => relay.kinds,
      (kinds) => kinds.includes("end"),
    );
    expect(call.carrier.asked).toEqual(["create"]);
    expect(await call.relayEnds()).toBe("hang_up");
  });

  test("hangs up by its own clock when nobody says that its last words were heard", async () => {
    const { call, relay } = await talking();
    await says(call, relay, "Goodbye.");
    await call.evict("hibernate");
    await firesUntil(call, ({ state }) => state?.timers.last_words === undefined);
    await until(
      async () => relay.kinds,
      (kinds) => kinds.includes("end"),
    );
    expect(await call.relayEnds()).toBe("hang_up");
    await call.report("completed", { durationSeconds: 9 });
    expect((await call.stored()).state?.ending?.reason).toBe("agent_hangup");
  });
});

test("a call's object that dies during its last words does not say them again, and hangs up", async () => {
  const { call, relay } = await talking();
  await says(call, relay, "Goodbye.");
  const before = await textsOf(call);
  call.wait(10_000);
  await call.crash();
  expect(await call.relayEnds({ failed: true })).toBe("hang_up");
  expect(await runsOut(call)).toBe("agent_hangup");
  expect(await textsOf(call)).toEqual(before);
  expect(call.carrier.isAlive).toBe(false);
});

test("a call's object that wakes where the clock is a little behind keeps its lines in order", async () => {
  const { call, relay } = await talking();
  await says(call, relay, "Yes.");
  await call.evict("hibernate");
  call.wait(-400);
  await says(call, relay, "A desk.");
  const times = (await call.stored()).lines.map(({ atMs }) => atMs);
  expect(times).toHaveLength(5);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("a call's object that is evicted while a watcher's socket closes lets nothing escape", async () => {
  const call = await ringing();
  await call.report("busy");
  await call.rest();
  // The object closes the socket at once, and is gone before the other side has answered.
  await call.watch();
  await evictDurableObject(call.session);
  await call.session.snapshot();
  await call.rest();
  expect(call.witness.failures).toEqual([]);
});
