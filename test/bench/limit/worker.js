// The limit Worker: what the platform itself allows. Beside ours, on the same runtime and in the same run, it does only
// what no implementation of the same request could leave out, by hand: no framework, no validation library, no ORM, no
// log. It reads and writes the same database, and answers the same JSON.
//
// What is irreducible, and so done here as well:
// - the key's SHA-256 and its row, which ours remembers for a minute in each isolate, and so does this;
// - one RPC to the key's limiter, whose draw is stored before it is answered: ours survives a restart too. What was
//   drawn before, this one knows by heart;
// - the very statements that ours runs (statements.ts), in the same batches: same rows read and written, same indexes and
//   triggers. But columns that no answer shows are not read, and a write that itself tells whether its row is there is
//   not preceded by a read;
// - one message to a queue, one RPC to the object of a call, one to the board;
// - of a callback its signature, one HMAC, with a key that is unsealed once a minute; and its event and the call's new
//   state in one transaction of the object.

import { Call } from "./call.js";
import { carrierRequest, createLine } from "./carriers.js";
import { consume } from "./consumers.js";
import { newId, sha256Hex } from "./crypto.js";
import { batch, one } from "./database.js";
import { Line } from "./line.js";
import { Board, Gate, Limiter } from "./objects.js";
import { isoOf, liveCallOf, summaryOf } from "./shapes.js";

export { Board, Call, Gate, Limiter, Line };

const REMEMBERED_MS = 60_000;
const keys = new Map();

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const [, root, first, second, third, fourth] = pathname.split("/");
    if (root === "floor") return Response.json({ ok: true });
    if (root === "begin") return beginCalls(request, env);
    if (root === "carriers")
      return carrierRequest(request, env, { carrierId: first, callId: third, kind: fourth });
    if (root === "line") return createLine(request, env);
    if (root === "v1" && first === "calls") {
      if (request.method === "POST") return withKey(request, env, "place_call", createCall);
      if (second === "stats") return withKey(request, env, "default", readStats);
      if (second !== undefined) return withKey(request, env, "default", readCall, second);
      return withKey(request, env, "default", listCalls, searchParams.get("cursor"));
    }
    if (third === "live") return withKey(request, env, "default", listLive, searchParams.get("call_type"));
    if (fourth === "metadata") return withKey(request, env, "write_call_metadata", writeMetadata, third);
    return new Response(null, { status: 404 });
  },
  queue: consume,
};

/** Who asks, and whether too often. */
async function withKey(request, env, bucket, act, argument) {
  const secret = request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
  const hash = await sha256Hex(secret);
  const nowMs = Date.now();
  let known = keys.get(hash);
  if (known === undefined || known.untilMs < nowMs) {
    const row = await one(env, "findKey", { hash }).first();
    if (row === null || row.revoked_at !== null) return new Response(null, { status: 401 });
    const { id, org_id: orgId, scopes, limits } = row;
    known = {
      id,
      orgId,
      scopes: JSON.parse(scopes),
      limits: JSON.parse(limits),
      untilMs: nowMs + REMEMBERED_MS,
    };
    keys.set(hash, known);
  }
  const draw = await env.LIMITER.getByName(known.id).take(bucket, known.limits[bucket]);
  if (!draw.allowed) return new Response(null, { status: 429 });
  if (!known.scopes.includes(request.method === "GET" ? "voice:calls:read" : "voice:calls:write")) {
    return new Response(null, { status: 403 });
  }
  return act(request, env, known.orgId, argument);
}

async function createCall(request, env, orgId) {
  const { to, campaign_id: campaignId, contact_name: name = null, metadata = {} } = await request.json();
  if (!/^\+[1-9]\d{6,14}$/.test(to) || typeof campaignId !== "string")
    return new Response(null, { status: 422 });
  const patch = JSON.stringify(metadata);
  const [found] = await one(env, "findPlacement", { orgId, campaignId, to, patch }).raw();
  if (found === undefined) return new Response(null, { status: 404 });
  const [kind, status, carrierId, from, owned, isActive, countries, , optedOut, liveCallId] = found;
  const mayBe = kind === "outbound" && status === "active" && owned !== null && isActive === 1;
  if (!mayBe || !JSON.parse(countries).includes("*") || optedOut !== null || liveCallId !== null) {
    return new Response(null, { status: 409 });
  }
  const callId = newId("cal");
  const startedAt = Math.floor(Date.now() / 1000);
  const contactId = newId("cst");
  const call = { callId, contactId, orgId, campaignId, carrierId, from, to, name, patch, startedAt };
  const results = await batch(env, "insertCall", call);
  if (results.at(-1).results.length === 0) return new Response(null, { status: 409 });
  await env.LIMIT_DIAL.send({ call_id: callId });
  const headers = { location: `/v1/calls/${callId}` };
  return Response.json(
    { call_uuid: callId, status: "dialing", to, campaign_id: campaignId },
    { status: 201, headers },
  );
}

