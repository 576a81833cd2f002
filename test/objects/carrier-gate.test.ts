import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";

const gateOf = () => env.CARRIER_GATE.getByName(newId("carrier"));

function requestOf(
  callId: string,
  changes: { callsPerSecond?: number; maxConcurrent?: number; leaseMs?: number } = {},
) {
  const { callsPerSecond = 2, maxConcurrent = null, leaseMs = 60_000 } = changes;
  return {
    callId,
    attempt: 1,
    limits: { callsPerSecond, maxConcurrent },
    leaseMs,
    deadlineMs: Date.now() + 10_000,
  };
}

test("spaces starts by the account's calls per second", async () => {
  const gate = gateOf();
  const answers = await Promise.all(["a", "b", "c", "d"].map((id) => gate.reserve(requestOf(id))));
  const starts = answers.map((answer) => (answer.kind === "granted" ? answer.startAtMs : Number.NaN));
  expect(starts.map((start) => start - (starts[0] ?? 0))).toEqual([0, 500, 1000, 1500]);
});

test("answers the same call the same grant, also after an eviction", async () => {
  const gate = gateOf();
  const first = await gate.reserve(requestOf("a"));
  await evictDurableObject(gate);
  expect(await gate.reserve(requestOf("a"))).toEqual(first);
  const second = await gate.reserve(requestOf("b"));
  expect(second).toEqual({
    kind: "granted",
    startAtMs: (first.kind === "granted" ? first.startAtMs : 0) + 500,
  });
});

test("keeps the slot of a call that tries again, but gives it a new turn", async () => {
  const gate = gateOf();
  const first = await gate.reserve(requestOf("a", { maxConcurrent: 1 }));
  const again = await gate.reserve({ ...requestOf("a", { maxConcurrent: 1 }), attempt: 2 });
  const startOf = (answer: typeof first) => (answer.kind === "granted" ? answer.startAtMs : Number.NaN);
  expect(startOf(again) - startOf(first)).toBe(500);
  expect(await gate.heldBy()).toEqual(["a"]);
  expect((await gate.reserve(requestOf("b", { maxConcurrent: 1 }))).kind).toBe("full");
});

test("never lets more calls live than the account may have, however many ask at once", async () => {
  const gate = gateOf();
  const ask = (id: string) => gate.reserve(requestOf(id, { maxConcurrent: 3, callsPerSecond: 1000 }));
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(`call-${index}`)));
  expect(answers.filter(({ kind }) => kind === "granted")).toHaveLength(3);
  expect(answers.filter(({ kind }) => kind === "full")).toHaveLength(47);
  await gate.release("call-0");
  expect((await ask("another")).kind).toBe("granted");
  expect((await ask("one more")).kind).toBe("full");
});

test("takes a slot back whose lease has run out", async () => {
  const gate = gateOf();
  await gate.reserve(requestOf("lost", { maxConcurrent: 1, leaseMs: 0 }));
  expect(await gate.heldBy()).toEqual([]);
  expect((await gate.reserve(requestOf("next", { maxConcurrent: 1 }))).kind).toBe("granted");
});

test("refuses a start that would come after the call's deadline", async () => {
  const gate = gateOf();
  const slow = { callsPerSecond: 0.01 };
  await gate.reserve(requestOf("a", slow));
  expect(await gate.reserve(requestOf("b", slow))).toEqual({ kind: "too_late" });
});

test("counts its slots, takes them back and spaces starts as before after an eviction", async () => {
  const gate = gateOf();
  const only = { maxConcurrent: 1 };
  const first = await gate.reserve(requestOf("a", only));
  await evictDurableObject(gate);
  expect(await gate.heldBy()).toEqual(["a"]);
  expect((await gate.reserve(requestOf("b", only))).kind).toBe("full");
  await gate.release("a");
  await evictDurableObject(gate);
  const second = await gate.reserve(requestOf("b", only));
  const startOf = (answer: typeof first) => (answer.kind === "granted" ? answer.startAtMs : Number.NaN);
  expect(startOf(second) - startOf(first)).toBeGreaterThanOrEqual(500);
  expect(await gate.heldBy()).toEqual(["b"]);
});
