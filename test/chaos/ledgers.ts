// The ledgers that must agree: what the API acknowledged (load.ts), what the carrier placed, what the API tells, and
// what the product has stored.

import { z } from "zod";
import { callListSchema, callStatsSchema, type CallStats } from "../../src/contract/call-lists.ts";
import type { CallSummary } from "../../src/contract/calls.ts";
import { boardMessageSchema, liveCallsSchema } from "../../src/contract/live.ts";
import type { CallStatus, EndedReason, Outcome, Sentiment } from "../../src/domain/call/status.ts";
import type { Speaker } from "../../src/domain/transcript.ts";
import { listCalls, listRecordings, type CarrierCall, type CarrierRecording } from "./carrier.ts";
import { request } from "./client.ts";
import { readDatabase, readObjects, type Query } from "./files.ts";
import type { Org, World } from "./world.ts";

/** A call's row in D1. Times are epoch seconds. */
export type CallRow = {
  id: string;
  org_id: string;
  campaign_id: string;
  contact_id: string | null;
  call_type: "outbound" | "inbound";
  from_number: string;
  to_number: string;
  status: CallStatus;
  outcome: Outcome | null;
  ended_reason: EndedReason | null;
  sentiment: Sentiment | null;
  duration: number | null;
  started_at: number;
  ended_at: number | null;
  carrier_call_id: string | null;
  analysis: string | null;
  key_details: string | null;
  transfer: string | null;
  carrier_recording_id: string | null;
  recording_key: string | null;
};

export type RollupRow = { org_id: string; scope: string; grain: string; bucket: number } & Record<
  (typeof COUNTED)[number],
  number
>;
export const COUNTED = [
  "live",
  "voicemail",
  "no_answer",
  "failed",
  "connected_none",
  "connected_positive",
  "connected_neutral",
  "connected_negative",
  "talk_seconds",
] as const;

/** A call as its object has it. */
export type Session = {
  call_id: string;
  /** When the carrier was asked to ring; null if it never was. */
  requested_at_ms: number | null;
  /** When the carrier, from which nothing was heard, was asked how the call stands. */
  asked_carrier_ms: number[];
  lines: SpokenLine[];
  /** Ids of the transfers that were asked for and taken up. */
  transfers: string[];
  /** When the carrier was told again to hang up, for it had not confirmed that it did: epoch milliseconds. */
  hung_up_again: number[];
};
export type SpokenLine = { speaker: Speaker; text: string };

/** What is in the files once the product has ended. */
export type StoredLedger = {
  calls: CallRow[];
  rollups: RollupRow[];
  contacts: { id: string; phone: string; total_calls: number }[];
  optOuts: { org_id: string; phone: string }[];
  transcripts: { call_id: string; turns: string }[];
  /** What the calls' objects know of them. */
  sessions: Session[];
  heldLocks: { path: string; key: string }[];
  deadLetters: { queue: string; call_id: string | null }[];
  /** What calls still owe, by their objects. */
  owed: { call_id: string; key: string; attempts: number }[];
  slots: { call_id: string }[];
  reservations: { call_id: string; human_id: string }[];
  onBoard: { call_id: string }[];
};

/** What one organisation is told by the API, and by its account at the carrier. */
export type OrgLedger = {
  id: string;
  listed: CallSummary[];
  stats: CallStats;
  liveTotal: number;
  boardTotal: number;
  humansInCall: number;
  /** Recordings that are named in the list and can't be had. */
  silentRecordings: string[];
  carrierCalls: CarrierCall[];
  carrierRecordings: CarrierRecording[];
  /** So many calls may the product have there at once; null for any number. */
  maxConcurrent: number | null;
};

export async function readOrg(org: Org): Promise<OrgLedger> {
  const { api, account, queue } = org;
  const get = (path: string) => request(api, { method: "GET", path });
  const listed = await listAll(org);
  const agents = z
    .object({ agents: z.array(z.object({ is_in_call: z.boolean() })) })
    .parse(await get(`/v1/queues/${queue}/agents`));
  return {
    id: org.id,
    listed,
    stats: callStatsSchema.parse(await get("/v1/calls/stats")),
    liveTotal: liveCallsSchema.parse(await get("/api/voice/calls/live?call_type=all")).total,
    boardTotal: await countOnBoard(org),
    humansInCall: agents.agents.filter((agent) => agent.is_in_call).length,
    silentRecordings: await findSilent(org, listed),
    carrierCalls: await listCalls(account),
    carrierRecordings: await listRecordings(account),
    maxConcurrent: org.maxConcurrent,
  };
}

