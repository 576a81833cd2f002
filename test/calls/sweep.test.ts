// What was dropped on the way and is taken up by cron: lost messages, rows that no object vouches for, lost leases.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { read, request } from "../support/api.ts";
import { endFakeCalls, talkFakeCall } from "../support/fake-carrier.ts";
import { createOrganisation, FROM, type Organisation } from "../support/organisation.ts";
import { insertCall, readEnded, runCron } from "../support/sweep.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
  await endFakeCalls();
  vi.restoreAllMocks();
});

const carrierAt = (answer: (what: string) => Response) => {
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { url, method } = new Request(input, init);
    asked.push(`${method} ${url.replace(/^.*Accounts\/AC\w+\//, "")}`);
    return answer(url);
  });
  return asked;
};

test("an accepted call whose message the queue lost is dialled all the same", async () => {
  const org = await createOrganisation();
  const lost = await insertCall(org, { secondsAgo: 70 });
  const fresh = await insertCall(org, { secondsAgo: 5 });
  await runCron();
  const call = await until(
    () => read(org, lost),
    ({ status }) => status === "ended",
  );
  expect(call.outcome).toBe("connected");
  // Its own message may still be on its way.
  expect(await env.CALL_SESSION.getByName(fresh).snapshot()).toBeNull();
});

describe("a call that no object knows is ended", () => {
  test.for([
    ["was never dialled in time", { secondsAgo: 400 }, "failed", "platform_error", 0],
    ["rang", { secondsAgo: 400, status: "ringing", projectedSeq: 4 }, "failed", "platform_error", 0],
    [
      "was talked with: for how long, nobody knows",
      { secondsAgo: 400, status: "in_progress", projectedSeq: 7, answered: true },
      "connected",
      "agent_failed",
      null,
    ],
    [
      "came in",
      { secondsAgo: 400, status: "ringing", callType: "inbound" as const },
      "failed",
      "platform_error",
      0,
    ],
  ] as const)("that %s", async ([, row, outcome, reason, duration]) => {
    const org = await createOrganisation();
    const callId = await insertCall(org, row);
    await runCron();
    expect(await readEnded(org, callId)).toMatchObject({
      outcome,
      ended_reason: reason,
      fault: "platform",
      duration,
      ended_at: expect.stringMatching(/Z$/),
    });
  });

  test("with all that its object would have seen to: hung up, off the board, its slot given back", async () => {
    const org = await createOrganisation({ apiBaseUrl: "https://carrier.example" });
    const carrierCallId = `CA${"7".repeat(32)}`;
    const callId = await insertCall(org, {
      secondsAgo: 400,
      status: "ringing",
      projectedSeq: 4,
      carrierCallId,
    });
    const board = env.LIVE_BOARD.getByName(org.orgId);
    await board.show(callId, 4, {
      callId,
      callType: "outbound",
      campaignId: org.campaignId,
      contactId: null,
      from: FROM,
      to: "+15005560000",
      status: "ringing",
      startedAt: 1_780_000_000,
      answeredAt: null,
    });
    const gate = env.CARRIER_GATE.getByName(org.carrierId);
    const limits = { callsPerSecond: 1, maxConcurrent: 1 };
    await gate.reserve({ callId, attempt: 1, limits, leaseMs: 900_000, deadlineMs: Date.now() + 9_000 });
    const asked = carrierAt(() => Response.json({ sid: carrierCallId }));

    await runCron();
    await readEnded(org, callId);
    expect(asked).toEqual([`POST Calls/${carrierCallId}.json`]);
    expect(await board.list()).toEqual([]);
    expect(await gate.heldBy()).toEqual([]);
  });

  test("also if the carrier can't be told", async () => {
    const org = await createOrganisation({ apiBaseUrl: "https://carrier.example" });
    const row = { secondsAgo: 400, status: "ringing", projectedSeq: 4, carrierCallId: `CA${"8".repeat(32)}` };
    const callId = await insertCall(org, row);
    carrierAt(() => new Response(null, { status: 503 }));
    await runCron();
    await readEnded(org, callId);
  });

  test("though another can't be opened, which is left alone as long as it may live", async () => {
    const org = await createOrganisation();
    const orphan = await insertCall(org, { secondsAgo: 400, status: "ringing", projectedSeq: 4 });
    const broken = await insertCall(org, { secondsAgo: 400, status: "ringing", projectedSeq: 4 });
    const hopeless = await insertCall(org, { secondsAgo: 110_000, status: "ringing", projectedSeq: 4 });
    for (const callId of [broken, hopeless]) await spoil(callId);
    await runCron();
    await readEnded(org, orphan);
    await readEnded(org, hopeless);
    const row = env.DB.prepare("SELECT status FROM calls WHERE id = ?").bind(broken).first();
    expect(await row).toEqual({ status: "ringing" });
  });

  /** As if a newer release had written what this one can't read. */
  async function spoil(callId: string): Promise<void> {
    const session = env.CALL_SESSION.getByName(callId);
    await runInDurableObject(session, (_object, { storage }) => {
      storage.sql.exec("INSERT INTO call VALUES (1, '{}', '{}', 1)");
    });
    await evictDurableObject(session);
  }

  test("within two minutes where it came in and never came to its object", async () => {
    const org = await createOrganisation();
    const row = { status: "ringing", callType: "inbound" } as const;
    const unbegun = await insertCall(org, { ...row, secondsAgo: 70, carrierCallId: "CAunbegun" });
    const young = await insertCall(org, { ...row, secondsAgo: 40, carrierCallId: "CAyoung" });
    await runCron();
    expect(await readEnded(org, unbegun)).toMatchObject({ ended_reason: "platform_error" });
    expect((await read(org, young)).status).toBe("ringing");
  });

  test("but not a young one, whose object may be on its way", async () => {
    const org = await createOrganisation();
    const ringing = await insertCall(org, { secondsAgo: 200, status: "ringing", projectedSeq: 3 });
    const waiting = await insertCall(org, { secondsAgo: 50 });
    await runCron();
    expect((await read(org, ringing)).status).toBe("ringing");
    expect((await read(org, waiting)).status).not.toBe("ended");
  });
});

