// What was sent to a webhook, and what came of it.

import { z } from "zod";
import { ATTEMPT_ERRORS, CALL_EVENTS, DELIVERY_STATUSES } from "../domain/webhook.ts";
import { givenIdSchema, idSchema } from "./calls.ts";
import { dateRangeShape } from "./date-range.ts";
import { timeSchema } from "./fields.ts";
import { pageShape, totalSchema } from "./pages.ts";

export const listDeliveriesSchema = z.object({
  status: z.enum(DELIVERY_STATUSES).optional(),
  event: z.enum(CALL_EVENTS).optional(),
  call_uuid: idSchema("call").optional(),
  ...dateRangeShape,
  ...pageShape,
});
export type ListDeliveriesQuery = z.infer<typeof listDeliveriesSchema>;

const attemptSchema = z
  .object({
    at: timeSchema,
    status_code: z.int().nullable().meta({ description: "What the receiver answered; null: nothing." }),
    error: z
      .enum(ATTEMPT_ERRORS)
      .nullable()
      .meta({
        description:
          "Why there was no answer. `url_refused`: the address is none that may be asked. `interrupted`: we were restarted " +
          "in the middle, and the receiver may have had it; it is none of the ten tries. `too_much_waiting`: more waited " +
          "for the receiver, or this for longer, than is kept, and it was given up without a try.",
      }),
    duration_ms: z.int().min(0),
    response: z
      .string()
      .nullable()
      .meta({ description: "The beginning of what the receiver answered, for the last five tries." }),
  })
  .meta({ id: "WebhookAttempt" });

const deliveryShape = {
  uuid: givenIdSchema("delivery"),
  event: z.enum(CALL_EVENTS),
  event_uuid: givenIdSchema("event").meta({
    description: "`webhook-id` of the request: the same for every try and every webhook.",
  }),
  call_uuid: givenIdSchema("call").nullable().meta({ description: "Null for a test." }),
  status: z.enum(DELIVERY_STATUSES).meta({
    description:
      "`failed`: all tries are used up, or it was given up. `skipped`: the webhook was paused. Both, as anything else, can be replayed.",
  }),
  attempts: z.array(attemptSchema).meta({ description: "Oldest first." }),
  attempt_count: z.int().min(0),
  next_attempt_at: timeSchema.nullable().meta({ description: "Null: it is not sent (again)." }),
  created_at: timeSchema,
};

export const deliverySchema = z.object(deliveryShape).meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof deliverySchema>;

export const sentEventSchema = z.record(z.string(), z.unknown());
export const deliveryWithPayloadSchema = z
  .object({
    ...deliveryShape,
    payload: sentEventSchema.meta({ description: "The JSON that is sent, a `CallEvent`." }),
  })
  .meta({ id: "WebhookDeliveryWithPayload" });
export type DeliveryWithPayload = z.infer<typeof deliveryWithPayloadSchema>;

export const deliveryListSchema = z.object({ logs: z.array(deliverySchema), total: totalSchema });

/** What is on its way already is not to be replayed. */
const REPLAYABLE = ["failed", "skipped", "delivered"] as const;

export const replayDeliveriesSchema = z.strictObject({
  date_from: dateRangeShape.date_from.unwrap().meta({
    description: "Events that were fired from this ISO 8601 date or date-time on …",
    example: "2026-05-12T14:00:00Z",
  }),
  date_to: dateRangeShape.date_to.meta({
    description: "… and up to it; a date is meant with its whole day (UTC).",
  }),
  status: z.enum(REPLAYABLE).optional().meta({ description: "By default `failed` and `skipped`." }),
  event: z.enum(CALL_EVENTS).optional(),
});
export type ReplayDeliveriesInput = z.infer<typeof replayDeliveriesSchema>;

export const replayedSchema = z
  .object({ replayed: z.int().min(0).meta({ description: "How many are sent again." }) })
  .meta({ id: "WebhookReplay" });
