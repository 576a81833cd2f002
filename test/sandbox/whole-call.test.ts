// Whole calls through the objects, against the application of test/sandbox/application.ts.

import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { signRequest } from "../../src/sandbox/signature.ts";
import {
  APP,
  app,
  heardAt,
  HANGUP,
  PATIENT,
  place,
  RECORDED_RELAY,
  RELAY,
  say,
  twiml,
  useApplication,
} from "./application.ts";

useApplication();

describe("a whole call", () => {
  test("talks, ends, and leaves a recording", async () => {
    const { account } = app;
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") say(socket, "Hello, is this a good time?");
      if (frame["type"] === "prompt") socket.send(JSON.stringify({ type: "end", handoffData: "{}" }));
    };
    app.document = RECORDED_RELAY;
    const sid = await place(account, "+15005550030");
    await vi.waitUntil(() => heardAt("/recording").length > 0, PATIENT);

    expect(app.frames.map((frame) => frame["type"])).toEqual(["setup", "info", "prompt"]);
    expect(app.frames[0]).toMatchObject({ callSid: sid, customParameters: { call: "1" } });
    expect(app.frames[1]).toMatchObject({ name: "tokensPlayed", value: "Hello, is this a good time?" });
    const statuses = heardAt("/status").toSorted(
      (a, b) => Number(a["SequenceNumber"]) - Number(b["SequenceNumber"]),
    );
    expect(statuses.map((status) => status["CallStatus"])).toEqual([
      "initiated",
      "ringing",
      "in-progress",
      "completed",
    ]);
    expect(heardAt("/action")[0]).toMatchObject({ SessionStatus: "ended", HandoffData: "{}" });

    const { RecordingSid, RecordingDuration } = heardAt("/recording")[0] ?? {};
    expect(statuses[3]).toMatchObject({ CallDuration: RecordingDuration });
    expect(await account.json(`Calls/${sid}/Recordings.json`)).toMatchObject({
      recordings: [{ sid: RecordingSid, call_sid: sid, duration: RecordingDuration, status: "completed" }],
    });
    const audio = await account.request(`Recordings/${RecordingSid}.mp3`);
    expect(audio.headers.get("Content-Type")).toBe("audio/mpeg");
    const frames = Math.round((Number(RecordingDuration) * 1000) / 36);
    expect((await audio.arrayBuffer()).byteLength).toBe(frames * 144);

    const removed = await account.request(`Recordings/${RecordingSid}.json`, undefined, { method: "DELETE" });
    expect(removed.status).toBe(204);
    expect((await account.request(`Recordings/${RecordingSid}.mp3`)).status).toBe(404);
    expect(await account.json(`Calls.json?Status=completed`)).toMatchObject({ calls: [{ sid }] });
  });

  test("0039's keys go over the socket, and its words as they come", async () => {
    app.document = RELAY.replace("events=", 'partialPrompts="true" dtmfDetection="true" events=');
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") say(socket, "Hello, is this a good time?");
      if (frame["digit"] === "#") say(socket, "Great. What are you looking for?");
      if (frame["last"] === true) socket.send(JSON.stringify({ type: "end" }));
    };
    await place(app.account, "+15005550039");
    await vi.waitUntil(() => heardAt("/action").length > 0, PATIENT);
    expect(app.frames.filter(({ type }) => type === "dtmf")).toEqual([
      { type: "dtmf", digit: "1" },
      { type: "dtmf", digit: "#" },
    ]);
    const prompts = app.frames.filter(({ type }) => type === "prompt");
    expect(prompts.map(({ last }) => last)).toEqual([...prompts.slice(1).map(() => false), true]);
    expect(prompts.length).toBeGreaterThan(1);
    const whole = String(prompts.at(-1)?.["voicePrompt"]);
    for (const { voicePrompt } of prompts) expect(whole.startsWith(String(voicePrompt))).toBe(true);
    expect(whole).toBe("I need a good one for my home office.");
  });

  test("signs every request and the handshake with the account's token", async () => {
    const { account } = app;
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") socket.send(JSON.stringify({ type: "end" }));
    };
    await place(account, "+15005550030");
    await vi.waitUntil(
      () => heardAt("/status").some((status) => status["CallStatus"] === "completed"),
      PATIENT,
    );
    const token = await account.token();
    for (const { path, params, signature } of app.heard) {
      expect(signature).toBe(await signRequest(token, APP + path, Object.entries(params)));
    }
    expect(app.sockets[0]?.signature).toBe(await signRequest(token, "ws://127.0.0.1:9/relay"));
  });

  test("a handshake that is refused fails the session with 39001", async () => {
    const { account } = app;
    app.answer = ({ path }) =>
      path === "/answer" ? twiml(RELAY.replace("127.0.0.1:9/", "127.0.0.1:8/")) : twiml(HANGUP);
    await place(account, "+15005550030");
    await vi.waitUntil(() => heardAt("/action").length > 0, PATIENT);
    expect(heardAt("/action")[0]).toMatchObject({ SessionStatus: "failed", ErrorCode: "39001" });
  });

  test("ten frames in a row that make no sense end the session", async () => {
    const { account } = app;
    let closed = 0;
    app.onFrame = (frame, socket) => {
      if (frame["type"] !== "setup") return;
      socket.addEventListener("close", (event) => {
        closed = event.code;
      });
      for (let i = 0; i < 10; i++) socket.send(i % 2 === 0 ? "{" : '{"type":"text"}');
    };
    await place(account, "+15005550030");
    await vi.waitUntil(() => closed !== 0 && heardAt("/action").length > 0, PATIENT);
    expect(closed).toBe(1007);
    expect(app.frames.filter((frame) => frame["type"] === "error")).toHaveLength(10);
    expect(heardAt("/action")[0]).toMatchObject({ SessionStatus: "failed", ErrorCode: "64105" });
  });

  test("a restart loses the socket, and the call goes on with a new one", async () => {
    const { account } = app;
    app.answer = ({ path }) =>
      path === "/answer" || path === "/action" ? twiml(RELAY) : new Response(null, { status: 204 });
    const sid = await place(account, "+15005550036");
    await vi.waitUntil(() => app.frames.length > 0, PATIENT);
    await abortAllDurableObjects();
    await vi.waitUntil(() => app.sockets.length === 2, PATIENT);
    expect(heardAt("/action")[0]).toMatchObject({ SessionStatus: "failed", ErrorCode: "64105" });
    expect(await account.json(`Calls/${sid}.json`, { Status: "completed" })).toMatchObject({
      status: "completed",
    });
    await vi.waitUntil(
      () => heardAt("/status").some((status) => status["CallStatus"] === "completed"),
      PATIENT,
    );
  });
});

