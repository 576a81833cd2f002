// D1's tables. Triggers (rollups, contact counters, guards) live in the custom migrations; `test/db/rollups.test.ts` asserts
// that they exist. Names are written out, not worked out from the properties' at each request. Times: see columns.ts.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import {
  CALL_STATUSES,
  CALL_TYPES,
  ENDED_REASONS,
  FAULTS,
  OUTCOMES,
  SENTIMENTS,
} from "../domain/call/status.ts";
import { CAMPAIGN_KINDS, CAMPAIGN_STATUSES } from "../domain/campaign.ts";
import { CARRIER_KINDS } from "../domain/carrier-kinds.ts";
import { ACCEPT_MODES } from "../domain/human-queue.ts";
import { RECORDINGS_AT_CARRIER } from "../domain/recordings.ts";
import { GRAINS } from "../domain/time-cover.ts";
import { createdAt, deletedAt, id, json } from "./columns.ts";
import { PAUSE_REASONS, WEBHOOK_STATUSES } from "../domain/webhook.ts";

const orgId = () =>
  text("org_id")
    .notNull()
    .references(() => organisations.id);

export const organisations = sqliteTable("organisations", {
  id: id(),
  name: text("name").notNull(),
  /** JSON array of ISO 3166 country codes; null allows the countries of its own numbers, `["*"]` all. */
  allowedCountries: json("allowed_countries"),
  /** What becomes of a recording at the carrier once it is stored here. */
  recordingsAtCarrier: text("recordings_at_carrier", { enum: RECORDINGS_AT_CARRIER })
    .default("keep")
    .notNull(),
  /** The model that its agents think with; null: the deployment's own. */
  modelBaseUrl: text("model_base_url"),
  modelName: text("model_name"),
  /** AES-GCM under CREDENTIALS_KEY, bound to the organisation's id. */
  modelKeyEncrypted: text("model_key_encrypted"),
  createdAt: createdAt(),
});

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: id(),
    orgId: orgId(),
    name: text("name").notNull(),
    /** SHA-256 of the key in hex. The key itself is stored nowhere. */
    keyHash: text("key_hash").notNull().unique("api_keys_hash"),
    scopes: json("scopes").notNull(),
    /** JSON { bucket: requests per minute } where they differ from what everybody has; see domain/rate-limits.ts. */
    limits: json("limits"),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [index("api_keys_by_org").on(table.orgId, table.id)],
);

/** Who signed in at the desk, by SHA-256 in hex of what their cookie holds. Pruned by age, so there are few. */
export const deskSessions = sqliteTable("desk_sessions", {
  hash: text("hash").primaryKey(),
  keyId: text("key_id").notNull(),
  createdAt: createdAt(),
  expiresAt: integer("expires_at").notNull(),
});

/** Answers to requests that came with an Idempotency-Key, so that each acts once. Pruned by age. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    orgId: text("org_id").notNull(),
    method: text("method").notNull(),
    /** The concrete path. */
    path: text("path").notNull(),
    key: text("key").notNull(),
    /** SHA-256 in hex of the canonical body. */
    fingerprint: text("fingerprint").notNull(),
    /** Which request holds the lease, or gave the answer. */
    holder: text("holder").notNull(),
    /** Epoch milliseconds. Without an answer by then, the next request may act. */
    leaseUntilMs: integer("lease_until_ms").notNull(),
    /** Null until the holder has answered. */
    status: integer("status"),
    /** JSON { name: value }. */
    headers: json("headers"),
    body: text("body"),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.method, table.path, table.key] }),
    index("idempotency_keys_by_age").on(table.createdAt),
  ],
);

