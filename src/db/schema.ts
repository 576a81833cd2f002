// D1's tables. Triggers (rollups, contact counters, guards) live in the custom migrations beside the
// generated ones; drizzle knows nothing of them, and `test/db/rollups.test.ts` asserts that they exist.
//
// Times of business (`started_at` …) are epoch seconds, as the API shows them; see .github/decisions.

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
  text()
    .notNull()
    .references(() => organisations.id);

export const organisations = sqliteTable("organisations", {
  id: id(),
  name: text().notNull(),
  /** JSON array of ISO 3166 country codes; null allows the countries of its own numbers, `["*"]` all. */
  allowedCountries: json(),
  /** What becomes of a recording at the carrier once it is stored here. */
  recordingsAtCarrier: text({ enum: RECORDINGS_AT_CARRIER }).notNull().default("keep"),
  /** The model that its agents think with; null: the deployment's own. */
  modelBaseUrl: text(),
  modelName: text(),
  /** AES-GCM under CREDENTIALS_KEY, bound to the organisation's id. */
  modelKeyEncrypted: text(),
  createdAt: createdAt(),
});

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: id(),
    orgId: orgId(),
    name: text().notNull(),
    /** SHA-256 of the key in hex. The key itself is stored nowhere. */
    keyHash: text().notNull().unique("api_keys_hash"),
    /** JSON array of scopes. */
    scopes: json().notNull(),
    /** JSON { bucket: requests per minute } where they differ from what everybody has; see domain/rate-limits.ts. */
    limits: json(),
    expiresAt: integer(),
    revokedAt: integer(),
    createdAt: createdAt(),
  },
  (table) => [index("api_keys_by_org").on(table.orgId, table.id)],
);

/** Who signed in at the desk, by SHA-256 in hex of what their cookie holds. Pruned by age, so there are few. */
export const deskSessions = sqliteTable("desk_sessions", {
  hash: text().primaryKey(),
  keyId: text().notNull(),
  createdAt: createdAt(),
  expiresAt: integer().notNull(),
});

/** Answers to requests that came with an Idempotency-Key, so that each acts once. Pruned by age. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    orgId: text().notNull(),
    method: text().notNull(),
    /** The concrete path. */
    path: text().notNull(),
    key: text().notNull(),
    /** SHA-256 in hex of the canonical body. */
    fingerprint: text().notNull(),
    /** Which request holds the lease, or gave the answer. */
    holder: text().notNull(),
    /** Epoch milliseconds. Without an answer by then, the next request may act. */
    leaseUntilMs: integer().notNull(),
    /** Null until the holder has answered. */
    status: integer(),
    /** JSON { name: value }. */
    headers: json(),
    body: text(),
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
    kind: text({ enum: CARRIER_KINDS }).notNull(),
    name: text().notNull(),
    accountSid: text().notNull(),
    /** AES-GCM under CREDENTIALS_KEY, bound to the carrier's id. */
    authTokenEncrypted: text().notNull(),
    /** Null: the carrier's own address. */
    apiBaseUrl: text(),
    callsPerSecond: integer().notNull().default(1),
    maxConcurrent: integer(),
    createdAt: createdAt(),
    deletedAt: deletedAt(),
  },
  (table) => [index("carriers_by_org").on(table.orgId, table.id)],
);

