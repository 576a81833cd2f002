// What is sent to the webhooks of customers. One shape for all events: the call as it stands, as `GET /v1/calls/{uuid}`
// answers it, its id under `call_uuid`.

import { z } from "zod";
import { CALL_EVENTS } from "../domain/webhook.ts";
import { callRecordSchema, givenIdSchema } from "./calls.ts";
import { timeSchema } from "./fields.ts";

const { uuid: _uuid, call_type: callType, ...record } = callRecordSchema.shape;

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
      seq: z.int().min(1).meta({ description: "Counts the events of this call, from 1 and without gaps." }),
      ...record,
    }),
  })
  .meta({ id: "CallEvent" });
export type CallEvent = z.infer<typeof callEventSchema>;