export const carriers = sqliteTable(
  "carriers",
  {
    id: id(),
    orgId: orgId(),
    kind: text("kind", { enum: CARRIER_KINDS }).notNull(),
    name: text("name").notNull(),
    accountSid: text("account_sid").notNull(),
    /** AES-GCM under CREDENTIALS_KEY, bound to the carrier's id. */
    authTokenEncrypted: text("auth_token_encrypted").notNull(),
    /** Null: the carrier's own address. */
    apiBaseUrl: text("api_base_url"),
    callsPerSecond: integer("calls_per_second").notNull().default(1),
    maxConcurrent: integer("max_concurrent"),
    createdAt: createdAt(),
    deletedAt: deletedAt(),
  },
  (table) => [index("carriers_by_org").on(table.orgId, table.id)],
);

export const carrierNumbers = sqliteTable(
  "carrier_numbers",
  {
    carrierId: text("carrier_id")
      .notNull()
      .references(() => carriers.id),
    orgId: orgId(),
    phone: text("phone").notNull(),
    country: text("country"),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.carrierId, table.phone] }),
    index("carrier_numbers_by_org").on(table.orgId, table.phone),
  ],
);

export const voiceAgents = sqliteTable(
  "voice_agents",
  {
    id: id(),
    orgId: orgId(),
    name: text("name").notNull(),
    role: text("role"),
    description: text("description"),
    avatarColor: text("avatar_color"),
    avatarInitials: text("avatar_initials"),
    /** JSON: { provider, model, speaker, language_code }. */
    voiceConfig: json("voice_config").notNull(),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    createdAt: createdAt(),
    deletedAt: deletedAt(),
  },
  (table) => [index("voice_agents_by_org").on(table.orgId, table.id)],
);

export const campaigns = sqliteTable(
  "campaigns",
  {
    id: id(),
    orgId: orgId(),
    kind: text("kind", { enum: CAMPAIGN_KINDS }).notNull(),
    name: text("name").notNull(),
    status: text("status", { enum: CAMPAIGN_STATUSES }).notNull().default("draft"),
    voiceAgentId: text("voice_agent_id").references(() => voiceAgents.id),
    carrierId: text("carrier_id").references(() => carriers.id),
    phoneNumber: text("phone_number"),
    /** JSON array of contact tags. */
    branches: json("branches"),
    startDate: text("start_date"),
    endDate: text("end_date"),
    /** JSON: { start, end, timezone }. */
    timeWindow: json("time_window"),
    /** JSON, see contract/campaign-config.ts. */
    config: json("config").notNull(),
    createdAt: createdAt(),
    deletedAt: deletedAt(),
  },
  (table) => [
    index("campaigns_by_org").on(table.orgId, table.id),
    index("campaigns_inbound_by_number")
      .on(table.carrierId, table.phoneNumber)
      .where(sql`kind = 'inbound'`),
    uniqueIndex("campaigns_one_active_inbound_per_number")
      .on(table.orgId, table.phoneNumber)
      .where(sql`kind = 'inbound' AND status = 'active'`),
  ],
);

export const contacts = sqliteTable(
  "contacts",
  {
    id: id(),
    orgId: orgId(),
    phone: text("phone").notNull(),
    name: text("name"),
    email: text("email"),
    /** JSON array of strings. */
    tags: json("tags"),
    preferredLanguage: text("preferred_language"),
    /** JSON object, merged by RFC 7396. */
    metadata: json("metadata"),
    /** Kept by triggers on `calls`. */
    totalCalls: integer("total_calls").notNull().default(0),
    lastContact: integer("last_contact"),
    createdAt: createdAt(),
    /** A deleted contact is emptied and hidden; the next call to its number, or its creation, brings it back. */
    deletedAt: deletedAt(),
  },
  (table) => [
    unique("contacts_phone").on(table.orgId, table.phone),
    index("contacts_by_org").on(table.orgId, table.id),
  ],
);

/** Opt-outs belong to the number, not to the contact, which they outlive. */
export const optOuts = sqliteTable(
  "opt_outs",
  {
    orgId: orgId(),
    phone: text("phone").notNull(),
    reason: text("reason"),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.phone] }),
    index("opt_outs_by_time").on(table.orgId, table.createdAt, table.phone),
  ],
);

