// What is sent to the webhooks of customers. One shape for all events: the call as it stands, as `GET /v1/calls/{uuid}`
// answers it, its id under `call_uuid`.

import { z } from "zod";
import type { NumberedEvent } from "../domain/call/customer-events.ts";
import { CALL_EVENTS, type NewDelivery } from "../domain/webhook.ts";
import { derivedId } from "../lib/ids.ts";
import { isoSeconds, toEpochSeconds } from "../lib/time.ts";
import { callRecordSchema, givenIdSchema, type CallRecord } from "./calls.ts";
import { timeSchema } from "./fields.ts";
import { toTransfer, transferSchema } from "./transfers.ts";

const { uuid: _uuid, call_type: callType, transfer: _transfer, ...record } = callRecordSchema.shape;

const eventTransferSchema = transferSchema
  .extend({
    context: z.unknown().optional().meta({
      description: "In `call.transferred`: what the client sent along with its request; null for nothing.",
    }),
  })
  .meta({ id: "CallEventTransfer" });

export const callEventSchema = z
  .object({
    event: z.enum(CALL_EVENTS),
    fired_at: timeSchema.meta({ description: "When it happened, whenever it is sent." }),
    organisation_uuid: givenIdSchema("organisation"),
    test: z
      .literal(true)
      .optional()
      .meta({ description: "Only in events that a client had sent as a test." }),
    data: z.object({
      call_uuid: givenIdSchema("call"),
      call_type: callType,
      seq: z.int().min(1).meta({
        description:
          "Counts all events of this call from 1, whether you subscribed to them or not; the last of a call that the platform has lost may skip some. So don't wait for a gap to fill. Use it to order what you know of the call's state, and never to throw an event away.",
      }),
      ...record,
      recording_url: record.recording_url.meta({
        description: "In `call.recording_ready` null if the customer has opted out since the recording came.",
      }),
      transfer: eventTransferSchema.nullable().meta({
        description: "In `call.transferred` the one that it is about, else the one that was asked for last.",
      }),
      transcript_omitted: z.literal(true).optional().meta({
        description: "The transcript is too long to be sent: `transcript` is empty, and the API has it.",
      }),
    }),
  })
  .meta({ id: "CallEvent" });
export type CallEvent = z.infer<typeof callEventSchema>;

/**
 * What is told of: the call as it stands now, how far a copy of the database must have come to answer it so, and what a
 * client sent along with a transfer.
 */
export type EventSubject = {
  orgId: string;
  call: CallRecord;
  bookmark: string | null;
  contextOf: (transferId: string) => unknown;
};

/** A row of an object, in which it waits to be sent, holds two. */
const MAX_BODY_BYTES = 1_048_576;

/** @param bodyFor what stands for the body that `build` would make now: what was made before, perhaps. */
export function toDeliveries(
  subject: EventSubject,
  events: readonly NumberedEvent[],
  bodyFor: (event: NumberedEvent, build: () => string) => string = (_event, build) => build(),
): Promise<NewDelivery[]> {
  const callId = subject.call.uuid;
  return Promise.all(
    events.map(async (event) => ({
      eventId: await derivedId("event", callId, event.key),
      event: event.name,
      callId,
      firedAtMs: event.atMs,
      bookmark: subject.bookmark,
      body: bodyFor(event, () => bodyOf(toCallEvent(subject, event))),
    })),
  );
}

function toCallEvent(
  { orgId, call: { uuid, ...call }, contextOf }: EventSubject,
  event: NumberedEvent,
): CallEvent {
  const { name, seq, atMs, transfer } = event;
  return {
    event: name,
    fired_at: isoSeconds(toEpochSeconds(atMs)),
    organisation_uuid: orgId,
    data: {
      call_uuid: uuid,
      seq,
      ...call,
      transfer:
        transfer === null ? call.transfer : { ...toTransfer(transfer), context: contextOf(transfer.id) },
    },
  };
}

function bodyOf(event: CallEvent): string {
  const body = JSON.stringify(event);
  if (new TextEncoder().encode(body).length <= MAX_BODY_BYTES) return body;
  return JSON.stringify({ ...event, data: { ...event.data, transcript: [], transcript_omitted: true } });
}
