// Campaigns: whose agent speaks in which calls, from which number, and when.

import { z } from "zod";
import { CAMPAIGN_KINDS, CAMPAIGN_STATUSES } from "../domain/campaign.ts";
import { isTimeZone } from "../domain/time-zone.ts";
import { e164Schema, freeObjectSchema, idSchema } from "./calls.ts";
import { campaignConfigSchema } from "./campaign-config.ts";
import { contactTagSchema } from "./contacts.ts";
import { lineSchema, timeSchema } from "./fields.ts";
import { pageShape, totalSchema } from "./pages.ts";
import { queueNameSchema } from "./queues.ts";

const clockSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day like 09:30")
  .meta({ example: "09:30" });

/** Hours of the day in which a campaign's runs may call. One that ends before it begins goes past midnight. */
export const timeWindowSchema = z
  .strictObject({
    start: clockSchema,
    end: clockSchema.meta({ description: "A window that ends before it begins goes past midnight" }),
    timezone: z
      .string()
      .refine(isTimeZone, "must be a time zone of the IANA database, like America/New_York")
      .meta({ example: "America/New_York" }),
  })
  .refine(({ start, end }) => start !== end, { path: ["end"], message: "must not be the start" });

/** As it is written: a field that nobody knows is refused, not ignored. */
export const writtenConfigSchema = campaignConfigSchema
  .extend({ transfer_queue: queueNameSchema.optional() })
  .strict();

const dateSchema = z.iso.date().meta({ example: "2026-05-12" });

const shape = {
  name: lineSchema(200).meta({ example: "Basket follow-up" }),
  status: z.enum(CAMPAIGN_STATUSES).meta({ description: "Only an active campaign takes or makes calls" }),
  voice_agent_id: idSchema("agent").nullable(),
  carrier_id: idSchema("carrier").nullable(),
  phone_number: e164Schema.nullable().meta({ description: "One of the carrier account's numbers" }),
  branches: z.array(contactTagSchema).max(100).meta({ description: "Tags of the contacts it is for" }),
  start_date: dateSchema.nullable(),
  end_date: dateSchema.nullable().meta({ description: "The last day, itself included" }),
};
const kindSchema = z.enum(CAMPAIGN_KINDS).meta({ description: "Fixed once it is created" });

export const createCampaignSchema = z.strictObject({
  kind: kindSchema,
  name: shape.name,
  status: shape.status.default("draft"),
  voice_agent_id: shape.voice_agent_id.default(null),
  carrier_id: shape.carrier_id.default(null),
  phone_number: shape.phone_number.default(null),
  branches: shape.branches.default([]),
  start_date: shape.start_date.default(null),
  end_date: shape.end_date.default(null),
  time_window: timeWindowSchema.nullable().default(null),
  config: writtenConfigSchema.prefault({}),
});
export type CreateCampaignInput = z.infer<typeof createCampaignSchema>;

/** A merge patch: what is not named stays; `time_window` and `config` are merged, and then judged as a whole. */
export const changeCampaignSchema = z
  .strictObject({ ...shape, time_window: freeObjectSchema.nullable(), config: freeObjectSchema })
  .partial();
export type ChangeCampaignInput = z.infer<typeof changeCampaignSchema>;

export const campaignSchema = z
  .object({
    uuid: z.string(),
    kind: kindSchema,
    ...shape,
    time_window: timeWindowSchema.nullable(),
    config: campaignConfigSchema,
    created_at: timeSchema,
  })
  .meta({ id: "Campaign" });
export type Campaign = z.infer<typeof campaignSchema>;

export const listCampaignsSchema = z.object({
  status: z.enum(CAMPAIGN_STATUSES).optional(),
  kind: z.enum(CAMPAIGN_KINDS).optional(),
  ...pageShape,
});
export type ListCampaignsQuery = z.infer<typeof listCampaignsSchema>;
export const campaignListSchema = z.object({ campaigns: z.array(campaignSchema), total: totalSchema });
