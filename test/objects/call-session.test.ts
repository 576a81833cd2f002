// The call's object in the runtime: evictions, alarms, and what callbacks may and may not do to it.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { openDb } from "../../src/db/client.ts";
import { findCallPlan } from "../../src/db/plans.ts";
import { dialCall } from "../../src/services/calls/dial-call.ts";
import { readConfig } from "../../src/config.ts";
import { calls } from "../../src/db/schema.ts";
import { place, read } from "../support/api.ts";
import { createOrganisation, FROM } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

const context = { env, config: readConfig(env), db: openDb(env.DB) };
/** A read that meets the object in the moment of its crash fails; the next finds it again. */
const readAgain: typeof read = (caller, callId) =>
  read(caller, callId).catch(() => readAgain(caller, callId));
const ended = ({ status }: { status: string }) => status === "ended";

/** The call's own log: what happened to it, in order. */
function eventsOf(callId: string): Promise<{ type: string }[]> {
  return runInDurableObject(env.CALL_SESSION.getByName(callId), (_object, state) =>
    state.storage.sql
      .exec<{ body: string }>("SELECT body FROM events ORDER BY seq")
      .toArray()
      .map(({ body }) => JSON.parse(body)),
  );
}

test("takes a call on once, however often the queue brings it", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550030");
  await Promise.all(Array.from({ length: 5 }, () => dialCall(context, { call_id: callId })));
  const call = await until(() => read(org, callId), ended);
  expect(call.ended_reason).toBe("agent_hangup");
  const creates = (await eventsOf(callId)).filter(({ type }) => type === "create_accepted");
  expect(creates).toHaveLength(1);
});

test("goes on after an eviction in mid-call: its timers fire, and it finds its hibernating socket", async () => {
  const org = await createOrganisation({ campaignConfig: { max_duration: 5 } });
  const callId = await place(org, "+15005550036");
  await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length === 1,
  );
  await evictDurableObject(env.CALL_SESSION.getByName(callId), { webSockets: "hibernate" });
  const evicted = await read(org, callId);
  expect(evicted).toMatchObject({ status: "in_progress", transcript: [{ speaker: "agent" }] });
  const call = await until(() => read(org, callId), ended);
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "max_duration" });
  // The carrier was told on the socket itself: a REST hang-up would have ended the call without this.
  expect(await eventsOf(callId)).toContainEqual(
    expect.objectContaining({ type: "relay_ended", failed: false, callOver: false }),
  );
});

test("takes the talk up again after a crash that took the relay's socket with it", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550030");
  const before = await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length >= 4,
  );
  const session = env.CALL_SESSION.getByName(callId);
  await runInDurableObject(session, (_object, state) => state.abort("crash")).catch(() => null);
  const call = await until(() => readAgain(org, callId), ended);
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
  expect(call.transcript.slice(0, 4)).toEqual(before.transcript.slice(0, 4));
  const texts = call.transcript.map(({ text }) => text);
  expect(texts.filter((text) => text.startsWith("Hi, this is Aria"))).toHaveLength(1);
});

test("lets an alarm run early, twice or after the end without harm", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550010");
  const session = env.CALL_SESSION.getByName(callId);
  await runDurableObjectAlarm(session);
  const call = await until(
    () => read(org, callId),
    ({ summary }) => summary !== null,
  );
  await runInDurableObject(session, (object) => object.alarm());
  await runInDurableObject(session, (object) => object.alarm());
  expect(await read(org, callId)).toEqual(call);
});

test("owes nothing to anyone once it has ended", async () => {
  const org = await createOrganisation();
  const ids = await Promise.all(
    ["0030", "0010", "0001", "0020"].map((nnnn) => place(org, `+1500555${nnnn}`)),
  );
  for (const callId of ids) {
    await until(() => read(org, callId), ended);
    const session = env.CALL_SESSION.getByName(callId);
    const owed = () =>
      runInDurableObject(session, (_object, state) =>
        state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one(),
      );
    await until(owed, ({ n }) => n === 0);
  }
  expect(await env.LIVE_BOARD.getByName(org.orgId).list()).toEqual([]);
  expect(await env.CARRIER_GATE.getByName(org.carrierId).heldBy()).toEqual([]);
});

test("shows a live call on its organisation's board", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550030");
  const board = env.LIVE_BOARD.getByName(org.orgId);
  const [entry] = await until(
    () => board.list(),
    ([first]) => first?.status === "in_progress",
  );
  expect(entry).toMatchObject({ callId, callType: "outbound", from: FROM, to: "+15005550030" });
  await until(
    () => board.list(),
    (entries) => entries.length === 0,
  );
});

test("asks about opt-outs again just before the carrier is asked", async () => {
  // A full gate holds the call back until the opt-out is there.
  const org = await createOrganisation({ maxConcurrent: 1 });
  const gate = env.CARRIER_GATE.getByName(org.carrierId);
  const other = {
    callId: newId("call"),
    attempt: 1,
    limits: { callsPerSecond: 100, maxConcurrent: 1 },
    leaseMs: 60_000,
    deadlineMs: Date.now() + 60_000,
  };
  await gate.reserve(other);
  const callId = await place(org, "+15005550030");
  await context.db.run(
    `INSERT INTO opt_outs (org_id, phone, created_at) VALUES ('${org.orgId}', '+15005550030', 1)`,
  );
  await gate.release(other.callId);
  const call = await until(() => read(org, callId), ended);
  expect(call).toMatchObject({ outcome: "failed", ended_reason: "contact_opted_out", fault: "none" });
  expect(call.carrier.carrier_call_id).toBeNull();
});

test("ends a call that is not dialled in time, and the carrier never hears of it", async () => {
  const org = await createOrganisation();
  const callId = newId("call");
  const startedAt = Math.floor(Date.now() / 1000) - 301;
  await context.db.insert(calls).values({
    id: callId,
    orgId: org.orgId,
    campaignId: org.campaignId,
    carrierId: org.carrierId,
    callType: "outbound",
    fromNumber: FROM,
    toNumber: "+15005550030",
    status: "dialing",
    startedAt,
  });
  await dialCall(context, { call_id: callId });
  const call = await until(() => read(org, callId), ended);
  expect(call).toMatchObject({ outcome: "failed", ended_reason: "dial_expired", fault: "platform" });
  expect(call.carrier.carrier_call_id).toBeNull();
});

test("an opt-out wish is kept at once, for the whole organisation", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550032");
  await until(() => read(org, callId), ended);
  const rows = await until(
    () => inD1.optOuts.findMany({ where: (table, { eq }) => eq(table.orgId, org.orgId) }),
    (found) => found.length > 0,
  );
  expect(rows).toMatchObject([{ phone: "+15005550032", reason: expect.stringContaining(callId) }]);
});

test("an ended call has no plan to dial from", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550001");
  await until(() => read(org, callId), ended);
  const row = () => inD1.calls.findFirst({ where: (table, { eq }) => eq(table.id, callId) });
  await until(row, (found) => found?.status === "ended");
  expect(await findCallPlan(context.db, callId)).toBeNull();
});
