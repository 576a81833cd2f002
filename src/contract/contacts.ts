// Contacts: the people an organisation calls, and who call it. The number is what they are known by.

import { z } from "zod";
import { e164Schema, freeObjectSchema, personNameSchema } from "./calls.ts";
import { languageTagSchema, lineSchema, timeSchema } from "./fields.ts";
import { pageShape, totalSchema } from "./pages.ts";

/** What a contact's metadata may grow to, in bytes of JSON. */
export const MAX_METADATA_BYTES = 262_144;

const MAX_TAGS = 50;

/** Without a comma, since filters name tags separated by commas. */
export const contactTagSchema = lineSchema(50).regex(/^[^,]*$/, "must not contain a comma");

const tagsSchema = z
  .array(contactTagSchema)
  .max(MAX_TAGS)
  .refine((tags) => new Set(tags).size === tags.length, "must not name a tag twice")
  .meta({ example: ["vip", "north"] });

/** Null clears a field. */
const shape = {
  name: personNameSchema.nullable().meta({ example: "Priya Kumar" }),
  email: z.email().max(254).nullable().meta({ example: "priya@example.com" }),
  tags: tagsSchema.nullable(),
  preferred_language: languageTagSchema.nullable(),
  metadata: freeObjectSchema.nullable().meta({ example: { plan: "pro" } }),
};

const phoneSchema = e164Schema.meta({ example: "+14155550192" });

export const createContactSchema = z
  .strictObject({ phone: phoneSchema, ...shape })
  .partial({
    name: true,
    email: true,
    tags: true,
    preferred_language: true,
    metadata: true,
  })
  .extend({
    overwrite: z
      .boolean()
      .default(false)
      .meta({ description: "Replaces the given fields of a contact that is there, metadata as a whole too" }),
  });
export type CreateContactInput = z.infer<typeof createContactSchema>;

/** A merge patch: what is not named stays. */
export const changeContactSchema = z.strictObject({ phone: phoneSchema, ...shape }).partial();
export type ChangeContactInput = z.infer<typeof changeContactSchema>;

export const contactSchema = z
  .object({
    uuid: z.string().meta({ example: "cst_01k4v4n5r7f0a9d8c3b2e1h6jm" }),
    phone: z.string().meta({ example: "+14155550192" }),
    name: z.string().nullable(),
    email: z.string().nullable(),
    tags: z.array(z.string()),
    preferred_language: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    total_calls: z.int().min(0),
    last_contact: timeSchema.nullable().meta({ description: "When the newest call began" }),
    opted_out_at: timeSchema.nullable().meta({ description: "Since when the number may not be called" }),
    created_at: timeSchema,
  })
  .meta({ id: "Contact" });
export type Contact = z.infer<typeof contactSchema>;

export const listContactsSchema = z.object({
  search: lineSchema(100).optional().meta({
    description: "Part of the name, the email or the phone; upper and lower case are the same",
  }),
  tags: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(",")))
    .pipe(z.array(contactTagSchema).max(MAX_TAGS))
    .optional()
    .meta({ description: "Contacts that have all of these tags; separated by commas, or repeated" }),
  ...pageShape,
});
export type ListContactsQuery = z.infer<typeof listContactsSchema>;

export const contactListSchema = z.object({ contacts: z.array(contactSchema), total: totalSchema });
