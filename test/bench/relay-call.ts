// A call whose carrier is the benchmark: somebody calls in, and the relay's socket is opened.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import twilio from "twilio";
import type { Instance } from "../../src/cli/instance.ts";
import type { BenchRuntime } from "./runtime.ts";

type Target = Pick<BenchRuntime, "url" | "instance">;
type Frame = { type: string; token?: string; last?: boolean };

/** Somebody calls in; the carrier asks what to do, and opens its relay. */
export async function beginTalk({ url, instance }: Target) {
  const callSid = `CA${randomBytes(16).toString("hex")}`;
  const relayUrl = await callIn({ url, instance }, callSid);
  const local = new URL(relayUrl);
  const socket = await openSocket(`${url.replace("http", "ws")}${local.pathname}${local.search}`, {
    "x-twilio-signature": sign(instance, relayUrl, {}),
  });
  const frames: Frame[] = [];
  let onFrame = (): void => {};
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    onFrame();
  });
  const until = async (isIt: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      for (let frame = frames.shift(); frame !== undefined; frame = frames.shift()) {
        if (isIt(frame)) return frame;
      }
      await new Promise<void>((resolve) => (onFrame = resolve));
    }
  };
  const send = (frame: object): void => socket.send(JSON.stringify(frame));
  const endOfTurn = () => until(({ type, last }) => type === "text" && last === true);
  send({ type: "setup", sessionId: `VX${randomBytes(16).toString("hex")}`, callSid });
  await endOfTurn();
  const callId = /\/calls\/(cal_\w+)\//.exec(local.pathname)?.[1];
  if (callId === undefined) throw new Error(`${relayUrl} names no call`);
  return {
    callId,
    /** What the carrier tells of the call. */
    callBack: (kind: string, fields: Record<string, string>) =>
      postForm({ url, instance }, `/carriers/${instance.seed.carrier.id}/calls/${callId}/${kind}`, {
        AccountSid: instance.seed.carrier.accountSid,
        CallSid: callSid,
        ...fields,
      }),
    send,
    endOfTurn,
    nextWords: async () => (await until(({ type, token }) => type === "text" && token !== "")).token ?? "",
    close: () => socket.close(),
  };
}

async function callIn(target: Target, callSid: string): Promise<string> {
  const { id, accountSid, number } = target.instance.seed.carrier;
  const response = await postForm(target, `/carriers/${id}/inbound`, {
    CallSid: callSid,
    AccountSid: accountSid,
    From: `+1415555${String(Math.floor(Math.random() * 10_000)).padStart(4, "0")}`,
    To: number,
    CallStatus: "ringing",
    Direction: "inbound",
  });
  const document = await response.text();
  const relay = /ConversationRelay url="([^"]+)"/.exec(document)?.[1];
  if (relay === undefined) throw new Error(`No relay: ${response.status} ${document}`);
  return relay.replaceAll("&amp;", "&");
}

function postForm({ url, instance }: Target, path: string, form: Record<string, string>): Promise<Response> {
  return fetch(url + path, {
    method: "POST",
    headers: { "x-twilio-signature": sign(instance, `http://localhost:8787${path}`, form) },
    body: new URLSearchParams(form),
  });
}

function sign({ seed }: Instance, url: string, form: Record<string, string>): string {
  return twilio.getExpectedTwilioSignature(seed.carrier.authToken, url, form);
}

export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  // Node's own client takes headers; the type is the browser's.
  const socket = Reflect.construct(WebSocket, [url, { headers }]) as WebSocket;
  await Promise.race([
    once(socket, "open"),
    once(socket, "error").then(() => {
      throw new Error(`${url} did not open`);
    }),
  ]);
  return socket;
}