describe("a callback that fails", () => {
  test("is sent again as its URL's fragment asks, with the same token", async () => {
    const { account } = app;
    let refusals = 2;
    app.answer = ({ path }) => {
      if (path === "/status" && refusals-- > 0) return new Response("no", { status: 503 });
      return path === "/answer" ? twiml(HANGUP) : new Response(null, { status: 204 });
    };
    const StatusCallback = `${APP}/status#rc=3&rp=5xx`;
    await place(account, "+15005550030", { StatusCallback, StatusCallbackEvent: "completed" });
    await vi.waitUntil(() => heardAt("/status").length === 3, PATIENT);
    const tokens = app.heard.filter((heard) => heard.path === "/status").map((heard) => heard.token);
    expect(new Set(tokens).size).toBe(1);
  });

  test("is not sent again by default", async () => {
    const { account } = app;
    app.answer = ({ path }) =>
      path === "/answer" ? twiml(HANGUP) : new Response("no", { status: path === "/status" ? 500 : 204 });
    const sid = await place(account, "+15005550030", { StatusCallbackEvent: "completed" });
    await vi.waitUntil(() => heardAt("/status").length > 0, PATIENT);
    const stub = env.SANDBOX_CALL.getByName(sid);
    await vi.waitUntil(
      () =>
        runInDurableObject(
          stub,
          (_, state) => state.storage.sql.exec("SELECT * FROM outbox").toArray().length === 0,
        ),
      PATIENT,
    );
    expect(heardAt("/status")).toHaveLength(1);
  });
});
