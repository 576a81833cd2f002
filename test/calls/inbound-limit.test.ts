// How many calls may come in to one carrier account: whoever owns it can sign any number of them.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { calls } from "../../src/db/schema.ts";
import { INBOUND_CALLS_PER_MINUTE } from "../../src/domain/rate-limits.ts";
import { callIn, createDesk, newCallSid, type Desk } from "../support/inbound.ts";

const desks: Desk[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const desk of desks.splice(0)) {
    for (const { id } of await callsOf(desk)) await endCall(desk, id);
  }
});

const callsOf = ({ orgId }: Desk) => openDb(env.DB).select().from(calls).where(eq(calls.orgId, orgId));

async function endCall({ carrierId }: Desk, callId: string): Promise<void> {
  const session = env.CALL_SESSION.getByName(callId);
  const carrierCallId = (await session.snapshot())?.facts.carrierCallId ?? "";
  const report = { atMs: null, durationSeconds: null, answeredBy: null } as const;
  await session.reportStatus(carrierId, { ...report, carrierCallId, phase: "completed" });
}

async function openDesk(): Promise<Desk> {
  const desk = await createDesk();
  desks.push(desk);
  return desk;
}

const wordsTo = async (desk: Desk, sid = newCallSid()) => (await callIn(desk, { CallSid: sid })).text();

/** All but `left` of the account's new calls of this minute have come in; the clock stands still. */
async function leave(desk: Desk, left: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  await runInDurableObject(env.RATE_LIMITER.getByName(desk.carrierId), (limiter) => {
    for (let n = left; n < INBOUND_CALLS_PER_MINUTE; n++) {
      limiter.take("inbound_call", INBOUND_CALLS_PER_MINUTE);
    }
  });
}

test("more than 1,200 new calls a minute are told to call later, leave no trace and harm no other account", async () => {
  const [desk, other] = [await openDesk(), await openDesk()];
  const last = newCallSid();
  await leave(desk, 1);
  const taken = await wordsTo(desk, last);
  expect(taken).toContain("<ConversationRelay ");
  expect(await wordsTo(desk)).toMatch(/<Say [^>]+>[^<]+try again later[^<]+<\/Say><Hangup\/>/);
  expect(await callsOf(desk)).toMatchObject([{ carrierCallId: last }]);
  // What was taken is answered the same, though the bucket is empty.
  expect(await wordsTo(desk, last)).toBe(taken);
  expect(await wordsTo(other)).toContain("<ConversationRelay ");
  vi.setSystemTime(Date.now() + 60_000 / INBOUND_CALLS_PER_MINUTE);
  expect(await wordsTo(desk)).toContain("<ConversationRelay ");
});

test.for([
  ["is away", () => Promise.reject(new Error("The limiter is away"))],
  ["does not answer", () => new Promise<never>(() => {})],
] as const)("a limiter that %s limits nobody", async ([, take]) => {
  const desk = await openDesk();
  const getByName = env.RATE_LIMITER.getByName.bind(env.RATE_LIMITER);
  const asked = vi.spyOn(env.RATE_LIMITER, "getByName").mockImplementation((name) => {
    const limiter = getByName(name);
    return new Proxy(limiter, { get: (real, key) => (key === "take" ? take : Reflect.get(real, key)) });
  });
  expect(await wordsTo(desk)).toContain("<ConversationRelay ");
  expect(asked).toHaveBeenCalledWith(desk.carrierId);
});