describe("a call that its object knows", () => {
  test("is left to it, and gets back an alarm that was lost", async () => {
    const { call } = await talkFakeCall();
    const session = env.CALL_SESSION.getByName(call.callId);
    await until(
      () => read(call.org, call.callId),
      ({ status }) => status === "in_progress",
    );
    await runInDurableObject(session, (_object, { storage }) => storage.deleteAlarm());
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 400_000 });
    await runCron().finally(() => vi.useRealTimers());
    expect((await read(call.org, call.callId)).status).toBe("in_progress");
    expect(await runInDurableObject(session, (_object, { storage }) => storage.getAlarm())).not.toBeNull();
  });

  test("tells of its end once more if the row missed it", async () => {
    const { call } = await talkFakeCall();
    await call.callBack("status", { CallStatus: "completed" });
    await until(
      () => read(call.org, call.callId),
      ({ status }) => status === "ended",
    );
    const told = await insertCall(call.org, { secondsAgo: 400, status: "in_progress", projectedSeq: 3 });
    await copySession(call.callId, told);
    await runCron();
    const row = await until(
      () => env.DB.prepare("SELECT status, ended_reason FROM calls WHERE id = ?").bind(told).first(),
      (found) => found?.status === "ended",
    );
    expect(row).toEqual({ status: "ended", ended_reason: "customer_hangup" });
  });

  /** Makes the object of `to` know what that of `from` knows, and owe nothing. */
  async function copySession(from: string, to: string): Promise<void> {
    const known = await runInDurableObject(env.CALL_SESSION.getByName(from), (_object, { storage }) =>
      storage.sql
        .exec<{ plan: string; state: string; seq: number }>("SELECT plan, state, seq FROM call")
        .one(),
    );
    const copy = env.CALL_SESSION.getByName(to);
    await runInDurableObject(copy, (_object, { storage }) => {
      const plan = JSON.stringify({ ...JSON.parse(known.plan), callId: to });
      storage.sql.exec("INSERT INTO call VALUES (1, ?, ?, ?)", plan, known.state, known.seq);
    });
    await evictDurableObject(copy);
  }
});

describe("slots whose calls have ended", () => {
  const limits = { callsPerSecond: 100, maxConcurrent: 30 };
  const hold = (org: Organisation, callId: string) =>
    env.CARRIER_GATE.getByName(org.carrierId).reserve({
      callId,
      attempt: 1,
      limits,
      leaseMs: 900_000,
      deadlineMs: Date.now() + 60_000,
    });

  test("are taken back where calls wait for them, and no others", async () => {
    const org = await createOrganisation({ maxConcurrent: 2 });
    const ended = await insertCall(org, { secondsAgo: 500, status: "ended" });
    const living = await insertCall(org, { secondsAgo: 100, status: "in_progress", projectedSeq: 3 });
    await hold(org, ended);
    await hold(org, living);
    await insertCall(org, { secondsAgo: 70 });
    await runCron();
    await until(
      () => env.CARRIER_GATE.getByName(org.carrierId).heldBy(),
      (held) => !held.includes(ended),
    );
    expect(await env.CARRIER_GATE.getByName(org.carrierId).heldBy()).toContain(living);
  });

  test("are told of in the log, each call by its id, or the first twenty of many", async () => {
    const lines = vi.spyOn(console, "log");
    const sweptAt = (org: Organisation) =>
      lines.mock.calls
        .map(([line]) => z.record(z.string(), z.unknown()).parse(JSON.parse(String(line))))
        .filter(({ event, carrier_id: id }) => event === "slots_swept" && id === org.carrierId);
    for (const [count, named] of [
      [2, 2],
      [23, 20],
    ] as const) {
      const org = await createOrganisation({ maxConcurrent: 30 });
      const ended = await Promise.all(
        Array.from({ length: count }, () => insertCall(org, { secondsAgo: 500, status: "ended" })),
      );
      for (const callId of ended) await hold(org, callId);
      await insertCall(org, { secondsAgo: 70 });
      await runCron();
      const [line] = await until(
        async () => sweptAt(org),
        (found) => found.length > 0,
      );
      expect(line).toMatchObject({ released: count });
      const ids = z.array(z.string()).parse(line?.["call_ids"]);
      expect(new Set(ids).size).toBe(named);
      expect(ended).toEqual(expect.arrayContaining(ids));
    }
  });

  test("stay where nobody waits: their leases run out", async () => {
    const org = await createOrganisation({ maxConcurrent: 2 });
    const ended = await insertCall(org, { secondsAgo: 500, status: "ended" });
    await hold(org, ended);
    await runCron();
    expect(await env.CARRIER_GATE.getByName(org.carrierId).heldBy()).toEqual([ended]);
  });
});

test("a sweep that fails is no hindrance to the others", async () => {
  const org = await createOrganisation();
  const callId = await insertCall(org, { secondsAgo: 400, status: "ringing", projectedSeq: 4 });
  await insertCall(org, { secondsAgo: 70 });
  vi.spyOn(env.DIAL, "sendBatch").mockRejectedValue(new Error("The queue is away"));
  await runCron();
  await readEnded(org, callId);
  expect((await request("/healthz", null)).status).toBe(200);
});
