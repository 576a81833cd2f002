// A human's phone is rung once, though the carrier may be told by two ways, and runs all that it is told.

import { afterEach, describe, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { AgentQueue } from "../../src/objects/agent-queue.ts";
import { fires, firesUntil, leaveCalls, ringing, takenOn, talking, textsOf } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import {
  announced,
  asks,
  dialling,
  requestTransfer,
  reservedOf,
  slowQueue,
  staffedTalk,
  staffQueue,
  TARGET,
  transferOf,
  whom,
} from "../support/live-transfer.ts";
import { until } from "../support/wait.ts";

afterEach(leaveCalls);

/** How often each human was told to be rung, in the order in which they first were. */
const rings = ({ carrier }: LiveCall) => [...carrier.rings.values()].map(({ size }) => size);

const ended = ({ carrier }: LiveCall, which: { transferId: string; humanId: string }) => ({
  ...which,
  carrierCallId: carrier.sid,
  talked: false,
  callOver: false,
});

describe("a human is rung once", () => {
  test("if the relay has dropped when a client asks", async () => {
    const { call, relay, staff } = await staffedTalk(1);
    relay.lose(1001);
    await call.rest();
    expect((await requestTransfer(call, staff)).ok).toBe(true);
    await call.rest();
    expect(await call.relayEnds({ failed: true })).toBe("dial");
    expect([rings(call), call.carrier.timesAsked("redirect")]).toEqual([[1], 0]);
  });

  test("if the carrier asks about the dropped relay only after it was told", async () => {
    const { call, relay, staff } = await staffedTalk(1);
    relay.lose(1001);
    await call.rest();
    await requestTransfer(call, staff);
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    await call.rest();
    expect(await call.relayEnds({ failed: true })).toBe("wait");
    expect(rings(call)).toEqual([1]);
    expect(await asks(call, "accept")).toBe("put_through");
  });

  test("if they are asked for before the relay has opened", async () => {
    const call = await ringing();
    call.wait(3_000);
    await call.answer();
    const staff = await staffQueue(call, 1);
    expect((await requestTransfer(call, staff)).ok).toBe(true);
    await call.rest();
    expect(await call.openRelay()).toBeNull();
    expect(await call.relayEnds({ failed: true })).toBe("dial");
    expect([rings(call), call.carrier.timesAsked("redirect")]).toEqual([[1], 0]);
  });

  test("if another's line ends late, when the carrier was told to ring them", async () => {
    const { call } = await dialling(2);
    const first = await whom(call);
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    await call.rest();
    expect(await call.dialEnds(ended(call, first))).toBe("wait");
    expect(rings(call)).toEqual([1, 1]);
  });

  test("if another's line ends while the queue is asked whom to tell the carrier of", async () => {
    const { call } = await dialling(2);
    const first = await whom(call);
    slowQueue(call);
    await firesUntil(call, ({ state }) => state?.transfer?.phase === "reserving");
    const told = call.dialEnds(ended(call, first));
    await until(
      async () => (await transferOf(call)).question,
      (question) => question !== null,
    );
    call.holds.releaseAll("answers");
    expect(await told).toBe("dial");
    await call.rest();
    expect([rings(call), call.carrier.timesAsked("redirect")]).toEqual([[1, 1], 0]);
  });
});

describe("a redirect", () => {
  test("that the carrier refuses is sent again within seconds", async () => {
    const { call } = await dialling(2);
    call.carrier.script = { ...call.carrier.script, updates: ["error"] };
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    const firstMs = Date.now();
    call.carrier.script = { ...call.carrier.script, updates: ["truth"] };
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 1);
    await call.rest();
    expect(Date.now() - firstMs).toBeLessThanOrEqual(5_000);
    expect(rings(call)).toEqual([1, 1]);
    expect(await asks(call, "whisper")).toBe("whisper");
  });

  test("of which nobody knows whether it was done rings nobody again", async () => {
    const { call } = await dialling(2);
    call.carrier.script = { ...call.carrier.script, updates: ["lost"] };
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    await call.rest();
    const { humanId } = await whom(call);
    await firesUntil(call, ({ state }) => state?.transfer?.human?.id !== humanId);
    expect(rings(call)).toEqual([1, 1]);
  });
});