/** Opt-outs that were removed, and why: who may be called again must be able to be justified. Rows are only added. */
export const optOutRemovals = sqliteTable(
  "opt_out_removals",
  {
    id: integer("id").primaryKey(),
    orgId: orgId(),
    phone: text("phone").notNull(),
    /** Why it was removed. */
    reason: text("reason").notNull(),
    /** Why, and when, the number had been opted out. */
    optOutReason: text("opt_out_reason"),
    optedOutAt: integer("opted_out_at").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("opt_out_removals_by_number").on(table.orgId, table.phone, table.id)],
);

/** Queues of people who take calls over. Who is in a queue, and who is free, its AgentQueue object knows. */
export const queues = sqliteTable(
  "queues",
  {
    id: id(),
    orgId: orgId(),
    name: text("name").notNull(),
    /** How a person takes a call: by pressing a key, or by picking up. */
    accept: text("accept", { enum: ACCEPT_MODES }).notNull().default("key"),
    createdAt: createdAt(),
  },
  (table) => [unique("queues_name").on(table.orgId, table.name)],
);

/** A projection of the CallSession objects: they alone write status, outcome, times and transcript. */
export const calls = sqliteTable(
  "calls",
  {
    id: id(),
    orgId: orgId(),
    campaignId: text("campaign_id")
      .notNull()
      .references(() => campaigns.id),
    contactId: text("contact_id").references(() => contacts.id),
    carrierId: text("carrier_id")
      .notNull()
      .references(() => carriers.id),
    callType: text("call_type", { enum: CALL_TYPES }).notNull(),
    fromNumber: text("from_number").notNull(),
    toNumber: text("to_number").notNull(),
    status: text("status", { enum: CALL_STATUSES }).notNull(),
    outcome: text("outcome", { enum: OUTCOMES }),
    endedReason: text("ended_reason", { enum: ENDED_REASONS }),
    fault: text("fault", { enum: FAULTS }),
    sentiment: text("sentiment", { enum: SENTIMENTS }),
    summary: text("summary"),
    duration: integer("duration"),
    startedAt: integer("started_at").notNull(),
    answeredAt: integer("answered_at"),
    endedAt: integer("ended_at"),
    /** By when its object ends it, whatever happens; null until the carrier has it. */
    mustEndAt: integer("must_end_at"),
    carrierCallId: text("carrier_call_id"),
    /** The `seq` of the newest event that this row shows; 0 until the call's object has written. */
    projectedSeq: integer("projected_seq").notNull().default(0),
    /** JSON { extraction, qms_scores } as our own analysis wrote it. */
    analysis: json("analysis"),
    /** JSON array of the merge patches that workflows wrote, oldest first: what they say outlives a later analysis. */
    workflowPatches: json("workflow_patches"),
    /** JSON, what is shown: `analysis` with the patches applied one after the other. */
    keyDetails: json("key_details"),
    /** JSON, the transfer that was asked for last; see contract/transfers.ts. */
    transfer: json("transfer"),
    /** The carrier's own id of the recording. */
    carrierRecordingId: text("carrier_recording_id"),
    /** R2 key; null until the recording is stored. */
    recordingKey: text("recording_key"),
    recordingSeconds: integer("recording_seconds"),
  },
  (table) => [
    index("calls_by_time").on(table.orgId, table.startedAt, table.id),
    index("calls_by_campaign").on(table.orgId, table.campaignId, table.startedAt, table.id),
    index("calls_by_contact").on(table.orgId, table.contactId, table.startedAt, table.id),
    index("calls_by_type").on(table.orgId, table.callType, table.startedAt, table.id),
    index("calls_by_outcome").on(table.orgId, table.outcome, table.startedAt, table.id),
    index("calls_by_sentiment").on(table.orgId, table.sentiment, table.startedAt, table.id),
    // Live is by its end, not its status: an index is written anew whenever a column that it names is set.
    index("calls_live")
      .on(table.startedAt, table.id)
      .where(sql`ended_at IS NULL`),
    index("calls_live_by_org")
      .on(table.orgId, table.startedAt, table.id)
      .where(sql`ended_at IS NULL`),
    // A carrier that asks again what to do with a call that came in gets no second one.
    uniqueIndex("calls_one_per_inbound_carrier_call")
      .on(table.carrierId, table.carrierCallId)
      .where(sql`call_type = 'inbound'`),
    uniqueIndex("calls_one_live_per_number")
      .on(table.orgId, table.toNumber)
      .where(sql`call_type = 'outbound' AND ended_at IS NULL`),
  ],
);

