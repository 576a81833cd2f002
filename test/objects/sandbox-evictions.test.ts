// The sandbox's objects are put out of memory at every turn, and their alarm comes early, twice or fails: the call
// goes its way all the same, and tells each thing once. The clock is the test's, decades ahead, so that no alarm
// fires by itself.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { TestAccount } from "../sandbox/account.ts";
import { until } from "../support/wait.ts";

const APP = "http://127.0.0.1:9";
const CLOCK_STARTS_MS = Date.UTC(2090, 0, 1);
const INTERESTED = "+15005550030";
const MANY = 100;

const storedSchema = z.object({ status: z.string(), request: z.unknown() });

const APPLICATION = ["answer", "status"];

/** What the application was told, in order. */
let told: string[] = [];

beforeEach(() => {
  told = [];
  // A time limit that is still running keeps the object in memory, however long the answer has been there.
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
  vi.useFakeTimers({ toFake: ["Date"], now: CLOCK_STARTS_MS });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { CallStatus: status = "" } = Object.fromEntries(new URLSearchParams(await request.text()));
    const path = new URL(request.url).pathname.slice(1);
    // A call of another file may still be on its way out.
    if (!APPLICATION.includes(path)) return new Response(null, { status: 404 });
    told.push(`${path} ${status}`);
    if (path !== "answer") return new Response(null, { status: 204 });
    return new Response("<Response><Pause length='2'/><Hangup/></Response>", {
      headers: { "content-type": "text/xml" },
    });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Only what is in memory can be put out of it. */
async function evict(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, () => undefined);
  await evictDurableObject(object);
}

const objectOf = (sid: string) => env.SANDBOX_CALL.getByName(sid);

async function place(account: TestAccount): Promise<string> {
  const created = await account.json("Calls.json", {
    To: INTERESTED,
    From: "+15550010000",
    Url: `${APP}/answer`,
    StatusCallback: `${APP}/status`,
    StatusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
  });
  return z.object({ sid: z.string() }).parse(created).sid;
}

/** What the call's object has stored, once nothing is asked of the application any more. */
async function settled(sid: string): Promise<{ status: string; alarmMs: number | null }> {
  const read = () =>
    runInDurableObject(objectOf(sid), async (_object, { storage }) => {
      const { state } = storage.sql.exec<{ state: string }>("SELECT state FROM call").one();
      const { n: owed } = storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one();
      return { ...storedSchema.parse(JSON.parse(state)), owed, alarmMs: await storage.getAlarm() };
    });
  return until(read, ({ request, owed }) => request === null && owed === 0);
}

/** Fires alarm after alarm, each at its time, until the call is over. */
async function goesOn(sid: string, beforeEachAlarm: () => Promise<unknown>): Promise<void> {
  for (let alarms = 0; alarms < MANY; alarms += 1) {
    const { status, alarmMs } = await settled(sid);
    if (status === "completed") return;
    if (alarmMs === null) throw new Error(`Nothing is to come after ${status}`);
    await beforeEachAlarm();
    vi.setSystemTime(Math.max(Date.now(), alarmMs));
    await runDurableObjectAlarm(objectOf(sid));
  }
  throw new Error("The call does not end");
}

/** In any order: callbacks overtake each other. */
const WHOLE_CALL = [
  "answer in-progress",
  "status completed",
  "status in-progress",
  "status initiated",
  "status ringing",
];

test("a sandbox call goes on after each eviction and tells each thing once", async () => {
  const account = new TestAccount();
  const sid = await place(account);
  await goesOn(sid, async () => {
    await evict(objectOf(sid));
    await evict(env.SANDBOX_ACCOUNT.getByName(account.sid));
    // Whoever asks wakes both, and is told how things stand.
    expect(await account.json(`Calls/${sid}.json`)).toMatchObject({ sid });
    expect(await account.json("Calls.json")).toMatchObject({ calls: [{ sid }] });
  });
  expect(told.toSorted()).toEqual(WHOLE_CALL);
  await evict(objectOf(sid));
  await evict(env.SANDBOX_ACCOUNT.getByName(account.sid));
  expect(await account.json(`Calls/${sid}.json`)).toMatchObject({ status: "completed" });
  expect(await account.json("Calls.json")).toMatchObject({ calls: [{ sid, status: "completed" }] });
});

test("a sandbox call's alarm may come early, twice, and after the end", async () => {
  const sid = await place(new TestAccount());
  const fires = () => runInDurableObject(objectOf(sid), (object) => object.alarm());
  await goesOn(sid, async () => {
    await fires();
    await fires();
  });
  await fires();
  await settled(sid);
  expect(told.toSorted()).toEqual(WHOLE_CALL);
});

test("a sandbox call goes on after its alarm has failed as often as the platform lets it", async () => {
  const sid = await place(new TestAccount());
  const { status } = await settled(sid);
  await runInDurableObject(objectOf(sid), (_object, { storage }) => {
    storage.sql.exec(
      "CREATE TRIGGER broken BEFORE UPDATE ON call BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
  });
  for (let tries = 0; tries < 7; tries += 1) {
    const { alarmMs } = await settled(sid);
    vi.setSystemTime(Math.max(Date.now(), alarmMs ?? Number.NaN));
    expect(await runDurableObjectAlarm(objectOf(sid)), `alarm ${tries}`).toBe(true);
    expect((await settled(sid)).alarmMs, `after alarm ${tries}`).toBeGreaterThan(Date.now());
  }
  expect((await settled(sid)).status).toBe(status);
  await runInDurableObject(objectOf(sid), (_object, { storage }) => {
    storage.sql.exec("DROP TRIGGER broken");
  });
  await goesOn(sid, async () => undefined);
  expect(told.toSorted()).toEqual(WHOLE_CALL);
});
