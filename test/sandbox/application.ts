// A tiny application at a loopback address of its own, as the sandbox sees it.

import { afterEach, beforeEach, vi } from "vitest";
import { TestAccount } from "./account.ts";

export const APP = "http://127.0.0.1:9";
export const RELAY = `<Response><Connect action="/action"><ConversationRelay url="ws://127.0.0.1:9/relay"
  events="tokens-played"><Parameter name="call" value="1"/></ConversationRelay></Connect></Response>`;
/** The same, and the call is recorded: beside a relay there is no other way. */
export const RECORDED_RELAY = RELAY.replace(
  "<Response>",
  '<Response><Start><Recording recordingStatusCallback="/recording"/></Start>',
);
export const HANGUP = "<Response><Hangup/></Response>";

type Heard = { url: string; path: string; params: Record<string, string>; signature: string; token: string };
type Frame = Record<string, unknown>;

/** What the application got, and how it answers; each test may change the latter. */
export const app = {
  /** Whoever else calls is a call of an earlier test, on its way out. */
  account: new TestAccount(),
  heard: [] as Heard[],
  frames: [] as Frame[],
  sockets: [] as { url: string; signature: string; socket: WebSocket }[],
  /** Where the call begins. */
  document: RELAY,
  answer: (_heard: Heard): Response | Promise<Response> => new Response("", { status: 204 }),
  onFrame: (_frame: Frame, _socket: WebSocket): void => undefined,
};

export function twiml(text: string): Response {
  return new Response(text, { headers: { "Content-Type": "text/xml" } });
}

export function say(socket: WebSocket, text: string): void {
  socket.send(JSON.stringify({ type: "text", token: text, last: true }));
}

/** Puts the application up before each test of a file, as new, and takes it down after. */
export function useApplication(): void {
  beforeEach(putUp);
  afterEach(() => vi.unstubAllGlobals());
}

function putUp(): void {
  Object.assign(app, {
    account: new TestAccount(),
    heard: [],
    frames: [],
    sockets: [],
    document: RELAY,
    onFrame: () => undefined,
  });
  app.answer = ({ path }) => {
    if (path === "/answer") return twiml(app.document);
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
    const heard = { url: request.url, path: url.pathname, params, signature, token };
    app.heard.push(heard);
    return app.answer(heard);
  });
}

export async function place(
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

export function heardAt(path: string): Record<string, string>[] {
  return app.heard.filter((heard) => heard.path === path).map((heard) => heard.params);
}

export const PATIENT = { timeout: 20_000, interval: 20 };
