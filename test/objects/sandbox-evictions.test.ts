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

const storedSchema = z.object({
  status: z.string(),
  request: z.unknown(),
  legs: z.array(z.object({ request: z.unknown() })),
});

const NOTHING = "";
const WAITS = "<Response><Pause length='2'/><Hangup/></Response>";

/** The application, by its paths: a call that it dials into a human's phone goes by them all. */
const APPLICATION: Readonly<Record<string, string>> = {
  answer: WAITS,
  status: NOTHING,
  dials: `<Response><Dial action="/dial-end">
    <Number url="/whisper" statusCallback="/leg">+15005550090</Number></Dial></Response>`,
  whisper: `<Response><Gather numDigits="1" action="/accept"><Say>A call.</Say></Gather><Hangup/></Response>`,
  accept: "<Response/>",
  leg: NOTHING,
  "dial-end": WAITS,
};

/** What the application was told, in order. */
let told: string[] = [];

beforeEach(() => {
  told = [];
  vi.useFakeTimers({ toFake: ["Date"], now: CLOCK_STARTS_MS });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    const path = new URL(request.url).pathname.slice(1);
    const document = APPLICATION[path];
    // A call of another file may still be on its way out.
    if (document === undefined) return new Response(null, { status: 404 });
    told.push(`${path} ${form["DialBridged"] ?? form["CallStatus"] ?? ""}`);
    if (document === NOTHING) return new Response(null, { status: 204 });
    return new Response(document, { headers: { "content-type": "text/xml" } });
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

async function place(account: TestAccount, path = "answer"): Promise<string> {
  const created = await account.json("Calls.json", {
    To: INTERESTED,
    From: "+15550010000",
    Url: `${APP}/${path}`,
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
  return until(
    read,
    ({ request, legs, owed }) => request === null && legs.every((leg) => leg.request === null) && owed === 0,
  );
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

test("a sandbox call that dials a human goes on after each eviction, and so does the human's", async () => {
  const account = new TestAccount();
  const sid = await place(account, "dials");
  const legs = async () => {
    const found = await account.json(`Calls.json?ParentCallSid=${sid}`);
    return z.array(z.object({ sid: z.string(), status: z.string() })).parse(found["calls"]);
  };
  await goesOn(sid, async () => {
    await evict(objectOf(sid));
    for (const leg of await legs()) {
      expect(await account.json(`Calls/${leg.sid}.json`)).toMatchObject(leg);
    }
  });
  expect(told.toSorted()).toEqual([
    "accept in-progress",
    "dial-end true",
    "dials in-progress",
    "leg completed",
    ...WHOLE_CALL.slice(1),
    "whisper in-progress",
  ]);
  expect(await legs()).toMatchObject([{ status: "completed" }]);
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