test("who is reserved too late is given back at once", { timeout: 30_000 }, async () => {
  const { call, staff } = await staffedTalk(1);
  slowQueue(call);
  const answer = await requestTransfer(call, staff, newId("transfer"));
  expect(answer).toEqual({ ok: false, error: "no_agents_available" });
  await call.rest();
  call.holds.releaseAll("answers");
  await until(
    async () => (await call.stored()).events.filter((body) => body.includes('"human_reserved"')).length,
    (reserved) => reserved === 1,
  );
  await firesUntil(call, ({ owed }) => owed.length === 0);
  expect(await reservedOf(staff)).toEqual([]);
});

test("a queue that was just restarted is asked anew", async () => {
  const { call, staff } = await staffedTalk(1);
  const { reserve } = AgentQueue.prototype;
  let asked = 0;
  vi.spyOn(AgentQueue.prototype, "reserve").mockImplementation(function (this: AgentQueue, request) {
    asked += 1;
    if (asked === 1) throw new Error("The object was restarted");
    return reserve.call(this, request);
  });
  expect(await requestTransfer(call, staff)).toEqual({ ok: true, value: expect.any(String) });
  expect(asked).toBe(2);
});

test("a customer whose own wish meets a client's request is told if there is nobody", async () => {
  const { call, relay } = await talking({ campaignConfig: { transfer_queue: TARGET } });
  const staff = await staffQueue(call, 0);
  slowQueue(call);
  const asking = requestTransfer(call, staff);
  relay.send({ type: "prompt", voicePrompt: "I want to talk to a human.", last: true });
  await until(
    async () => (await transferOf(call).catch(() => null))?.wished,
    (wished) => wished === true,
  );
  call.holds.releaseAll("answers");
  expect(await asking).toEqual({ ok: false, error: "no_agents_available" });
  await call.rest();
  expect((await textsOf(call)).at(-1)).toMatch(/^agent: I am sorry, all my colleagues are busy/);
});

test("a wish not to be called again is heeded on the way to a human, who is rung all the same", async () => {
  const { call, relay } = await announced(1);
  relay.send({ type: "prompt", voicePrompt: "And never call me again.", last: true });
  await until(
    async () => (await call.stored()).events.filter((body) => body.includes('"wish_heard"')).length,
    (wishes) => wishes > 0,
  );
  expect((await transferOf(call)).phase).toBe("announced");
});

test("who has the call and asks for the brief again is put through", async () => {
  const { call } = await dialling(1);
  expect(await asks(call, "accept")).toBe("put_through");
  expect(await asks(call, "whisper")).toBe("put_through");
  await fires(call);
});

describe("the carrier's limit", () => {
  test.for([
    [14_400_000, 14_400],
    [20_000_000, 20_000],
  ] as const)(
    "for a bridge of %i ms is never above what every account may ask for, unless that is",
    async ([bridgeMaxDurationMs, least]) => {
      const { call } = await dialling(1, { limits: { bridgeMaxDurationMs } });
      await asks(call, "accept");
      await call.rest();
      const limit = call.carrier.limits.at(-1) ?? 0;
      expect(limit).toBeGreaterThanOrEqual(least);
      expect(limit).toBeLessThanOrEqual(least + 60);
      if (bridgeMaxDurationMs <= 14_400_000) expect(limit).toBe(14_400);
    },
  );

  test("of an inbound call goes with all that it is to be told, even if no relay has opened", async () => {
    const call = await takenOn({ inbound: true, limits: { bridgeMaxDurationMs: 3_600_000 } });
    const staff = await staffQueue(call, 1);
    await requestTransfer(call, staff);
    await call.rest();
    const { carrier } = call;
    expect([carrier.timesAsked("take charge"), carrier.timesAsked("set limit")]).toEqual([1, 0]);
    expect(await call.relayEnds({ failed: true })).toBe("dial");
    expect(await asks(call, "accept")).toBe("put_through");
    await call.rest();
    expect([carrier.timesAsked("take charge"), carrier.timesAsked("set limit")]).toEqual([2, 0]);
    expect(carrier.limits.at(-1)).toBeGreaterThan(carrier.limits.at(0) ?? Number.NaN);
  });

  test("that the account may not ask for is followed by what it may", async () => {
    const { call } = await dialling(1, { limits: { bridgeMaxDurationMs: 20_000_000 } });
    call.carrier.longestLimit = 14_400;
    await asks(call, "accept");
    await call.rest();
    expect(call.carrier.limits.at(-1)).toBe(14_400);
    expect((await call.stored()).owed).not.toContain("limits");
  });
});