export const carrierNumbers = sqliteTable(
  "carrier_numbers",
  {
    carrierId: text()
      .notNull()
      .references(() => carriers.id),
    orgId: orgId(),
    phone: text().notNull(),
    country: text(),
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
    name: text().notNull(),
    role: text(),
    description: text(),
    avatarColor: text(),
    avatarInitials: text(),
    /** JSON: { provider, model, speaker, language_code }. */
    voiceConfig: json().notNull(),
    isActive: integer({ mode: "boolean" }).notNull().default(true),
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
    kind: text({ enum: CAMPAIGN_KINDS }).notNull(),
    name: text().notNull(),
    status: text({ enum: CAMPAIGN_STATUSES }).notNull().default("draft"),
    voiceAgentId: text().references(() => voiceAgents.id),
    carrierId: text().references(() => carriers.id),
    phoneNumber: text(),
    /** JSON array of contact tags. */
    branches: json(),
    startDate: text(),
    endDate: text(),
    /** JSON: { start, end, timezone }. */
    timeWindow: json(),
    /** JSON, see contract/campaign-config.ts. */
    config: json().notNull(),
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
    phone: text().notNull(),
    name: text(),
    email: text(),
    /** JSON array of strings. */
    tags: json(),
    preferredLanguage: text(),
    /** JSON object, merged by RFC 7396. */
    metadata: json(),
    /** Kept by triggers on `calls`. */
    totalCalls: integer().notNull().default(0),
    lastContact: integer(),
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
    phone: text().notNull(),
    reason: text(),
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
    id: integer().primaryKey(),
    orgId: orgId(),
    phone: text().notNull(),
    /** Why it was removed. */
    reason: text().notNull(),
    /** Why, and when, the number had been opted out. */
    optOutReason: text(),
    optedOutAt: integer().notNull(),
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
    name: text().notNull(),
    /** How a person takes a call: by pressing a key, or by picking up. */
    accept: text({ enum: ACCEPT_MODES }).notNull().default("key"),
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
    campaignId: text()
      .notNull()
      .references(() => campaigns.id),
    contactId: text().references(() => contacts.id),
    carrierId: text()
      .notNull()
      .references(() => carriers.id),
    callType: text({ enum: CALL_TYPES }).notNull(),
    fromNumber: text().notNull(),
    toNumber: text().notNull(),
    status: text({ enum: CALL_STATUSES }).notNull(),
    outcome: text({ enum: OUTCOMES }),
    endedReason: text({ enum: ENDED_REASONS }),
    fault: text({ enum: FAULTS }),
    sentiment: text({ enum: SENTIMENTS }),
    summary: text(),
    duration: integer(),
    startedAt: integer().notNull(),
    answeredAt: integer(),
    endedAt: integer(),
    /** By when its object ends it, whatever happens; null until the carrier has it. */
    mustEndAt: integer(),
    carrierCallId: text(),
    /** The `seq` of the newest event that this row shows; 0 until the call's object has written. */
    projectedSeq: integer().notNull().default(0),
    /** JSON { extraction, qms_scores } as our own analysis wrote it. */
    analysis: json(),
    /** JSON array of the merge patches that workflows wrote, oldest first: what they say outlives a later analysis. */
    workflowPatches: json(),
    /** JSON, what is shown: `analysis` with the patches applied one after the other. */
    keyDetails: json(),
    /** JSON, the transfer that was asked for last; see contract/transfers.ts. */
    transfer: json(),
    /** The carrier's own id of the recording. */
    carrierRecordingId: text(),
    /** R2 key; null until the recording is stored. */
    recordingKey: text(),
    recordingSeconds: integer(),
  },
  (table) => [
    index("calls_by_time").on(table.orgId, table.startedAt, table.id),
    index("calls_by_campaign").on(table.orgId, table.campaignId, table.startedAt, table.id),
    index("calls_by_contact").on(table.orgId, table.contactId, table.startedAt, table.id),
    index("calls_by_type").on(table.orgId, table.callType, table.startedAt, table.id),
    index("calls_by_outcome").on(table.orgId, table.outcome, table.startedAt, table.id),
    index("calls_by_sentiment").on(table.orgId, table.sentiment, table.startedAt, table.id),
    index("calls_live")
      .on(table.startedAt, table.id)
      .where(sql`status <> 'ended'`),
    index("calls_live_by_org")
      .on(table.orgId, table.startedAt, table.id)
      .where(sql`status <> 'ended'`),
    // A carrier that asks again what to do with a call that came in gets no second one.
    uniqueIndex("calls_one_per_inbound_carrier_call")
      .on(table.carrierId, table.carrierCallId)
      .where(sql`call_type = 'inbound'`),
    uniqueIndex("calls_one_live_per_number")
      .on(table.orgId, table.toNumber)
      .where(sql`call_type = 'outbound' AND status <> 'ended'`),
  ],
);

/** Where customers hear of their calls. What was sent there, and what came of it, its WebhookEndpoint object knows. */
export const webhooks = sqliteTable(
  "webhooks",
  {
    id: id(),
    orgId: orgId(),
    name: text().notNull(),
    url: text().notNull(),
    /** JSON array of event names. */
    events: json().notNull(),
    /** JSON { name: value } under CREDENTIALS_KEY, bound to the webhook's id; null for none. */
    headersEncrypted: text(),
    /** `whsec_…` under CREDENTIALS_KEY, bound to the webhook's id. */
    secretEncrypted: text().notNull(),
    /** Those before, which sign as well, sealed as one list with the end of each; `previousSecretUntil`: the last end. */
    previousSecretEncrypted: text(),
    previousSecretUntil: integer(),
    status: text({ enum: WEBHOOK_STATUSES }).notNull().default("active"),
    /** Why and since when nothing is sent; null while it is. */
    pausedReason: text({ enum: PAUSE_REASONS }),
    pausedAt: integer(),
    createdAt: createdAt(),
  },
  (table) => [index("webhooks_by_org").on(table.orgId, table.id)],
);

/** Queue messages whose tries are used up. Pruned by age. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    /** The message's own id: a dead letter that comes twice is one. */
    messageId: text().primaryKey(),
    queue: text().notNull(),
    callId: text(),
    /** Null if the message names no call that we have. */
    orgId: text(),
    createdAt: createdAt(),
  },
  (table) => [index("dead_letters_by_org").on(table.orgId, table.createdAt)],
);

/** One row per ended call; while a call lives its object has the transcript. */
export const transcripts = sqliteTable("transcripts", {
  callId: text()
    .primaryKey()
    .references(() => calls.id),
  orgId: orgId(),
  /** JSON array of { speaker, text, timestamp }. */
  turns: json().notNull(),
});

/** Counts of calls, kept by triggers in the transaction of each change of `calls`, so never counted. */
export const callRollups = sqliteTable(
  "call_rollups",
  {
    orgId: text().notNull(),
    /** A campaign's id, or `@inbound` or `@outbound` for all calls of the organisation that go that way. */
    scope: text().notNull(),
    grain: text({ enum: GRAINS }).notNull(),
    /** Epoch seconds of the bucket's beginning, UTC. */
    bucket: integer().notNull(),
    live: integer().notNull().default(0),
    voicemail: integer().notNull().default(0),
    noAnswer: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    connectedNone: integer().notNull().default(0),
    connectedPositive: integer().notNull().default(0),
    connectedNeutral: integer().notNull().default(0),
    connectedNegative: integer().notNull().default(0),
    talkSeconds: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.scope, table.grain, table.bucket] })],
);
