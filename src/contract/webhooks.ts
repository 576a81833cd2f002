// Webhooks: addresses of the customer's that are told what happens to its calls. What they are sent: call-events.ts.

import { z } from "zod";
import { CALL_EVENTS, PAUSE_REASONS, WEBHOOK_STATUSES } from "../domain/webhook.ts";
import { checkHeaderName, MAX_HEADERS } from "../domain/webhook-headers.ts";
import { givenIdSchema } from "./calls.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageSchema, totalSchema } from "./pages.ts";

const HEADER_PROBLEMS = {
  not_a_name: "must be a header's name, of at most 100 characters",
  reserved: "is not yours to set",
} as const;

/** No header but in ASCII: beyond it each side reads another letter. */
const headerValueSchema = z
  .string()
  .max(1_024)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "must be visible ASCII characters, spaces within them");

const shape = {
  name: lineSchema(100).meta({ example: "CRM" }),
  url: z.string().meta({
    example: "https://crm.example.com/hooks/calls",
    description: "https, at a public host, without credentials or a fragment. Redirects are not followed.",
  }),
  events: z
    .array(z.enum(CALL_EVENTS))
    .min(1)
    .max(CALL_EVENTS.length)
    .refine((events) => new Set(events).size === events.length, "must not name an event twice")
    .meta({ example: ["call.ended", "call.analyzed"] }),
  status: z
    .enum(WEBHOOK_STATUSES)
    .meta({ description: "`paused`: nothing is sent; events are kept as `skipped`, and can be replayed." }),
};

const HEADERS_META = {
  example: { authorization: "Bearer YOUR-TOKEN" },
  description:
    `Sent along with each event; at most ${MAX_HEADERS}. Stored encrypted; only their names are ever shown. ` +
    "Not to be set: `webhook-*`, `trunkline-*`, `content-*`, `proxy-*`, `host`, `user-agent`, and what is of the connection.",
};

export const createWebhookSchema = z.strictObject({
  name: shape.name,
  url: shape.url,
  events: shape.events,
  headers: headersSchema(headerValueSchema).default({}).meta(HEADERS_META),
  status: shape.status.default("active"),
});
export type CreateWebhookInput = z.infer<typeof createWebhookSchema>;

/** A merge patch: what is not named stays, a header that is null is removed, `headers: null` removes them all. */
export const changeWebhookSchema = z
  .strictObject({
    ...shape,
    headers: headersSchema(headerValueSchema.nullable()).nullable().meta(HEADERS_META),
  })
  .partial();
export type ChangeWebhookInput = z.infer<typeof changeWebhookSchema>;

export const webhookSchema = z
  .object({
    uuid: givenIdSchema("webhook"),
    ...shape,
    header_names: z.array(z.string()).meta({ example: ["authorization"] }),
    paused_reason: z.enum(PAUSE_REASONS).nullable().meta({
      description:
        "`requested`: by a change here. `gone`: the receiver answered 410. `failing`: it took nothing for days.",
    }),
    paused_at: timeSchema.nullable(),
    previous_secret_expires_at: timeSchema.nullable().meta({
      description:
        "Until then a secret before the newest signs too, the last of them; null: only the newest signs.",
    }),
    created_at: timeSchema,
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof webhookSchema>;

export const webhookWithSecretSchema = webhookSchema
  .extend({
    secret: z.string().nullable().meta({
      example: "whsec_…",
      description:
        "What events are signed with, shown this once; null in the answer to a repeated Idempotency-Key.",
    }),
  })
  .meta({ id: "WebhookWithSecret" });
export type WebhookWithSecret = z.infer<typeof webhookWithSecretSchema>;

export const listWebhooksSchema = pageSchema;
export const webhookListSchema = z.object({ webhooks: z.array(webhookSchema), total: totalSchema });

const DAY_SECONDS = 86_400;

export const rotateSecretSchema = z.strictObject({
  expires_in: z
    .int()
    .min(0)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({
      description:
        "For so many seconds everything is signed with the old secret as well. Those before it keep their own ends; 0: the new one alone signs.",
    }),
});
export type RotateSecretInput = z.infer<typeof rotateSecretSchema>;

export const testWebhookSchema = z.strictObject({
  event: z
    .enum(CALL_EVENTS)
    .optional()
    .meta({ description: "By default the first that the webhook is subscribed to." }),
});
export type TestWebhookInput = z.infer<typeof testWebhookSchema>;

/** Headers by name, the names in lower case. */
function headersSchema<V extends z.ZodType<string | null>>(value: V) {
  return z
    .preprocess(
      (headers, context) => {
        // Judged as it came: the record leaves out a key named __proto__ without a word.
        if (typeof headers === "object" && headers !== null && Object.hasOwn(headers, "__proto__")) {
          context.addIssue({ code: "custom", path: ["__proto__"], message: HEADER_PROBLEMS.reserved });
        }
        return headers;
      },
      z.record(z.string(), value),
    )
    .transform((headers, context) => {
      const entries = Object.entries(headers).map(([name, one]) => [name.toLowerCase(), one] as const);
      if (entries.length > MAX_HEADERS) {
        context.addIssue({ code: "custom", message: `must be at most ${MAX_HEADERS} headers` });
      }
      const seen = new Set<string>();
      for (const [name] of entries) {
        const problem = checkHeaderName(name);
        const message = problem === null ? "must not be named twice" : HEADER_PROBLEMS[problem];
        if (problem !== null || seen.has(name)) context.addIssue({ code: "custom", path: [name], message });
        seen.add(name);
      }
      return Object.fromEntries(entries) as Record<string, z.infer<V>>;
    });
}