/** Where customers hear of their calls. What was sent there, and what came of it, its WebhookEndpoint object knows. */
export const webhooks = sqliteTable(
  "webhooks",
  {
    id: id(),
    orgId: orgId(),
    name: text("name").notNull(),
    url: text("url").notNull(),
    /** JSON array of event names. */
    events: json("events").notNull(),
    /** JSON { name: value } under CREDENTIALS_KEY, bound to the webhook's id; null for none. */
    headersEncrypted: text("headers_encrypted"),
    /** `whsec_…` under CREDENTIALS_KEY, bound to the webhook's id. */
    secretEncrypted: text("secret_encrypted").notNull(),
    /** Those before, which sign as well, sealed as one list with the end of each; `previousSecretUntil`: the last end. */
    previousSecretEncrypted: text("previous_secret_encrypted"),
    previousSecretUntil: integer("previous_secret_until"),
    status: text("status", { enum: WEBHOOK_STATUSES }).notNull().default("active"),
    /** Why and since when nothing is sent; null while it is. */
    pausedReason: text("paused_reason", { enum: PAUSE_REASONS }),
    pausedAt: integer("paused_at"),
    createdAt: createdAt(),
  },
  (table) => [index("webhooks_by_org").on(table.orgId, table.id)],
);

/** Queue messages whose tries are used up. Pruned by age. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    /** The message's own id: a dead letter that comes twice is one. */
    messageId: text("message_id").primaryKey(),
    queue: text("queue").notNull(),
    callId: text("call_id"),
    /** Null if the message names no call that we have. */
    orgId: text("org_id"),
    createdAt: createdAt(),
  },
  (table) => [index("dead_letters_by_org").on(table.orgId, table.createdAt)],
);

/** One row per ended call; while a call lives its object has the transcript. */
export const transcripts = sqliteTable("transcripts", {
  callId: text("call_id")
    .primaryKey()
    .references(() => calls.id),
  orgId: orgId(),
  /** JSON array of { speaker, text, timestamp }. */
  turns: json("turns").notNull(),
});

/** Counts of calls, kept by triggers in the transaction of each change of `calls`, so never counted. */
export const callRollups = sqliteTable(
  "call_rollups",
  {
    orgId: text("org_id").notNull(),
    /** A campaign's id, or `@inbound` or `@outbound` for all calls of the organisation that go that way. */
    scope: text("scope").notNull(),
    grain: text("grain", { enum: GRAINS }).notNull(),
    /** Epoch seconds of the bucket's beginning, UTC. */
    bucket: integer("bucket").notNull(),
    live: integer("live").notNull().default(0),
    voicemail: integer("voicemail").notNull().default(0),
    noAnswer: integer("no_answer").notNull().default(0),
    failed: integer("failed").notNull().default(0),
    connectedNone: integer("connected_none").notNull().default(0),
    connectedPositive: integer("connected_positive").notNull().default(0),
    connectedNeutral: integer("connected_neutral").notNull().default(0),
    connectedNegative: integer("connected_negative").notNull().default(0),
    talkSeconds: integer("talk_seconds").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.scope, table.grain, table.bucket] })],
);
