// A call as its watchers see it, and what is kept of it.

import { callRecordSchema, type CallRecord } from "../contract/calls.ts";
import { liveMessageSchema, type LiveMessage } from "../contract/live.ts";
import { request, type Api } from "./api.ts";

/**
 * Follows `/ws/live/{call}` to the call's end, and answers true then; reconnects with the cursor, as any watcher
 * should. False if `signal` came first.
 */
export async function followCall(
  { url, apiKey }: Api,
  callId: string,
  onMessage: (message: LiveMessage) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const seen = { cursor: 0, ended: false };
  while (!seen.ended && !signal.aborted) {
    const address = `${url.replace("http", "ws")}/ws/live/${callId}?cursor=${seen.cursor}&token=${apiKey}`;
    const socket = new WebSocket(address);
    await new Promise<void>((done) => {
      socket.addEventListener("message", (event) => {
        const message = liveMessageSchema.safeParse(JSON.parse(String(event.data))).data;
        // Of a kind that came later than this client.
        if (message === undefined) return;
        seen.cursor = message.cursor;
        seen.ended ||= message.type === "end";
        onMessage(message);
        if (seen.ended) done();
      });
      for (const end of ["close", "error"]) socket.addEventListener(end, () => done());
      signal.addEventListener("abort", () => done());
    });
    socket.close();
    if (!seen.ended) await new Promise((resume) => setTimeout(resume, 100));
  }
  return seen.ended;
}

export async function readCall(api: Api, callId: string): Promise<CallRecord> {
  return callRecordSchema.parse(await request(api, "GET", `/v1/calls/${callId}`));
}

/** The call's record once it is as it is wanted, or as it is when the time for that is over. */
export async function readCallWhen(
  api: Api,
  callId: string,
  isWanted: (call: CallRecord) => boolean,
  withinMs: number,
): Promise<CallRecord> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const call = await readCall(api, callId);
    if (isWanted(call) || Date.now() > deadline) return call;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
