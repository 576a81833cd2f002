// What a call owes the outside after a step: its row in D1, its place on the board, its slot, and so on.
// Each duty is idempotent, so that it may be done again after a crash.

import { z } from "zod";
import type { Call, CallStore } from "./store.ts";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { CallEffect, CallEvent } from "../../domain/call/events.ts";
import { factsOf } from "../../domain/call/facts.ts";
import { customerOf } from "../../domain/call/parties.ts";
import type { CallState } from "../../domain/call/state.ts";
import { toTurns } from "../../domain/transcript.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { noteCarrierRecording, projectCall } from "../../db/calls.ts";
import type { Db } from "../../db/client.ts";
import { optOutByCall } from "../../db/opt-outs.ts";
import { fireEvents } from "./fire-events.ts";
import { sendCallEvent } from "../../queues/queues.ts";
import { hangUp, listRecordings, setLimits } from "./carrier-effects.ts";
import { acceptHuman } from "./transfers.ts";
import { agentQueueOf, carrierGateOf, liveBoardOf } from "../../stubs/stubs.ts";
import { nearestPlaceOf } from "../../telephony/registry.ts";

const ofTransfer = { queueId: z.string(), transferId: z.string() };

export const dutySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("project") }),
  z.object({ type: z.literal("show_on_board") }),
  z.object({ type: z.literal("release_slot") }),
  z.object({ type: z.literal("opt_out") }),
  z.object({ type: z.literal("take_charge") }),
  z.object({ type: z.literal("ensure_hung_up") }),
  z.object({ type: z.literal("raise_limit") }),
  z.object({ type: z.literal("accept_human"), ...ofTransfer }),
  z.object({ type: z.literal("release_human"), ...ofTransfer }),
  z.object({
    type: z.literal("store_recording"),
    recordingId: z.string(),
    durationSeconds: z.number().int(),
  }),
  z.object({ type: z.literal("find_recording") }),
  z.object({ type: z.literal("analyse") }),
  z.object({ type: z.literal("fire_events") }),
]);
export type Duty = z.infer<typeof dutySchema>;

/** Of duties with the same key only the newest counts. */
export function dutyKey(duty: Duty): string {
  if (duty.type === "store_recording") return `store_recording:${duty.recordingId}`;
  // Both send all that is to be sent; were they two, the older limit could come last.
  if (duty.type === "take_charge" || duty.type === "raise_limit") return "limits";
  return "transferId" in duty ? `${duty.type}:${duty.transferId}` : duty.type;
}

/** What a step makes the call owe. `before` is null for a call that was just accepted. */
export function dutiesOf(
  plan: CallPlan,
  { before, after }: { before: CallState | null; after: CallState },
  effects: readonly CallEffect[],
): Duty[] {
  const duties: Duty[] = [];
  const changed = before === null || JSON.stringify(factsOf(before)) !== JSON.stringify(factsOf(after));
  // The row was written on acceptance, so only later changes have to be projected.
  if (before !== null && changed) duties.push({ type: "project" });
  if (before?.status !== after.status) {
    duties.push({ type: "show_on_board" });
    if (after.status === "ended") {
      duties.push({ type: "analyse" });
      if (isRecorded(plan, after)) duties.push({ type: "find_recording" });
    }
  }
  for (const effect of effects) {
    if (isDuty(effect)) duties.push(effect);
  }
  return duties;
}

/** If anything of it was: only the document that begins a talk orders it. */
function isRecorded({ campaign }: CallPlan, { answeredBy, carrierCallId }: CallState): boolean {
  return campaign.config.record && answeredBy === "person" && carrierCallId !== null;
}

/** By which the outside learns that a call has ended. */
export const ENDING_DUTIES: readonly Duty[] = [
  { type: "project" },
  { type: "show_on_board" },
  { type: "release_slot" },
  { type: "analyse" },
];

/** Effects that are owed until they are done; the others are tried when they come up, and have their timers. */
export function isDuty(effect: CallEffect): effect is CallEffect & Duty {
  return DUTY_EFFECTS.some((type) => type === effect.type);
}

const DUTY_EFFECTS = [
  "release_slot",
  "opt_out",
  "take_charge",
  "ensure_hung_up",
  "raise_limit",
  "accept_human",
  "release_human",
  "store_recording",
] as const;

