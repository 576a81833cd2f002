// The call's object is put out of memory, or dies, in each phase of a transfer: the human who was reserved is rung,
// put through or given back, and the customer is never left with nobody.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { AgentQueue } from "../../src/objects/agent-queue.ts";
import { newId } from "../../src/lib/ids.ts";
import { fires, firesUntil, leaveCalls, opens, runsOut, textsOf } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import {
  announced,
  asks,
  bridged,
  dialling,
  hangsUp,
  played,
  requestTransfer,
  reservedOf,
  staffedTalk,
  transferOf,
  whom,
  type Staff,
} from "../support/live-transfer.ts";

afterEach(leaveCalls);

const ANNOUNCEMENT = "agent: One moment please, I am connecting you with a colleague.";

const DEATHS = {
  "is evicted": (call: LiveCall) => call.evict("hibernate"),
  dies: (call: LiveCall) => call.crash(),
};

async function isFree(call: LiveCall, staff: Staff): Promise<void> {
  await firesUntil(call, ({ owed }) => owed.length === 0);
  expect(await reservedOf(staff)).toEqual([]);
}

describe.for(Object.entries(DEATHS))("a call's object that %s", ([, death]) => {
  test("while the customer is being told: the human is rung, and put through", async () => {
    const { call, staff } = await announced(1);
    call.wait(10_000);
    await death(call);
    await firesUntil(call, ({ state }) => state?.transfer?.phase !== "announced");
    // A relay that has gone with the object is followed by the carrier's question, if not by ours.
    if ((await transferOf(call)).phase === "leaving") expect(await call.relayEnds()).toBe("dial");
    expect(await asks(call, "whisper")).toBe("whisper");
    await death(call);
    expect(await asks(call, "accept")).toBe("put_through");
    await call.rest();
    expect(await reservedOf(staff)).toEqual(staff.humanIds);
    expect((await textsOf(call)).filter((text) => text === ANNOUNCEMENT)).toHaveLength(1);
  });

  test("when the relay was told that it is over: the carrier's question is answered by a dial", async () => {
    const { call, relay } = await announced(1);
    await played(call, relay);
    await death(call);
    expect(await call.relayEnds()).toBe("dial");
  });

  test("while the human's phone rings: they are put through", async () => {
    const { call, staff } = await dialling(1);
    await death(call);
    expect(await asks(call, "whisper")).toBe("whisper");
    await death(call);
    expect(await asks(call, "accept")).toBe("put_through");
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect((await call.stored()).state?.status).toBe("bridged");
    expect(await reservedOf(staff)).toEqual(staff.humanIds);
  });

  test("while the human's phone rings and nobody takes the call: the customer hears the agent again", async () => {
    const { call, staff } = await dialling(1);
    await death(call);
    expect(await hangsUp(call)).toBe("relay");
    await death(call);
    await opens(call);
    expect((await textsOf(call)).at(-1)).toMatch(/^agent: I am sorry, none of my colleagues/);
    await isFree(call, staff);
  });

  test("while the human's phone rings and no word comes: the customer hears the agent again", async () => {
    const { call, staff } = await dialling(1);
    await death(call);
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    await death(call);
    await opens(call);
    expect((await textsOf(call)).at(-1)).toMatch(/^agent: I am sorry, none of my colleagues/);
    await isFree(call, staff);
  });

  test("while they talk: the end is theirs, and the human is free again", async () => {
    const { call, staff } = await bridged(1);
    await death(call);
    expect((await call.stored()).state?.status).toBe("bridged");
    call.wait(20_000);
    expect(await hangsUp(call, { talked: true })).toBe("hang_up");
    await death(call);
    expect(await runsOut(call)).toBe("human_hangup");
    await isFree(call, staff);
  });

  test("while they talk and nobody says that it is over: it is looked up", async () => {
    const { call, staff } = await bridged(1);
    await death(call);
    call.carrier.stands("completed");
    expect(await runsOut(call)).toBe("customer_hangup");
    await isFree(call, staff);
  });
});

