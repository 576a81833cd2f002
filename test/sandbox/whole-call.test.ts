// Whole calls through the objects, against a tiny application at a loopback address of its own.

import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signRequest } from "../../src/sandbox/signature.ts";
import { TestAccount } from "./account.ts";

const APP = "http://127.0.0.1:9";
const RELAY = `<Response><Connect action="/action"><ConversationRelay url="ws://127.0.0.1:9/relay"
  events="tokens-played"><Parameter name="call" value="1"/></ConversationRelay></Connect></Response>`;
const HANGUP = "<Response><Hangup/></Response>";

type Heard = { path: string; params: Record<string, string>; signature: string; token: string };
type Frame = Record<string, unknown>;

/** What the application got, and how it answers; each test may change the latter. */
const app = {
  /** Whoever else calls is a call of an earlier test, on its way out. */
  account: new TestAccount(),
  heard: [] as Heard[],
  frames: [] as Frame[],
  sockets: [] as { url: string; signature: string; socket: WebSocket }[],
  answer: (_heard: Heard): Response => new Response("", { status: 204 }),
  onFrame: (_frame: Frame, _socket: WebSocket): void => undefined,
};

function twiml(text: string): Response {
  return new Response(text, { headers: { "Content-Type": "text/xml" } });
}

function say(socket: WebSocket, text: string): void {
  socket.send(JSON.stringify({ type: "text", token: text, last: true }));
}

beforeEach(() => {
  Object.assign(app, {
    account: new TestAccount(),
    heard: [],
    frames: [],
    sockets: [],
    onFrame: () => undefined,
  });
  app.answer = ({ path }) => {
    if (path === "/answer") return twiml(RELAY);
    return path === "/action" ? twiml(HANGUP) : new Response(null, { status: 204 });
  };
  vi.stubGlobal("fetch", async (request: Request): Promise<Response> => {
    const signature = request.headers.get("X-Twilio-Signature") ?? "";
    const url = new URL(request.url);
    if (url.origin !== APP) throw new TypeError("unexpected request");
    if (request.headers.get("Upgrade") === "websocket") {
      const { 0: client, 1: server } = new WebSocketPair();
      server.accept();
      server.addEventListener("message", (event) => {
        const frame = JSON.parse(String(event.data)) as Frame;
        app.frames.push(frame);
        app.onFrame(frame, server);
      });
      app.sockets.push({ url: request.url, signature, socket: server });
      return new Response(null, { status: 101, webSocket: client });
    }
    const params = Object.fromEntries(
      new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer())),
    );
    if (params["AccountSid"] !== app.account.sid) return new Response(null, { status: 404 });
    const token = request.headers.get("I-Twilio-Idempotency-Token") ?? "";
    const heard = { path: url.pathname, params, signature, token };
    app.heard.push(heard);
    return app.answer(heard);
  });
});

afterEach(() => vi.unstubAllGlobals());

async function place(
  account: TestAccount,
  to: string,
  more: Record<string, string | string[]> = {},
): Promise<string> {
  const call = await account.json("Calls.json", {
    To: to,
    From: "+15005550006",
    Url: `${APP}/answer`,
    StatusCallback: `${APP}/status`,
    StatusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    ...more,
  });
  return String(call["sid"]);
}

function heardAt(path: string): Record<string, string>[] {
  return app.heard.filter((heard) => heard.path === path).map((heard) => heard.params);
}

const PATIENT = { timeout: 20_000, interval: 20 };

describe("a whole call", () => {
  test("talks, ends, and leaves a recording", async () => {
    const { account } = app;
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") say(socket, "Hello, is this a good time?");
      if (frame["type"] === "prompt") socket.send(JSON.stringify({ type: "end", handoffData: "{}" }));
    };
    const recording = { Record: "true", RecordingStatusCallback: `${APP}/recording` };
    const sid = await place(account, "+15005550030", recording);
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
    expect(statuses[3]).toMatchObject({ RecordingSid, CallDuration: RecordingDuration });
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
