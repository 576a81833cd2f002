// What a call owes may have been stored by a newer version of us, which was taken back since.

import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { read } from "../support/api.ts";
import { fires, leaveCalls, talking } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";

afterEach(leaveCalls);

const owe = (call: LiveCall, key: string, body: string) =>
  runInDurableObject(call.session, (_object, { storage }) => {
    storage.sql.exec("INSERT INTO outbox VALUES (?, 1, ?, 7, 0)", key, body);
  });

const attemptsAt = (call: LiveCall) =>
  runInDurableObject(call.session, (_object, { storage }) =>
    storage.sql.exec("SELECT key, attempts FROM outbox ORDER BY key").toArray(),
  );

test("what can't be read is left lying, and holds up neither the call nor its other duties", async () => {
  const { call } = await talking({ campaignConfig: { record: false } });
  const logged = vi.spyOn(console, "error");
  const complaints = () =>
    logged.mock.calls.filter(([line]) => String(line).includes("duty_unreadable")).length;
  await owe(call, "a_new_one", '{"type":"of_tomorrow"}');
  await owe(call, "broken", "{");
  const beganMs = Date.now();
  await call.report("completed", { durationSeconds: 5 });
  await call.rest();
  expect(await read(call.org, call.plan.callId)).toMatchObject({ status: "ended", outcome: "connected" });
  expect((await call.stored()).owed).toEqual(["a_new_one", "broken"]);
  // Each is told of once, however often the call looks for what it owes.
  await call.session.vouch();
  await call.rest();
  expect(complaints()).toBe(2);
  let alarms = 0;
  for (; Date.now() < beganMs + 3_600_000; alarms += 1) await fires(call);
  expect(alarms).toBeLessThan(5);
  expect(complaints()).toBe(4);
  // A version that can read them has all its tries.
  expect(await attemptsAt(call)).toEqual([
    { key: "a_new_one", attempts: 7 },
    { key: "broken", attempts: 7 },
  ]);
});