async function readCall(_request, env, orgId, callId) {
  const row = await one(env, "findCall", { orgId, callId }).first();
  if (row === null) return new Response(null, { status: 404 });
  return Response.json({
    ...summaryOf(env, row, row.is_playable),
    answered_at: isoOf(row.answered_at),
    ended_reason: row.ended_reason,
    fault: row.fault,
    carrier: { carrier_id: row.carrier_id, carrier_call_id: row.carrier_call_id },
    transfer: row.transfer === null ? null : JSON.parse(row.transfer),
    transcript: row.turns === null ? [] : JSON.parse(row.turns),
    key_details: JSON.parse(row.shown_key_details),
  });
}

const PAGE = 50;

async function listCalls(_request, env, _orgId, cursor) {
  const [at, id] = cursor === null ? [] : JSON.parse(atob(cursor));
  const [page, counted] = await batch(env, cursor === null ? "firstPage" : "pageAfter", { at, id });
  const { talkSeconds: _, ...counts } = counted.results[0];
  const rows = page.results.slice(0, PAGE);
  const last = rows.at(-1);
  const hasMore = page.results.length > PAGE;
  return Response.json({
    // That it may be listened to is the last column, and has no name.
    calls: rows.map((row) => summaryOf(env, row, Object.values(row).at(-1))),
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    next_cursor: hasMore ? btoa(JSON.stringify([last.started_at, last.id])).replaceAll("=", "") : null,
  });
}

async function readStats(_request, env) {
  const counts = await one(env, "stats", {}).first();
  const { voicemail, noAnswer, failed, connectedPositive, connectedNeutral, connectedNegative } = counts;
  const connected = counts.connectedNone + connectedPositive + connectedNeutral + connectedNegative;
  const total = connected + voicemail + noAnswer + failed;
  return Response.json({
    total_calls: total,
    connected,
    voicemail,
    no_answer: noAnswer,
    failed,
    connect_rate: total === 0 ? 0 : Math.round((connected / total) * 100) / 100,
    sentiment_breakdown: {
      positive: connectedPositive,
      neutral: connectedNeutral,
      negative: connectedNegative,
    },
    avg_duration_seconds: connected === 0 ? 0 : Math.round(counts.talkSeconds / connected),
  });
}

/** The one statement tells whether there is such a call. */
async function writeMetadata(request, env, orgId, callId) {
  const { key_details: patch } = await request.json();
  if (typeof patch !== "object" || patch === null) return new Response(null, { status: 422 });
  const [[keyDetails]] = await one(env, "patchDetails", {
    orgId,
    callId,
    patch: JSON.stringify(patch),
  }).raw();
  return Response.json({ call_uuid: callId, key_details: JSON.parse(keyDetails) });
}

async function listLive(_request, env, orgId, callType) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const entries = (await env.BOARD.getByName(orgId).list()).map((entry) => JSON.parse(entry));
  const calls = entries
    .filter((entry) => callType === "all" || entry.callType === callType)
    .map((entry) => liveCallOf(entry, nowSeconds))
    .toReversed();
  return Response.json({ calls, total: calls.length });
}

/** Not measured: the calls that live while callbacks and the board are. */
async function beginCalls(request, env) {
  const { orgId, carrierId, state, entries } = await request.json();
  for (const entry of entries) {
    await env.CALL.getByName(entry.callId).begin({ carrierId }, { ...state, seq: 1 });
    await env.BOARD.getByName(orgId).show(entry.callId, entry);
  }
  return new Response(null, { status: 204 });
}