/** All pages, by the cursor. */
async function listAll({ api }: Org): Promise<CallSummary[]> {
  const calls: CallSummary[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/v1/calls?limit=100${cursor === null ? "" : `&cursor=${cursor}`}`;
    const page = callListSchema.parse(await request(api, { method: "GET", path }));
    calls.push(...page.calls);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return calls;
}

async function findSilent({ api }: Org, listed: readonly CallSummary[]): Promise<string[]> {
  const silent: string[] = [];
  for (const { uuid, recording_url: url } of listed) {
    if (url === null) continue;
    const response = await fetch(url, { headers: { authorization: `Bearer ${api.apiKey}` } });
    const audio = await response.arrayBuffer();
    if (response.status !== 200 || audio.byteLength === 0) silent.push(uuid);
  }
  return silent;
}

/** What a supervisor who begins to watch is shown. */
async function countOnBoard({ api }: Org): Promise<number> {
  const socket = new WebSocket(`${api.url.replace("http", "ws")}/ws/board?token=${api.apiKey}`);
  try {
    const first = await new Promise<string>((resolve, reject) => {
      socket.addEventListener("message", ({ data }) => resolve(String(data)));
      for (const end of ["close", "error"]) socket.addEventListener(end, () => reject(new Error("No board")));
    });
    const message = boardMessageSchema.parse(JSON.parse(first));
    if (message.type !== "snapshot") throw new Error(`The board begins with ${message.type}`);
    return message.calls.length;
  } finally {
    socket.close();
  }
}

export function readStored({ product }: World): StoredLedger {
  const { folder } = product;
  const stored = readDatabase(folder, (query) => ({
    calls: query<CallRow>("SELECT * FROM calls ORDER BY id"),
    rollups: query<RollupRow>("SELECT * FROM call_rollups"),
    contacts: query<StoredLedger["contacts"][number]>("SELECT id, phone, total_calls FROM contacts"),
    optOuts: query<StoredLedger["optOuts"][number]>("SELECT org_id, phone FROM opt_outs"),
    transcripts: query<StoredLedger["transcripts"][number]>("SELECT call_id, turns FROM transcripts"),
    heldLocks: query<StoredLedger["heldLocks"][number]>(
      "SELECT path, key FROM idempotency_keys WHERE status IS NULL",
    ),
    deadLetters: query<StoredLedger["deadLetters"][number]>("SELECT queue, call_id FROM dead_letters"),
  }));
  return { ...stored, ...readObjectsOf(folder) };
}

function readObjectsOf(
  folder: string,
): Pick<StoredLedger, "sessions" | "owed" | "slots" | "reservations" | "onBoard"> {
  return {
    sessions: readObjects(folder, { className: "CallSession", table: "call" }, readSession),
    owed: readOwed(folder),
    slots: readObjects(folder, { className: "CarrierGate", table: "slots" }, (query) =>
      query("SELECT call_id FROM slots"),
    ),
    reservations: readObjects(folder, { className: "AgentQueue", table: "reservations" }, (query) =>
      query("SELECT call_id, human_id FROM reservations"),
    ),
    onBoard: readObjects(folder, { className: "LiveBoard", table: "calls" }, (query) =>
      query("SELECT call_id FROM calls WHERE entry IS NOT NULL"),
    ),
  };
}

/** An object that was only asked after its call has none. */
function readSession(query: Query): Session[] {
  const [call] = query<Pick<Session, "call_id" | "requested_at_ms">>(
    `SELECT plan ->> '$.callId' AS call_id, state ->> '$.requestedAtMs' AS requested_at_ms FROM call`,
  );
  if (call === undefined) return [];
  const lines = query<SpokenLine>("SELECT speaker, text FROM lines ORDER BY idx");
  const transfers = query<{ id: string }>(
    `SELECT body ->> '$.transferId' AS id FROM events
     WHERE body ->> '$.type' = 'transfer_requested' AND refused IS NULL`,
  );
  const firings = (timer: string): number[] =>
    query<{ at_ms: number }>(
      `SELECT at_ms FROM events
       WHERE body ->> '$.type' = 'timer' AND body ->> '$.name' = '${timer}' AND refused IS NULL`,
    ).map(({ at_ms: atMs }) => atMs);
  return [
    {
      ...call,
      lines,
      transfers: transfers.map(({ id }) => id),
      asked_carrier_ms: firings("ask_carrier"),
      hung_up_again: firings("hang_up"),
    },
  ];
}

export function readOwed(folder: string): StoredLedger["owed"] {
  return readObjects(folder, { className: "CallSession", table: "outbox" }, (query) =>
    query("SELECT plan ->> '$.callId' AS call_id, key, attempts FROM call, outbox"),
  );
}
