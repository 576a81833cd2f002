// API keys: who may ask for what, and how often.

import { z } from "zod";
import { RATE_LIMIT_BUCKETS } from "../domain/rate-limits.ts";
import { SCOPES } from "../domain/scopes.ts";
import { toEpochSeconds } from "../lib/time.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageSchema, totalSchema } from "./pages.ts";

const bucketSchema = z.enum(RATE_LIMIT_BUCKETS);
/** How high it may be the deployment says (RATE_LIMIT_CEILING). */
const perMinuteSchema = z.int().min(1);
const limitsSchema = z.partialRecord(bucketSchema, perMinuteSchema).meta({
  example: { default: 1200, place_call: 60 },
  description: "Requests per minute, where they differ from what everybody has",
});

const nameSchema = lineSchema(100).meta({ example: "Dashboard" });

/** From then on a year has more digits than ISO 8601 gives it. */
const YEAR_10000 = toEpochSeconds(Date.UTC(10_000, 0));

/** A moment to come, as epoch seconds. */
const futureSchema = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 date-time, like 2030-05-12T14:32:01Z" })
  .transform((text) => toEpochSeconds(Date.parse(text)))
  .refine((seconds) => seconds > toEpochSeconds(Date.now()), "must lie in the future")
  .refine((seconds) => seconds < YEAR_10000, "must lie before the year 10000, in UTC")
  .meta({ example: "2030-05-12T14:32:01Z", description: "From when on it is refused; null: never" });

export const createKeySchema = z.strictObject({
  name: nameSchema,
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .refine((scopes) => new Set(scopes).size === scopes.length, "must not name a scope twice")
    .meta({ example: ["voice:calls:read"] }),
  expires_at: futureSchema.nullable().default(null),
  limits: limitsSchema.default({}),
});
export type CreateKeyInput = z.infer<typeof createKeySchema>;

/** A merge patch: what is not named stays, and a limit that is null is again what everybody has. */
export const changeKeySchema = z
  .strictObject({
    name: nameSchema,
    expires_at: futureSchema.nullable(),
    limits: z.partialRecord(bucketSchema, perMinuteSchema.nullable()).nullable(),
  })
  .partial();
export type ChangeKeyInput = z.infer<typeof changeKeySchema>;

export const keySchema = z
  .object({
    uuid: z.string().meta({ example: "key_01k4v4n5r7f0a9d8c3b2e1h6jm" }),
    name: nameSchema,
    scopes: z.array(z.enum(SCOPES)),
    limits: limitsSchema,
    expires_at: timeSchema.nullable(),
    revoked_at: timeSchema.nullable(),
    created_at: timeSchema,
  })
  .meta({ id: "ApiKey" });
export type Key = z.infer<typeof keySchema>;

export const createdKeySchema = keySchema
  .extend({
    key: z.string().nullable().meta({
      example: "tl_k_…",
      description: "The secret, shown this once; null in the answer to a repeated Idempotency-Key",
    }),
  })
  .meta({ id: "CreatedApiKey" });
export type CreatedKey = z.infer<typeof createdKeySchema>;

export const listKeysSchema = pageSchema;
export const keyListSchema = z.object({ keys: z.array(keySchema), total: totalSchema });
