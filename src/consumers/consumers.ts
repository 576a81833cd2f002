// Queue consumers: parse, call one verb, then ack or ask for another try, each message for itself. A message
// that can't be parsed will never be, so it is not tried again.

import { z } from "zod";
import { readConfig } from "../config.ts";
import { callEventMessageSchema, dialMessageSchema, type CallEventMessage } from "../contract/messages.ts";
import { openDb } from "../db/client.ts";
import { assertNever } from "../lib/assert-never.ts";
import { logError } from "../lib/log.ts";
import { analyseCall } from "../services/analysis/analyse-call.ts";
import { dialCall } from "../services/calls/dial-call.ts";
import { giveUpCall } from "../services/calls/give-up-call.ts";
import { giveUpUndialled } from "../services/calls/sweep-undialled.ts";
import type { ServiceContext } from "../services/context.ts";
import { storeRecording } from "../services/recordings/store-recording.ts";

/** `attempt`: 1 when a message comes for the first time. */
type Verb = (context: ServiceContext, body: unknown, attempt: number) => Promise<void>;
/** `retrySeconds` is the wait before the second try; it doubles each time, to an hour at most. */
type Consumer = { verb: Verb; retrySeconds: number };

const CONSUMERS: Record<string, Consumer> = {
  // Somebody waits for a phone to ring.
  "trunkline-dial": { verb: consume(dialMessageSchema, dialCall), retrySeconds: 2 },
  "trunkline-call-events": { verb: consume(callEventMessageSchema, onCallEvent), retrySeconds: 30 },
  "trunkline-dial-dead": {
    verb: consume(dialMessageSchema, (context, { call_id: callId }) => giveUpUndialled(context, callId)),
    retrySeconds: 30,
  },
  "trunkline-call-events-dead": { verb: noteDead, retrySeconds: 30 },
};

export async function handleQueue(batch: MessageBatch, env: Env): Promise<void> {
  const consumer = CONSUMERS[batch.queue];
  if (consumer === undefined) throw new Error(`No consumer for queue ${batch.queue}`);
  const context = { env, config: readConfig(env), db: openDb(env.DB) };
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await consumer.verb(context, message.body, message.attempts);
        message.ack();
      } catch (error) {
        logError("queue_message_failed", error, { queue: batch.queue, attempts: message.attempts });
        const doubled = consumer.retrySeconds * 2 ** (message.attempts - 1);
        message.retry({ delaySeconds: Math.min(3_600, doubled) });
      }
    }),
  );
}

function consume<T>(
  schema: z.ZodType<T>,
  verb: (context: ServiceContext, message: T, attempt: number) => Promise<void>,
): Verb {
  return async (context, body, attempt) => {
    const message = schema.safeParse(body);
    if (message.success) await verb(context, message.data, attempt);
    else logError("queue_message_unreadable", message.error);
  };
}

async function onCallEvent(
  context: ServiceContext,
  message: CallEventMessage,
  attempt: number,
): Promise<void> {
  switch (message.type) {
    case "recording_ready":
      return storeRecording(context, message);
    case "call_ended":
      return analyseCall(context, message, attempt);
    case "call_given_up":
      return giveUpCall(context, message);
    default:
      assertNever(message);
  }
}

/** What a dead event stands for is owed by its call's object, which sends it again; so it is only told of. */
async function noteDead(_context: ServiceContext, body: unknown): Promise<void> {
  const named = z.object({ call_id: z.string() }).safeParse(body);
  logError("queue_message_dead", "tries used up", { call_id: named.data?.call_id });
}
