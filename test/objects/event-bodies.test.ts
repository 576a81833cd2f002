// An event that could not be handed to all at once says to each what it said to the first, whatever has happened since.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { firesUntil, leaveCalls, ringing } from "../support/call-stages.ts";
import { Endpoints } from "../support/endpoints.ts";
import type { LiveCall } from "../support/live-call.ts";

afterEach(leaveCalls);

const owesNothing = ({ owed }: { owed: string[] }) => owed.length === 0;

/** A call of whose answer one webhook, or none, was told; it goes on to its end. */
async function half(moods: { first: "takes" | "forgets" | "fails"; second: "fails" }) {
  const call = await ringing();
  const endpoints = new Endpoints(call.holds);
  const [first, second] = [await endpoints.add(call.org.orgId), await endpoints.add(call.org.orgId)];
  endpoints.set(first, moods.first);
  endpoints.set(second, moods.second);
  await call.answer();
  await call.rest();
  return { call, endpoints, first, second };
}

async function ends(call: LiveCall): Promise<void> {
  call.wait(5_000);
  await call.report("completed", { durationSeconds: 5 });
  await call.rest();
}

const keptBodies = (call: LiveCall) =>
  runInDurableObject(call.session, (_object, { storage }) =>
    storage.sql.exec("SELECT seq FROM customer_events WHERE body IS NOT NULL").toArray(),
  );

test("a webhook that could not be reached hears what the other heard", async () => {
  const { call, endpoints, first, second } = await half({ first: "takes", second: "fails" });
  expect(await keptBodies(call)).toEqual([{ seq: 1 }]);
  await ends(call);
  endpoints.set(second, "takes");
  await firesUntil(call, owesNothing);
  expect(endpoints.toldTo(second)).toEqual(endpoints.toldTo(first));
  expect(endpoints.toldTo(second)[0]?.event.data).toMatchObject({ status: "in_progress", ended_at: null });
  expect(await keptBodies(call)).toEqual([]);
});

test.for(["crash", "evict"] as const)(
  "the object dies, and who had the event without its knowledge had it as the others: %s",
  async (death) => {
    const { call, endpoints, first, second } = await half({ first: "forgets", second: "fails" });
    await call[death]();
    await ends(call);
    endpoints.set(first, "takes");
    endpoints.set(second, "takes");
    await firesUntil(call, owesNothing);
    const bodies = [...endpoints.bodiesHanded().values()];
    expect(bodies.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(endpoints.toldTo(second)).toEqual(endpoints.toldTo(first));
  },
);

test("a webhook that was made since hears of the event as it was first told", async () => {
  const { call, endpoints, first } = await half({ first: "fails", second: "fails" });
  const third = await endpoints.add(call.org.orgId);
  await ends(call);
  endpoints.set(first, "takes");
  await firesUntil(call, () => endpoints.toldTo(first).length > 0 && endpoints.toldTo(third).length > 0);
  expect(endpoints.toldTo(third)[0]).toEqual(endpoints.toldTo(first)[0]);
  expect(endpoints.toldTo(third)[0]?.event.data.status).toBe("in_progress");
});
