// What can happen to a call, and what the machine can ask to be done about it.

import type { Details } from "./details.ts";
import type { Moment } from "./moments.ts";
import type { AgentEndReason, EndedReason, RequestedEndReason } from "./status.ts";
import type { AnsweredBy, CallState, TimerName } from "./state.ts";
import type { ReservedHuman, TransferState } from "./transfer-state.ts";
import type { Result } from "../../lib/result.ts";

/** How a carrier speaks of a call, in our words. The first three are a call that lives. */
export const CARRIER_PHASES = [
  "queued",
  "ringing",
  "answered",
  "completed",
  "busy",
  "declined",
  "no_answer",
  "unreachable",
  "failed",
  "canceled",
] as const;
export type CarrierPhase = (typeof CARRIER_PHASES)[number];

/** One thing that the carrier says of one call: by callback, or because it was asked. */
export type CarrierReport = {
  carrierCallId: string;
  phase: CarrierPhase;
  /** The carrier's own time of the phase, whole seconds in milliseconds; null if it gave none. */
  atMs: number | null;
  /** Talk time by the carrier's count; only on the end of an answered call. */
  durationSeconds: number | null;
  answeredBy: AnsweredBy | null;
};

export type { Moment } from "./moments.ts";

/** By the request's Idempotency-Key, and what was asked with it, a client is known again that never got the answer. */
type AskedByClient = { requestKey?: string | undefined };

/** What a transfer is asked for with. `context` is the client's own, kept with the event and nowhere else. */
export type TransferRequest = Pick<TransferState, "target" | "queueId" | "accept" | "brief" | "origin"> & {
  transferId: string;
  context: unknown;
} & AskedByClient;

/** Whom of the queue a callback of the carrier speaks of. */
export type WhichHuman = { transferId: string; humanId: string };

export type CallEvent =
  | { type: "timer"; name: TimerName }
  | { type: "slot_granted"; startAtMs: number }
  | { type: "slot_full"; retryAtMs: number }
  | { type: "slot_too_late" }
  | { type: "opt_out_checked"; optedOut: boolean }
  | { type: "create_accepted"; carrierCallId: string }
  | { type: "create_refused"; reason: EndedReason }
  | { type: "create_throttled"; retryAfterMs: number }
  | { type: "create_unanswered" }
  | { type: "carrier_report"; report: CarrierReport }
  /** The carrier was asked for the call and knows none such. */
  | { type: "lookup_empty" }
  /** The carrier was asked and gave no usable answer. */
  | { type: "lookup_failed" }
  /** `messageMs`: a machine is left a message, which takes so long at most; absent: it is hung up on. */
  | {
      type: "answer_requested";
      carrierCallId: string;
      answeredBy: AnsweredBy | null;
      messageMs?: number | undefined;
    }
  | { type: "relay_opened"; sessionId: string | null }
  | { type: "relay_closed" }
  /** The carrier asks what to do now that the relay is over. */
  | {
      type: "relay_ended";
      carrierCallId: string;
      sessionId: string | null;
      failed: boolean;
      callOver: boolean;
    }
  /** A sign of life: the customer talks on. Absent: no words of the agent's are playing. */
  | { type: "customer_heard"; playsUntilMs?: number }
  /** The customer has said something whole. */
  | { type: "customer_spoke" }
  /** … or has pressed a key. `isLast`: one that ends what was typed before it. */
  | { type: "key_pressed"; isLast: boolean }
  | { type: "agent_spoke"; playsUntilMs: number }
  /** The agent's turn is over, and it had nothing to say. What it had said before plays until then. */
  | { type: "agent_silent"; playsUntilMs: number }
  /** The agent's turn was given up before its end. `wasHeard`: not before some of it was heard. */
  | { type: "turn_cut"; wasHeard: boolean; playsUntilMs: number }
  | { type: "agent_finished"; reason: AgentEndReason; playsUntilMs: number }
  /** The agent notes what it has learnt. */
  | { type: "details_recorded"; details: Details }
  /** The agent's model can't be had, or gave nothing that can be used. */
  | { type: "model_failed" }
  /** All that the agent said was spoken to its end; or some of it, and the rest will be by then. */
  | { type: "words_played"; playsUntilMs?: number }
  /**
   * The customer has cut the agent off: no more of what it said is spoken. `wasHeard`: some of the last thing was.
   * `answers`: what was heard last is the customer's.
   */
  | { type: "words_cut"; wasHeard: boolean; answers: boolean }
  | ({ type: "end_requested"; reason: RequestedEndReason } & AskedByClient)
  | ({ type: "transfer_requested" } & TransferRequest)
  /** The agent wishes for a human of a queue that there is not. */
  | { type: "transfer_impossible" }
  /** The agent wishes for a human while one is asked for already. */
  | { type: "transfer_wished" }
  | { type: "human_reserved"; transferId: string; queueId: string; human: ReservedHuman }
  /** Nobody of the queue is free, or the queue could not be asked. */
  | { type: "no_human"; transferId: string }
  /** A human has picked up and is to be told what the call is about. `parentCallId`: whose other end it is. */
  | ({ type: "whisper_requested"; parentCallId: string | null } & WhichHuman)
  | ({ type: "human_accepted"; parentCallId: string | null; pressedKey: boolean } & WhichHuman)
  /** A human's line is over and the carrier asks what to do with the customer's. */
  | ({ type: "dial_ended"; carrierCallId: string; talked: boolean; callOver: boolean } & WhichHuman)
  /**
   * The carrier was told what to do with the line, and did not take it. `was`: what it was to do, if it was to ring a
   * human. `isCertain`: it said so; else it may do it all the same.
   */
  | { type: "redirect_failed"; was: WhichHuman | null; isCertain: boolean }
  /** A wish that is heeded even where nothing is answered any more. */
  | { type: "wish_heard"; reason: "dnc_request" }
  | { type: "recording_ready"; carrierCallId: string; recordingId: string; durationSeconds: number };

export type CallEffect =
  | { type: "reserve_slot" }
  | { type: "check_opt_out" }
  | { type: "create_call" }
  /** Ask the carrier whether it has a call that we never got an id for. */
  | { type: "find_call" }
  /** Ask the carrier how the call with the known id stands. */
  | { type: "fetch_call" }
  | { type: "hang_up"; via: "relay" | "carrier" }
  /** A call that we hold for ended may live at the carrier: it is told until it has heard. */
  | { type: "ensure_hung_up" }
  /** The carrier holds the line and waits for nothing: it is told what to do with it. */
  | { type: "redirect" }
  /** An inbound call came without our conditions: the carrier is told its limit, and to report. */
  | { type: "take_charge" }
  /** The call may last longer than the carrier was told. */
  | { type: "raise_limit" }
  | { type: "reserve_human" }
  /** The agent's part is over for now: the relay is told so, and the carrier asks what comes next. */
  | { type: "leave_relay" }
  | { type: "accept_human"; queueId: string; transferId: string }
  | { type: "release_human"; queueId: string; transferId: string }
  | { type: "agent_turn"; moment: Moment }
  | { type: "release_slot" }
  /** The customer's number is not to be called again, by anyone in the organisation. */
  | { type: "opt_out" }
  | { type: "store_recording"; recordingId: string; durationSeconds: number };

export type Step = { state: CallState; effects: CallEffect[] };

/**
 * `call_ended`: the event came too late to change anything. `foreign_call`: it speaks of another carrier
 * call than the one this call became. `not_applicable`: it makes no sense where the call stands.
 */
export type StepRefusal = "call_ended" | "foreign_call" | "not_applicable";

export type StepResult = Result<Step, StepRefusal>;
