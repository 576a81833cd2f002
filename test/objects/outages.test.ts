// What a call does when something it leans on is slow or away: D1, the carrier, a queue's message, the socket.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { place, read, request } from "../support/api.ts";
import { endFakeCalls, placeFakeCall, talkFakeCall, wordsOf } from "../support/fake-carrier.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
  await endFakeCalls();
  vi.restoreAllMocks();
});

const ended = ({ status }: { status: string }) => status === "ended";

const prompt = (voicePrompt: string, last = true) => ({ type: "prompt", voicePrompt, last });

function eventsOf(callId: string): Promise<{ body: string; at_ms: number }[]> {
  return runInDurableObject(env.CALL_SESSION.getByName(callId), (_object, state) =>
    state.storage.sql
      .exec<{ body: string; at_ms: number }>("SELECT body, at_ms FROM events ORDER BY seq")
      .toArray(),
  );
}

/** What is owed is due now. The object remembers when it was to be: it is built anew. */
async function fallDue(callId: string, keys: string): Promise<void> {
  const session = env.CALL_SESSION.getByName(callId);
  await runInDurableObject(session, (_object, { storage }) => {
    storage.sql.exec("UPDATE outbox SET due_at_ms = 0 WHERE key LIKE ?", keys);
  });
  await evictDurableObject(session);
  await runInDurableObject(session, (object) => object.alarm());
}

const optOutOf = (orgId: string) => () =>
  env.DB.prepare("SELECT phone FROM opt_outs WHERE org_id = ?").bind(orgId).first();

test("a talk goes on while D1 is away, and what it owes is done when it is back", async () => {
  const { call, relay } = await talkFakeCall();
  const away = vi.spyOn(env.DB, "prepare").mockImplementation(() => {
    throw new Error("D1 is away");
  });
  relay.frames.length = 0;
  relay.send(prompt("Please never call me again."));
  await until(
    async () => wordsOf(relay.frames),
    (words) => words.includes("Goodbye."),
  );
  relay.send({ type: "info", name: "tokensPlayed", value: "Goodbye." });
  await until(
    async () => relay.frames,
    (frames) => frames.some(({ type }) => type === "end"),
  );
  expect(away).toHaveBeenCalled();
  away.mockRestore();
  expect(await until(optOutOf(call.org.orgId), (row) => row !== null)).toEqual({ phone: "+14155550192" });
});

test("two sentences of the customer close together get one answer", async () => {
  const { call, relay } = await talkFakeCall();
  relay.send(prompt("Yes."));
  relay.send(prompt("This is a good moment."));
  const { transcript } = await until(
    () => read(call.org, call.callId),
    ({ transcript: turns }) => turns.filter(({ speaker }) => speaker === "customer").length === 2,
  );
  const spoken = (
    await until(
      () => read(call.org, call.callId),
      (now) => now.transcript.at(-1)?.speaker === "agent",
    )
  ).transcript;
  expect(spoken.slice(0, transcript.length).map(({ speaker }) => speaker)).toEqual(
    transcript.map(({ speaker }) => speaker),
  );
  // One answer to each, in their order, or one to both; never two at once.
  const speakers = spoken.map(({ speaker }) => speaker).join();
  expect(["agent,customer,customer,agent", "agent,customer,agent,customer,agent"]).toContain(speakers);
});

test("a wish not to be called again is heard even while the agent says goodbye", async () => {
  const { call, relay } = await talkFakeCall();
  relay.send(prompt("You idiots!"));
  await until(
    async () => wordsOf(relay.frames),
    (words) => words.includes("Goodbye."),
  );
  relay.send(prompt("And never call me again!"));
  expect(await until(optOutOf(call.org.orgId), (row) => row !== null)).toEqual({ phone: "+14155550192" });
  await call.callBack("status", { CallStatus: "completed", CallDuration: "9" });
  const record = await until(() => read(call.org, call.callId), ended);
  expect(record.ended_reason).toBe("hostile_caller");
});