/** So long after it came up a duty is done first. The carrier has told of nearly every recording by then. */
export const DUE_AFTER_MS: Partial<Record<Duty["type"], number>> = { find_recording: 120_000 };

/** Tries of a duty whose target may be gone for good. */
export const MAX_ATTEMPTS: Partial<Record<Duty["type"], number>> = {
  take_charge: 5,
  ensure_hung_up: 60,
  // A day and more.
  find_recording: 12,
  // With the waits of these about eight days: what can't be done by then never will be.
  store_recording: 40,
  analyse: 40,
};

/** That a queue takes over, so that they take as long as its consumers do. */
export const QUEUED_DUTIES: readonly Duty["type"][] = ["store_recording", "analyse"];

export type DutyContext = {
  env: Env;
  db: Db;
  store: CallStore;
  /** For what the outside answers. */
  step: (event: CallEvent) => void;
};

/**
 * `later`: it goes on being owed. A queue has it, and it is done once `recordingStored` or `callAnalysed` says so; or the
 * carrier is not done yet.
 */
export async function doDuty(
  duty: Duty,
  call: Call,
  { env, db, store, step }: DutyContext,
): Promise<"done" | "later"> {
  const { plan, state, seq } = call;
  const ended = state.status === "ended";
  switch (duty.type) {
    case "project":
      await projectCall(db, {
        callId: plan.callId,
        orgId: plan.orgId,
        seq,
        facts: factsOf(state),
        mustEndAt: state.timers.must_end === undefined ? null : toEpochSeconds(state.timers.must_end),
        turns: ended ? toTurns(store.transcript.lines(), state.answeredAtMs) : null,
      });
      return "done";
    case "show_on_board":
      await liveBoardOf(env, plan.orgId).show(plan.callId, seq, ended ? null : boardEntryOf(call));
      return "done";
    case "release_slot":
      await carrierGateOf(env, plan.carrierId, nearestPlaceOf(plan.carrier)).release(plan.callId);
      return "done";
    case "ensure_hung_up":
      await hangUp({ env, db }, call);
      return "done";
    case "take_charge":
    case "raise_limit":
      await setLimits({ env, db }, call);
      return "done";
    case "accept_human":
      await acceptHuman(env, call, duty);
      return "done";
    case "release_human":
      await agentQueueOf(env, duty.queueId).release(duty.transferId);
      return "done";
    case "opt_out":
      await optOutByCall(db, {
        orgId: plan.orgId,
        callId: plan.callId,
        customer: customerOf(plan),
        atSeconds: toEpochSeconds(Date.now()),
      });
      return "done";
    case "store_recording":
      await noteCarrierRecording(db, {
        orgId: plan.orgId,
        callId: plan.callId,
        recordingId: duty.recordingId,
        seconds: duty.durationSeconds,
      });
      await sendCallEvent(env, {
        type: "recording_ready",
        call_id: plan.callId,
        carrier_id: plan.carrierId,
        recording_id: duty.recordingId,
        duration_seconds: duty.durationSeconds,
      });
      return "later";
    case "find_recording":
      return findRecording(call, { env, db, store, step });
    case "analyse":
      await sendCallEvent(env, { type: "call_ended", call_id: plan.callId });
      return "later";
    case "fire_events":
      await fireEvents(call, { env, store });
      return "done";
  }
}

/** No notice of a recording has come: if the carrier has one all the same, it is taken for told of. */
async function findRecording(call: Call, { env, db, store, step }: DutyContext): Promise<"done" | "later"> {
  if (store.isRecordingKnown()) return "done";
  const { ready, isAwaited } = await listRecordings({ env, db }, call);
  for (const notice of ready) step({ type: "recording_ready", ...notice });
  return isAwaited && ready.length === 0 ? "later" : "done";
}

function boardEntryOf({ plan, state }: Call) {
  const facts = factsOf(state);
  return {
    callId: plan.callId,
    callType: plan.callType,
    campaignId: plan.campaignId,
    contactId: plan.contactId,
    from: plan.from,
    to: plan.to,
    status: facts.status,
    startedAt: toEpochSeconds(plan.acceptedAtMs),
    answeredAt: facts.answeredAt,
  };
}
