// Opt-outs: numbers that asked not to be called. They belong to the number and outlive the contact.

import { z } from "zod";
import { e164Schema } from "./calls.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageShape, totalSchema } from "./pages.ts";

const phoneSchema = e164Schema.meta({ example: "+14155550192" });
const reasonSchema = lineSchema(500);

export const addOptOutSchema = z.strictObject({
  phone: phoneSchema,
  reason: reasonSchema.nullable().default(null).meta({ example: "Asked by email" }),
});
export type AddOptOutInput = z.infer<typeof addOptOutSchema>;

export const removeOptOutSchema = z.object({
  reason: reasonSchema.meta({
    description: "Why the number may be called again",
    example: "Asked in the shop",
  }),
});
export type RemoveOptOutQuery = z.infer<typeof removeOptOutSchema>;

export const optOutSchema = z
  .object({
    phone: z.string().meta({ example: "+14155550192" }),
    reason: z.string().nullable(),
    created_at: timeSchema,
  })
  .meta({ id: "OptOut" });
export type OptOut = z.infer<typeof optOutSchema>;

export const listOptOutsSchema = z.object({
  /** A `+` that is not encoded arrives as a space. */
  phone: z
    .string()
    .transform((text) => text.replace(/^ /, "+"))
    .pipe(e164Schema)
    .optional()
    .meta({ description: "Only this number" }),
  ...pageShape,
});
export type ListOptOutsQuery = z.infer<typeof listOptOutsSchema>;

export const optOutListSchema = z.object({ opt_outs: z.array(optOutSchema), total: totalSchema });
