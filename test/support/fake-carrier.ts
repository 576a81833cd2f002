// The carrier in the test's own hands: it takes the create, and from then on says and does what the test wants.
// For what the sandbox, which behaves well, never does.

import { vi } from "vitest";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { BASE_URL, place, request } from "./api.ts";
import { createOrganisation, type Organisation } from "./organisation.ts";
import { until } from "./wait.ts";

const ADDRESS = "https://carrier.example";

export type Frame = { type: string; token?: string; last?: boolean };

export type FakeCall = {
  org: Organisation;
  callId: string;
  sid: string;
  /** What was asked of the carrier, as `METHOD path`. */
  asked: string[];
  /** Sends a signed callback. */
  callBack(kind: string, fields?: Record<string, string>): Promise<Response>;
  /** Opens the relay's socket and says who calls. */
  openRelay(sessionId?: string): Promise<Relay>;
};

const callsUnderWay: FakeCall[] = [];

/** Ends what the tests left: no call of one test may speak into the next. */
export async function endFakeCalls(): Promise<void> {
  for (const call of callsUnderWay.splice(0)) await call.callBack("status", { CallStatus: "completed" });
}

export type Relay = { status: number; frames: Frame[]; send(frame: object): void };

/** Places a call that this carrier has taken on. Its answers to all else are 503s unless `answer` gives one. */
export async function placeFakeCall(
  options: Parameters<typeof createOrganisation>[0] = {},
  answer: (asked: string) => Response | Promise<Response> = () => new Response(null, { status: 503 }),
): Promise<FakeCall> {
  const sid = `CA${crypto.randomUUID().replaceAll("-", "")}`;
  const asked: string[] = [];
  const org = await createOrganisation({ ...options, apiBaseUrl: ADDRESS });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { url, method } = new Request(input, init);
    // Another test's call may live on, and has no carrier any more.
    if (!url.includes(org.accountSid)) return new Response(null, { status: 503 });
    const what = `${method} ${url.replace(/^.*Accounts\/AC\w+\//, "")}`;
    asked.push(what);
    return what === "POST Calls.json" ? Response.json({ sid }, { status: 201 }) : answer(what);
  });
  const callId = await place(org, "+14155550192", { contact_name: "Priya Kumar" });
  await until(
    async () => asked,
    (list) => list.includes("POST Calls.json"),
  );
  const base = `/carriers/${org.carrierId}/calls/${callId}`;
  const call: FakeCall = {
    org,
    callId,
    sid,
    asked,
    async callBack(kind, fields = {}) {
      const form = { AccountSid: org.accountSid, CallSid: sid, CallStatus: "in-progress", ...fields };
      const body = new URLSearchParams(form).toString();
      const path = `${base}/${kind}`;
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": await signatureOf(org.authToken, BASE_URL + path, body),
      };
      return request(path, null, { method: "POST", headers, body });
    },
    openRelay: (sessionId = "VX1") => openRelay(org, `${base}/relay`, { callSid: sid, sessionId }),
  };
  callsUnderWay.push(call);
  return call;
}

/** … and one in which the agent has greeted. */
export async function talkFakeCall(options: Parameters<typeof createOrganisation>[0] = {}) {
  const call = await placeFakeCall(options);
  await call.callBack("answer", { AnsweredBy: "human" });
  const relay = await call.openRelay();
  await until(
    async () => relay.frames,
    (frames) => frames.some(({ last }) => last === true),
  );
  return { call, relay };
}

/** All words of these frames, joined. */
export function wordsOf(frames: readonly Frame[]): string {
  return frames.map(({ token }) => token ?? "").join("");
}

/** A relay's socket as a carrier opens it, with its first frame sent. */
export async function openRelay(org: Organisation, path: string, setup: object): Promise<Relay> {
  const signature = await signatureOf(org.authToken, BASE_URL.replace("http", "ws") + path, "");
  const { status, webSocket } = await request(path, null, {
    headers: { upgrade: "websocket", "x-twilio-signature": signature },
  });
  const frames: Frame[] = [];
  webSocket?.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  webSocket?.accept();
  const send = (frame: object): void => webSocket?.send(JSON.stringify(frame));
  send({ type: "setup", ...setup });
  return { status, frames, send };
}
