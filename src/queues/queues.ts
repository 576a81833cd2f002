// Sending to the queues. A message may be lost or come twice: whoever sends keeps what it stands for until
// the work is known to be done, and every consumer may do its work again.

import type { CallEventMessage, DialMessage } from "../contract/messages.ts";

export async function sendDial(env: Env, message: DialMessage): Promise<void> {
  await env.DIAL.send(message);
}

/** The most that one `sendBatch` takes. */
const BATCH_SIZE = 100;

export async function sendDials(env: Env, messages: readonly DialMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH_SIZE) {
    await env.DIAL.sendBatch(messages.slice(from, from + BATCH_SIZE).map((body) => ({ body })));
  }
}

export async function sendCallEvent(env: Env, message: CallEventMessage): Promise<void> {
  await env.CALL_EVENTS.send(message);
}
