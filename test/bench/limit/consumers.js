// What the queues bring: a call to dial, and one to make an account of.

import { one } from "./database.js";

/** What the state of a call is as ours begins one. */
const STATE = {
  status: "dialing",
  submission: "waiting",
  carrierCallId: null,
  answeredAtMs: null,
  endedAtMs: null,
};
const UNKNOWN = { outcome: null, endedReason: null, durationSeconds: null, answeredBy: null, relay: "none" };

export async function consume({ queue, messages }, env) {
  const act = queue === "limit-dial" ? dial : analyse;
  await Promise.all(messages.map((message) => act(env, message.body.call_id)));
}

async function dial(env, callId) {
  const row = await one(env, "findCallPlan", { callId }).first();
  if (row === null || row.status === "ended") return;
  const plan = {
    callId,
    orgId: row.org_id,
    callType: row.call_type,
    campaignId: row.campaign_id,
    contactId: row.contact_id,
    carrierId: row.carrier_id,
    from: row.from_number,
    to: row.to_number,
    acceptedAtMs: row.started_at * 1000,
    callsPerSecond: row.calls_per_second,
    campaign: { name: row.campaign_name, config: JSON.parse(row.config) },
    agent: { name: row.agent_name, voice: JSON.parse(row.voice_config) },
    contact: { name: row.contact_name, metadata: JSON.parse(row.metadata ?? "{}") },
  };
  await env.CALL.getByName(callId).start(plan, { ...STATE, ...UNKNOWN });
}

/** By rules, as ours does without a model: what was said is read, and a word about it written. */
async function analyse(env, callId) {
  const row = await one(env, "findCallToAnalyse", { callId }).first();
  if (row === null || row.analysis !== null) return;
  const words = JSON.parse(row.turns ?? "[]").map((turn) => turn.text);
  const extraction = { customer_said: words.length, last: words.at(-1) ?? null };
  const analysis = JSON.stringify({ extraction, qms_scores: { opening: 3, energy: 2, probing: 3 } });
  await one(env, "writeAnalysis", {
    callId,
    analysis,
    summary: "Customer interested.",
    sentiment: "positive",
  }).run();
  await env.CALL.getByName(callId).analysed();
}
