// Answers that come after the call has gone on without them: from the gate, and from the carrier. The clock is the
// test's (support/live-call.ts).

import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { SlotRequest } from "../../src/domain/pacing.ts";
import { dialled, fires, firesUntil, leaveCalls, ringing, runsOut, takenOn } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";

afterEach(leaveCalls);

/** What is asked of the gate from now on is on its way until it is let go. */
function slowGate(call: LiveCall): void {
  const { getByName } = env.CARRIER_GATE;
  vi.spyOn(env.CARRIER_GATE, "getByName").mockImplementation((name) => {
    const gate = getByName.call(env.CARRIER_GATE, name);
    return new Proxy(gate, {
      get: (_gate, key) =>
        key === "reserve"
          ? async (request: SlotRequest) => {
              await call.holds.wait();
              return gate.reserve(request);
            }
          : (callId: string) => gate.release(callId),
    });
  });
}

test("a gate that takes its time is asked again, and the carrier is asked once", async () => {
  const call = await takenOn();
  slowGate(call);
  await fires(call);
  await firesUntil(call, () => call.holds.count > 1);
  call.holds.releaseAll("answers");
  await call.rest();
  expect(call.carrier.asked).toEqual(["create"]);
});

test("a gate that answers after the call has ended keeps no slot for it", async () => {
  const call = await takenOn();
  slowGate(call);
  await fires(call);
  await call.session.requestEnd("workflow_close");
  await call.rest();
  expect((await call.stored()).state?.status).toBe("ended");
  call.holds.releaseAll("answers");
  await call.rest();
  await firesUntil(call, ({ owed }) => owed.length === 0);
  vi.mocked(env.CARRIER_GATE.getByName).mockRestore();
  expect(await env.CARRIER_GATE.getByName(call.plan.carrierId).heldBy()).toEqual([]);
});

test("a create that is answered after the call was given up is hung up", async () => {
  const call = await dialled({ carrier: { creates: ["held_but_placed"], lookups: ["error"] } });
  expect(await runsOut(call)).toBe("carrier_unreachable");
  expect(call.carrier.isAlive).toBe(true);
  call.holds.releaseAll("answers");
  await call.rest();
  await firesUntil(call, ({ owed }) => owed.length === 0 && !call.carrier.isAlive);
  expect((await call.stored()).state).toMatchObject({
    status: "ended",
    ending: { reason: "carrier_unreachable" },
    carrierCallId: call.carrier.sid,
  });
});

test("a create that is answered after a client has ended the call is hung up", async () => {
  const call = await dialled({ carrier: { creates: ["held_but_placed"] } });
  await call.session.requestEnd("workflow_close");
  await call.rest();
  expect((await call.stored()).state?.status).toBe("dialing");
  call.holds.releaseAll("answers");
  await call.rest();
  expect(call.carrier.isAlive).toBe(false);
  expect(await runsOut(call)).toBe("canceled");
});

test("a create that is put off after it was given up for lost is asked for again", async () => {
  const call = await dialled({ carrier: { creates: ["held_then_throttled", "accepted"] } });
  await firesUntil(call, ({ state }) => state?.submission === "unknown");
  call.holds.releaseAll("answers");
  await call.rest();
  await firesUntil(call, ({ state }) => state?.submission === "placed");
  expect(call.carrier.timesAsked("create")).toBe(2);
});

test("a create that is put off after a client has ended the call is not asked for again", async () => {
  const call = await dialled({ carrier: { creates: ["held_then_throttled", "accepted"] } });
  await call.session.requestEnd("workflow_close");
  call.holds.releaseAll("answers");
  await call.rest();
  expect((await call.stored()).state?.status).toBe("ended");
  expect(await runsOut(call)).toBe("canceled");
  expect(call.carrier.asked).toEqual(["create"]);
});

test("a hang-up that the carrier does not take is followed by the question how the call stands", async () => {
  const call = await ringing({ carrier: { updates: ["error"] } });
  await call.session.requestEnd("workflow_close");
  await call.rest();
  const askedAtMs = Date.now();
  call.carrier.stands("busy");
  expect(await runsOut(call)).toBe("busy");
  expect(Date.now() - askedAtMs).toBeLessThanOrEqual(10_000);
});
