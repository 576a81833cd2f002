// Queue consumers: parse, call one verb, then ack or ask for another try, each message for itself. A message
// that can't be parsed will never be, so it is not tried again.

import { z } from "zod";
import { readConfig } from "../config.ts";
import { callEventMessageSchema, dialMessageSchema, type CallEventMessage } from "../contract/messages.ts";
import { openDb } from "../db/client.ts";
import { noteDeadLetter } from "../db/dead-letters.ts";
import { assertNever } from "../lib/assert-never.ts";
import { logError, logInfo } from "../lib/log.ts";
import { toEpochSeconds } from "../lib/time.ts";
import { analyseCall } from "../services/analysis/analyse-call.ts";
import { dialCall } from "../services/calls/dial-call.ts";
import { giveUpCall } from "../services/calls/give-up-call.ts";
import { giveUpUndialled } from "../services/calls/sweep-undialled.ts";
import type { ServiceContext } from "../services/context.ts";
import { storeRecording } from "../services/recordings/store-recording.ts";

/** `attempts`: 1 when a message comes for the first time. */
type QueueMessage = { id: string; body: unknown; attempts: number };
type Verb = (context: ServiceContext, message: QueueMessage) => Promise<void>;
/** `retrySeconds` is the wait before the second try; it doubles each time, to an hour at most. */
type Consumer = { verb: Verb; retrySeconds: number };

const CONSUMERS: Record<string, Consumer> = {
  // Somebody waits for a phone to ring.
  "trunkline-dial": { verb: consume(dialMessageSchema, dialCall), retrySeconds: 2 },
  "trunkline-call-events": { verb: consume(callEventMessageSchema, onCallEvent), retrySeconds: 30 },
  "trunkline-dial-dead": {
    verb: bury(
      "trunkline-dial",
      consume(dialMessageSchema, (context, { call_id: callId }) => giveUpUndialled(context, callId)),
    ),
    retrySeconds: 30,
  },
  // What a dead event stands for is sent again by its call's object, which owes it; but a call that was given up has none.
  "trunkline-call-events-dead": {
    verb: bury(
      "trunkline-call-events",
      consume(callEventMessageSchema, async (context, message) => {
        if (message.type === "call_given_up") await giveUpCall(context, message);
      }),
    ),
    // It has failed for most of a day, and tries are few.
    retrySeconds: 3_600,
  },
};

export async function handleQueue(batch: MessageBatch, env: Env): Promise<void> {
  const consumer = CONSUMERS[batch.queue];
  if (consumer === undefined) throw new Error(`No consumer for queue ${batch.queue}`);
  const context = { env, config: readConfig(env), db: openDb(env.DB) };
  await Promise.all(
    batch.messages.map(async (message) => {
      const begunMs = Date.now();
      const facts = () => ({
        queue: batch.queue,
        attempts: message.attempts,
        call_id: callOf(message.body),
        ms: Date.now() - begunMs,
      });
      try {
        await consumer.verb(context, message);
        message.ack();
        logInfo("queue_message", facts());
      } catch (error) {
        logError("queue_message_failed", error, facts());
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
  return async (context, { body, attempts }) => {
    const message = schema.safeParse(body);
    if (message.success) await verb(context, message.data, attempts);
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

/** Keeps account of a dead letter, and then does what is left to do. */
function bury(queue: string, verb: Verb): Verb {
  return async (context, message) => {
    const callId = callOf(message.body) ?? null;
    logError("queue_message_dead", "tries used up", { queue, call_id: callId });
    await noteDeadLetter(context.db, {
      messageId: message.id,
      queue,
      callId,
      atSeconds: toEpochSeconds(Date.now()),
    });
    await verb(context, message);
  };
}

/** The call that a message is about; all that we send name one. */
function callOf(body: unknown): string | undefined {
  return namedSchema.safeParse(body).data?.call_id;
}

const namedSchema = z.object({ call_id: z.string() });
