// Who asks for a transfer again, because the answer was lost, is known by the request (idempotency.ts): it gets the answer
// that was lost, and whoever was told no may ask anew.

import { afterEach, expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { firesUntil, leaveCalls, opens, says, talking } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import {
  hangsUp,
  played,
  queueOf,
  requestTransfer,
  reservedOf,
  slowQueue,
  staffedTalk,
  staffQueue,
  transferOf,
  type Staff,
} from "../support/live-transfer.ts";
import { until } from "../support/wait.ts";

afterEach(leaveCalls);

const ask = (call: LiveCall, staff: Staff, requestKey: string) =>
  requestTransfer(call, staff, newId("transfer"), requestKey);

test("is told what was begun for it, though the customer hung up before anybody came", async () => {
  const { call, relay, staff } = await staffedTalk(1);
  const first = await ask(call, staff, "mine");
  await played(call, relay);
  expect(await call.relayEnds()).toBe("dial");
  await call.report("completed", { durationSeconds: 40 });
  await call.rest();
  expect((await transferOf(call)).phase).toBe("canceled");
  expect(first.ok).toBe(true);
  expect(await ask(call, staff, "mine")).toEqual(first);
  expect(await ask(call, staff, "another's")).toEqual({ ok: false, error: "call_not_active" });
});

test("is told what was begun for it, though the relay was gone and nobody was rung any more", async () => {
  const { call, relay, staff } = await staffedTalk(1);
  relay.lose(1001);
  await call.rest();
  const first = await ask(call, staff, "mine");
  await call.report("completed", { durationSeconds: 40 });
  await call.rest();
  expect([first.ok, (await transferOf(call)).phase]).toEqual([true, "canceled"]);
  expect(await ask(call, staff, "mine")).toEqual(first);
});

test("is told at once what was begun for it, though the next human is just asked for", async () => {
  const { call, relay, staff } = await staffedTalk(2);
  const first = await ask(call, staff, "mine");
  await played(call, relay);
  await call.relayEnds();
  slowQueue(call);
  const declines = hangsUp(call);
  await until(
    async () => (await transferOf(call)).phase,
    (phase) => phase === "reserving",
  );
  expect(await ask(call, staff, "mine")).toEqual(first);
  call.holds.releaseAll("answers");
  await declines;
});

test("is told what was begun for it, though another has followed", async () => {
  const { call, relay, staff } = await staffedTalk(1);
  const [humanId = ""] = staff.humanIds;
  const first = await ask(call, staff, "mine");
  await played(call, relay);
  await call.relayEnds();
  expect(await hangsUp(call)).toBe("relay");
  await opens(call);
  await firesUntil(call, ({ state }) => state?.status === "in_progress");
  await until(
    async () => reservedOf(staff),
    (reserved) => reserved.length === 0,
  );
  await queueOf(staff.queueId).changeHuman(humanId, { presence: "available" });
  const second = await ask(call, staff, "another's");
  expect([first.ok, second.ok]).toEqual([true, true]);
  expect(second).not.toEqual(first);
  expect(await ask(call, staff, "mine")).toEqual(first);
  expect(await ask(call, staff, "another's")).toEqual(second);
});

test("is answered alike while it waits, and nobody else is reserved", async () => {
  const { call, staff } = await staffedTalk(2);
  slowQueue(call);
  const [first, again] = [ask(call, staff, "mine"), ask(call, staff, "mine")];
  await until(
    async () => (await transferOf(call).catch(() => null))?.phase,
    (phase) => phase === "reserving",
  );
  call.holds.releaseAll("answers");
  const answer = await first;
  expect(answer.ok).toBe(true);
  expect(await again).toEqual(answer);
  expect(await reservedOf(staff)).toHaveLength(1);
});

test("once it was told no, because the agent said goodbye meanwhile, asks anew when the talk goes on", async () => {
  const piece = { pieces: 2, pausesAfter: null, ends: null };
  const { call, relay } = await talking({ agent: [piece, { ...piece, ends: "agent_hangup" }, piece] });
  const staff = await staffQueue(call, 1);
  slowQueue(call);
  call.wait(20_000);
  const first = ask(call, staff, "mine");
  await until(
    async () => (await transferOf(call).catch(() => null))?.phase,
    (phase) => phase === "reserving",
  );
  relay.send({ type: "prompt", voicePrompt: "Yes.", last: true });
  await until(
    async () => (await call.stored()).state?.closing?.reason,
    (reason) => reason === "agent_hangup",
  );
  call.holds.releaseAll("answers");
  expect(await first).toEqual({ ok: false, error: "call_not_active" });
  const refused = await transferOf(call);
  relay.send({ type: "interrupt", utteranceUntilInterrupt: "Piece 1-0", durationUntilInterruptMs: 400 });
  await says(call, relay, "Wait, one more thing.");
  expect((await call.stored()).state?.closing).toBeNull();
  const asking = ask(call, staff, "mine");
  await until(
    async () => (await transferOf(call)).id,
    (id) => id !== refused.id,
  );
  call.holds.releaseAll("answers");
  expect(await asking).toEqual({ ok: true, value: (await transferOf(call)).id });
});
