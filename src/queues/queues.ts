// Sending to the queues. A message may be lost or come twice: whoever sends keeps what it stands for until
// the work is known to be done, and every consumer may do its work again.

import type { CallEventMessage, DialMessage } from "../contract/messages.ts";

export async function sendDial(env: Env, message: DialMessage): Promise<void> {
  await env.DIAL.send(message);
}

export async function sendDials(env: Env, messages: readonly DialMessage[]): Promise<void> {
  if (messages.length > 0) await env.DIAL.sendBatch(messages.map((body) => ({ body })));
}

export async function sendCallEvent(env: Env, message: CallEventMessage): Promise<void> {
  await env.CALL_EVENTS.send(message);
}
