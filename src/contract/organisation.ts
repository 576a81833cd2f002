// The organisation that a key belongs to.

import { z } from "zod";
import { isCountry } from "../domain/phone.ts";
import { RECORDINGS_AT_CARRIER } from "../domain/recordings.ts";
import { lineSchema, timeSchema } from "./fields.ts";

const shape = {
  name: lineSchema(200).meta({ example: "Luminary Home" }),
  allowed_countries: z
    .array(
      z
        .string()
        .refine((code) => code === "*" || isCountry(code), "must be an ISO 3166 country code, like US"),
    )
    .max(250)
    .refine((codes) => new Set(codes).size === codes.length, "must not name a country twice")
    .refine((codes) => codes.length === 1 || !codes.includes("*"), "must have * alone, if at all")
    .nullable()
    .meta({
      example: ["US", "IN"],
      description:
        "Countries whose numbers may be called, and given to people of queues; " +
        '["*"]: all; null: those of the organisation\'s own numbers',
    }),
  recordings_at_carrier: z
    .enum(RECORDINGS_AT_CARRIER)
    .meta({ description: "What becomes of a recording at the carrier once it is stored here" }),
};

const modelShape = {
  base_url: z.string().meta({
    example: "https://api.openai.com/v1",
    description: "Of an OpenAI-compatible API, without a slash at the end",
  }),
  model: lineSchema(200).meta({ example: "gpt-4.1-mini" }),
};

const apiKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,2048}$/, "must be 1 to 2048 visible ASCII characters")
  .meta({ description: "Stored encrypted and never shown; null clears it" });

/** A merge patch: what is not named stays. `model: null` clears all of it. */
export const changeOrganisationSchema = z
  .strictObject({
    ...shape,
    model: z
      .strictObject({ ...modelShape, api_key: apiKeySchema.nullable() })
      .partial()
      .nullable(),
  })
  .partial();
export type ChangeOrganisationInput = z.infer<typeof changeOrganisationSchema>;

export const organisationSchema = z
  .object({
    uuid: z.string(),
    ...shape,
    model: z
      .object({ ...modelShape, has_api_key: z.boolean() })
      .nullable()
      .meta({ description: "What its voice agents think with; null: what the deployment has" }),
    created_at: timeSchema,
  })
  .meta({ id: "Organisation" });
export type Organisation = z.infer<typeof organisationSchema>;
