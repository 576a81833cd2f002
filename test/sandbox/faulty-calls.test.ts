// Faults of the carrier through the objects: what is kept for later outlives an eviction, and a socket really falls.

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import {
  app,
  heardAt,
  PATIENT,
  place,
  RECORDED_RELAY,
  RELAY,
  say,
  twiml,
  useApplication,
} from "./application.ts";

useApplication();

const statuses = () => heardAt("/status").map((status) => status["CallStatus"]);

async function untilStatus(sid: string, status: string): Promise<void> {
  await vi.waitUntil(async () => (await app.account.json(`Calls/${sid}.json`))["status"] === status, PATIENT);
}

test("0044: twelve status callbacks, four of them of their own", async () => {
  await place(app.account, "+15005550044", { Twiml: "<Response><Hangup/></Response>", Url: "" });
  await vi.waitUntil(() => statuses().length === 12, PATIENT);
  const distinct = new Set(heardAt("/status").map((params) => JSON.stringify(params)));
  expect(distinct.size).toBe(4);
  const tokens = app.heard.filter(({ path }) => path === "/status").map(({ token }) => token);
  expect(new Set(tokens).size).toBe(12);
});

test("0044: a copy that falls due while the one before is being answered is not forgotten", async () => {
  app.answer = async () => {
    await scheduler.wait(200);
    return new Response(null, { status: 204 });
  };
  const ends = { Twiml: "<Response><Hangup/></Response>", Url: "", StatusCallbackEvent: "completed" };
  await place(app.account, "+15005550044", ends);
  // Well within the time after which a call looks for whatever it may have forgotten.
  await vi.waitUntil(() => statuses().length === 3, { timeout: 3000, interval: 20 });
});

test("0045: callbacks that are kept until the end survive an eviction, and come newest first", async () => {
  const { account } = app;
  const pause = { Twiml: "<Response><Pause length='600'/></Response>", Url: "" };
  const sid = await place(account, "+15005550045", pause);
  await untilStatus(sid, "in-progress");
  await evictDurableObject(env.SANDBOX_CALL.getByName(sid));
  expect(statuses()).toEqual([]);
  await account.json(`Calls/${sid}.json`, { Status: "completed" });
  await vi.waitUntil(() => statuses().length === 4, PATIENT);
  expect(statuses()).toEqual(["completed", "in-progress", "ringing", "initiated"]);
});

test("0046: late callbacks survive an eviction", async () => {
  const sid = await place(app.account, "+15005550046", { Twiml: "<Response><Hangup/></Response>", Url: "" });
  await untilStatus(sid, "completed");
  expect(statuses()).not.toContain("completed");
  await evictDurableObject(env.SANDBOX_CALL.getByName(sid));
  await vi.waitUntil(() => statuses().length === 4, PATIENT);
  expect(statuses()).toEqual(["initiated", "ringing", "in-progress", "completed"]);
});

test("0047: the socket falls with an error, and a second relay takes its place", async () => {
  const { account } = app;
  app.answer = ({ path }) =>
    path === "/answer" || path === "/action" ? twiml(RELAY) : new Response(null, { status: 204 });
  const questions = ["A good time?", "Which product?", "What matters most?", "And your budget?", "How soon?"];
  const closes: number[] = [];
  app.onFrame = (frame, socket) => {
    if (frame["type"] === "setup") socket.addEventListener("close", ({ code }) => closes.push(code));
    if (frame["type"] === "setup" || frame["type"] === "prompt") say(socket, questions.shift() ?? "I see.");
  };
  const sid = await place(account, "+15005550047");
  await vi.waitUntil(() => app.frames.filter(({ type }) => type === "prompt").length === 4, PATIENT);
  expect(closes).toEqual([1011]);
  expect(app.sockets).toHaveLength(2);
  const setups = app.frames.filter(({ type }) => type === "setup");
  expect(new Set(setups.map(({ sessionId }) => sessionId)).size).toBe(2);
  expect(heardAt("/action")).toMatchObject([
    { SessionId: setups[0]?.["sessionId"], SessionStatus: "failed", ErrorCode: "64105" },
  ]);
  await account.json(`Calls/${sid}.json`, { Status: "completed" });
});

test("0048: hangs up in mid-sentence, and only the record tells", async () => {
  const { account } = app;
  let closed = false;
  app.onFrame = (frame, socket) => {
    if (frame["type"] === "setup") socket.addEventListener("close", () => (closed = true));
    if (frame["type"] === "setup") say(socket, "Is this a good time to talk?");
    if (frame["type"] === "prompt") say(socket, "Then let me tell you about our sofas, and our chairs.");
  };
  app.document = RECORDED_RELAY;
  const sid = await place(account, "+15005550048");
  await vi.waitUntil(() => closed, PATIENT);
  // The recording is ready after whatever could still have been sent.
  const ready = async () => (await account.request(`Recordings/RE${sid.slice(2)}.mp3`)).ok;
  await vi.waitUntil(ready, PATIENT);
  expect(statuses()).toEqual(["initiated", "ringing"]);
  expect([...heardAt("/action"), ...heardAt("/recording")]).toEqual([]);
  expect(await account.json(`Calls/${sid}.json`)).toMatchObject({
    status: "completed",
    duration: expect.stringMatching(/^[1-9]\d*$/),
    end_time: expect.any(String),
  });
});