test("a customer who talks for long, or cuts the agent off, is not taken for silent", async () => {
  const { call, relay } = await talkFakeCall();
  relay.send(prompt("Well, let me tell you", false));
  await until(
    () => eventsOf(call.callId),
    (events) => events.filter(({ body }) => body.includes("customer_heard")).length === 1,
  );
  relay.send({ type: "interrupt", utteranceUntilInterrupt: "Hi Priya, this", durationUntilInterruptMs: 400 });
  await until(
    () => eventsOf(call.callId),
    (events) => events.filter(({ body }) => body.includes("words_cut")).length === 1,
  );
  expect((await read(call.org, call.callId)).transcript).toMatchObject([{ text: "Hi Priya, this" }]);
});

test("a carrier that never answers holds up no timer", async () => {
  const call = await placeFakeCall(
    { campaignConfig: { max_duration: 5 } },
    () => new Promise(() => undefined),
  );
  await call.callBack("answer", { AnsweredBy: "human" });
  const fired = await until(
    () => eventsOf(call.callId),
    (events) => events.some(({ body }) => body.includes('"hang_up"')),
  );
  expect(call.asked).toContain(`POST Calls/${call.sid}.json`);
  const at = (name: string) => fired.find(({ body }) => body.includes(`"${name}"`))?.at_ms ?? Number.NaN;
  expect(at("hang_up") - at("max_duration")).toBeLessThan(10_000);
});

test("a line that the carrier holds with no socket is given a new relay", async () => {
  const call = await placeFakeCall();
  await call.callBack("answer", { AnsweredBy: "human" });
  const relay = await call.openRelay();
  await until(
    async () => relay.frames.length,
    (count) => count > 0,
  );
  await runInDurableObject(env.CALL_SESSION.getByName(call.callId), (_object, state) =>
    state.abort("crash"),
  ).catch(() => null);
  // No word of it from the carrier; whatever wakes the object next makes it see that it has lost its socket.
  await read(call.org, call.callId);
  await until(
    async () => call.asked,
    (asked) => asked.includes(`POST Calls/${call.sid}.json`),
  );
});

test("the relay of a call that has ended is refused", async () => {
  const call = await placeFakeCall();
  await call.callBack("status", { CallStatus: "busy" });
  await until(() => read(call.org, call.callId), ended);
  expect((await call.openRelay()).status).toBe(404);
});

test("a call that we hold for ended and that lives at the carrier is hung up, however often it takes", async () => {
  let tries = 0;
  const call = await placeFakeCall({}, () => {
    tries += 1;
    return tries < 3 ? new Response(null, { status: 503 }) : Response.json({ sid: "any" });
  });
  await call.callBack("status", { CallStatus: "failed" });
  await until(() => read(call.org, call.callId), ended);
  await call.callBack("status", { CallStatus: "ringing" });
  await until(
    async () => tries,
    (count) => count === 3,
  );
  expect(call.asked.filter((what) => what === "POST Calls.json")).toHaveLength(1);
});

test("a recording whose message is lost is sent for again until it is stored", async () => {
  const org = await createOrganisation();
  const send = vi.spyOn(env.CALL_EVENTS, "send").mockResolvedValue({ metadata: {} } as QueueSendResponse);
  const callId = await place(org, "+15005550035");
  await until(() => read(org, callId), ended);
  const session = env.CALL_SESSION.getByName(callId);
  const owed = () =>
    runInDurableObject(session, (_object, state) =>
      state.storage.sql
        .exec<{ key: string }>("SELECT key FROM outbox")
        .toArray()
        .map(({ key }) => key),
    );
  await until(
    owed,
    (keys) =>
      keys.length === 2 && keys.includes("analyse") && keys.some((key) => key.startsWith("store_recording:")),
  );
  await until(
    async () => send.mock.calls.length,
    (count) => count >= 1,
  );
  vi.restoreAllMocks();
  // The time for a confirmation has passed.
  await fallDue(callId, "%");
  await until(
    () => read(org, callId),
    ({ recording_url: url }) => url !== null,
  );
  await until(owed, (keys) => keys.length === 0);
});

test("a recording of which no notice comes is asked for at the carrier", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550048");
  await until(() => read(org, callId), ended);
  const { recording_url: url } = await until(
    async () => {
      await fallDue(callId, "find_recording");
      return read(org, callId);
    },
    ({ recording_url: found }) => found !== null,
  );
  const audio = await request(new URL(url ?? "").pathname, org.apiKey);
  expect(audio.status).toBe(200);
  expect((await audio.arrayBuffer()).byteLength).toBeGreaterThan(0);
});