describe("a call's object that dies while it asks the queue", () => {
  /** The queue does as it is told and says nothing, until it is let go. */
  function muteQueue(call: LiveCall) {
    const { reserve } = AgentQueue.prototype;
    return vi.spyOn(AgentQueue.prototype, "reserve").mockImplementation(function (this: AgentQueue, request) {
      const answer = reserve.call(this, request);
      // What an RPC method returns is awaited, whatever its type says.
      return call.holds.wait().then(() => answer) as unknown as ReturnType<typeof reserve>;
    });
  }

  test("for the first human: the same is reserved, and the transfer goes on without who asked for it", async () => {
    const { call, staff } = await staffedTalk(2);
    const mute = muteQueue(call);
    const asking = requestTransfer(call, staff).catch(() => "gone");
    await vi.waitUntil(() => mute.mock.calls.length > 0);
    await call.crash();
    expect(await asking).toBe("gone");
    mute.mockRestore();
    const [reserved] = await reservedOf(staff);
    await call.session.snapshot();
    await call.rest();
    await firesUntil(call, ({ state }) => state?.status === "transferring");
    expect((await whom(call)).humanId).toBe(reserved);
    expect(await reservedOf(staff)).toEqual([reserved]);
    await firesUntil(call, ({ state }) => state?.transfer?.phase === "dialing");
    expect(await asks(call, "accept")).toBe("put_through");
  });

  test("for the next: the carrier, which asks again, is told to ring them", async () => {
    const { call, staff } = await dialling(2);
    const first = await whom(call);
    const end = { ...first, carrierCallId: call.carrier.sid, talked: false, callOver: false };
    const mute = muteQueue(call);
    const asking = call.dialEnds(end).catch(() => "gone");
    await vi.waitUntil(() => mute.mock.calls.length > 0);
    await call.crash();
    expect(await asking).toBe("gone");
    mute.mockRestore();
    expect(await call.dialEnds(end)).toBe("dial");
    expect((await whom(call)).humanId).not.toBe(first.humanId);
    expect(await reservedOf(staff)).toHaveLength(1);
    expect(await asks(call, "accept")).toBe("put_through");
  });
});

test("a queue that fails has nobody, and whom it may have reserved is given back", async () => {
  const { call, staff } = await staffedTalk(1);
  const { reserve } = AgentQueue.prototype;
  const fails = vi.spyOn(AgentQueue.prototype, "reserve").mockImplementation(function (
    this: AgentQueue,
    request,
  ) {
    reserve.call(this, request);
    throw new Error("Reserved, and lost");
  });
  expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "no_agents_available" });
  fails.mockRestore();
  await isFree(call, staff);
  expect(await requestTransfer(call, staff)).toEqual({ ok: true, value: expect.any(String) });
});

test("a human is given back as soon as the queue can be told", async () => {
  const { call, staff } = await bridged(1);
  let isAway = true;
  const { release } = AgentQueue.prototype;
  vi.spyOn(AgentQueue.prototype, "release").mockImplementation(function (this: AgentQueue, transferId) {
    if (isAway) throw new Error("Away");
    release.call(this, transferId);
  });
  await call.report("completed", { durationSeconds: 9 });
  await call.rest();
  expect(await reservedOf(staff)).toHaveLength(1);
  await fires(call);
  isAway = false;
  await isFree(call, staff);
});

test("what a client sent along is kept with the event, and nowhere in the state", async () => {
  const { call, staff } = await staffedTalk(1);
  await requestTransfer(call, staff, newId("transfer"));
  await call.rest();
  const { events, state } = await call.stored();
  expect(events.filter((body) => body.includes('"ticket":7'))).toHaveLength(1);
  expect(JSON.stringify(state)).not.toContain("ticket");
  const feed = await runInDurableObject(call.session, (_object, { storage }) =>
    storage.sql.exec("SELECT body FROM feed WHERE body LIKE '%\"ticket\":7%'").toArray(),
  );
  expect(feed).toHaveLength(2);
});
