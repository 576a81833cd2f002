// Everything a call needs to know from beginning to end, read once before it is dialled. A campaign or an
// agent that is changed meanwhile changes later calls, not this one.

import { z } from "zod";
import { callLimitsSchema } from "../domain/call/state.ts";
import { CALL_TYPES } from "../domain/call/status.ts";
import { CARRIER_KINDS } from "../domain/carrier-kinds.ts";
import { campaignConfigSchema, voiceConfigSchema } from "./campaign-config.ts";

export const callPlanSchema = z.object({
  callId: z.string(),
  orgId: z.string(),
  callType: z.enum(CALL_TYPES),
  campaignId: z.string(),
  contactId: z.string().nullable(),
  carrierId: z.string(),
  /** The account with its token still sealed: a talk must not hang on a database that is away. */
  carrier: z.object({
    kind: z.enum(CARRIER_KINDS),
    accountSid: z.string(),
    authTokenEncrypted: z.string(),
    apiBaseUrl: z.string().nullable(),
  }),
  from: z.string(),
  to: z.string(),
  acceptedAtMs: z.number().int(),
  limits: callLimitsSchema,
  gate: z.object({ callsPerSecond: z.number().positive(), maxConcurrent: z.number().nullable() }),
  organisationName: z.string(),
  campaign: z.object({ name: z.string(), config: campaignConfigSchema }),
  agent: z.object({ name: z.string(), role: z.string().nullable(), voice: voiceConfigSchema }),
  /** The organisation's own, its key still sealed; null: what the deployment has. */
  model: z
    .object({ baseUrl: z.string(), name: z.string(), apiKeyEncrypted: z.string().nullable() })
    .nullable()
    .default(null),
  contact: z.object({
    name: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    preferredLanguage: z.string().nullable().default(null),
  }),
});
export type CallPlan = z.infer<typeof callPlanSchema>;
