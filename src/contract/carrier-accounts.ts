// Carrier accounts: whose numbers calls come from and go to.

import { z } from "zod";
import { CARRIER_KINDS } from "../domain/carrier-kinds.ts";
import { e164Schema } from "./calls.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageSchema, totalSchema } from "./pages.ts";

const accountSidSchema = z
  .string()
  .regex(/^AC[0-9a-f]{32}$/, "must be AC and 32 hexadecimal digits")
  .meta({ example: "AC0123456789abcdef0123456789abcdef" });

const authTokenSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
  .meta({ description: "Stored encrypted and never shown" });

const shape = {
  name: lineSchema(100).meta({ example: "Main account" }),
  api_base_url: z.string().nullable().meta({
    example: "https://api.dublin.ie1.twilio.com",
    description:
      "Scheme, host and perhaps a path, without a slash at the end; null: the carrier's own address",
  }),
  numbers: z
    .array(e164Schema)
    .max(100)
    .refine((numbers) => new Set(numbers).size === numbers.length, "must not name a number twice")
    .meta({ example: ["+14155550100"] }),
  calls_per_second: z.int().min(1).max(1_000).meta({ description: "Calls that the carrier takes a second" }),
  max_concurrent: z
    .int()
    .min(1)
    .nullable()
    .meta({ description: "Calls at a time, beyond which calls wait; null: as many as there are" }),
};

export const createCarrierSchema = z
  .strictObject({
    kind: z.enum(CARRIER_KINDS),
    name: shape.name,
    account_sid: accountSidSchema.optional(),
    auth_token: authTokenSchema.optional(),
    api_base_url: shape.api_base_url.default(null),
    numbers: shape.numbers,
    calls_per_second: shape.calls_per_second.default(1),
    max_concurrent: shape.max_concurrent.default(null),
  })
  .superRefine(({ kind, account_sid, auth_token }, context) => {
    const isNew = account_sid === undefined && auth_token === undefined;
    if (kind === "sandbox" && isNew) return;
    const message = "is required, but for a sandbox account, which is made if it comes without both";
    if (account_sid === undefined) context.addIssue({ code: "custom", path: ["account_sid"], message });
    if (auth_token === undefined) context.addIssue({ code: "custom", path: ["auth_token"], message });
  });
export type CreateCarrierInput = z.infer<typeof createCarrierSchema>;

/** A merge patch: what is not named stays. Kind and account are what they are. */
export const changeCarrierSchema = z.strictObject({ ...shape, auth_token: authTokenSchema }).partial();
export type ChangeCarrierInput = z.infer<typeof changeCarrierSchema>;

export const carrierSchema = z
  .object({
    uuid: z.string(),
    kind: z.enum(CARRIER_KINDS),
    account_sid: accountSidSchema,
    ...shape,
    inbound_url: z
      .string()
      .meta({ description: "Where the voice webhook (POST) of each number must point for it to take calls" }),
    created_at: timeSchema,
  })
  .meta({ id: "Carrier" });
export type Carrier = z.infer<typeof carrierSchema>;

export const createdCarrierSchema = carrierSchema
  .extend({
    auth_token: z
      .string()
      .nullable()
      .meta({ description: "Of a sandbox account that was made just now, this once; else null" }),
  })
  .meta({ id: "CreatedCarrier" });
export type CreatedCarrier = z.infer<typeof createdCarrierSchema>;

export const listCarriersSchema = pageSchema;
export const carrierListSchema = z.object({ carriers: z.array(carrierSchema), total: totalSchema });
