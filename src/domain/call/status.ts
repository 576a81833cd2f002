// The closed lists of a call's life: where it stands, how it ended, and whose fault that was.

export const CALL_STATUSES = [
  "dialing",
  "ringing",
  "in_progress",
  "transferring",
  "bridged",
  "ended",
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export const CALL_TYPES = ["outbound", "inbound"] as const;
export type CallType = (typeof CALL_TYPES)[number];

export const OUTCOMES = ["connected", "voicemail", "no-answer", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const FAULTS = ["none", "callee", "carrier", "config", "platform"] as const;
export type Fault = (typeof FAULTS)[number];

export const SENTIMENTS = ["positive", "neutral", "negative"] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

/** Every reason for which a call can end, with the outcome and the fault that it stands for. */
export const ENDINGS = {
  customer_hangup: { outcome: "connected", fault: "none" },
  agent_hangup: { outcome: "connected", fault: "none" },
  human_hangup: { outcome: "connected", fault: "none" },
  dnc_request: { outcome: "connected", fault: "none" },
  wrong_number: { outcome: "connected", fault: "none" },
  hostile_caller: { outcome: "connected", fault: "none" },
  workflow_close: { outcome: "connected", fault: "none" },
  silence: { outcome: "connected", fault: "none" },
  max_duration: { outcome: "connected", fault: "none" },
  relay_lost: { outcome: "connected", fault: "carrier" },
  agent_failed: { outcome: "connected", fault: "platform" },
  voicemail: { outcome: "voicemail", fault: "none" },
  busy: { outcome: "no-answer", fault: "none" },
  no_answer: { outcome: "no-answer", fault: "none" },
  declined: { outcome: "no-answer", fault: "none" },
  canceled: { outcome: "no-answer", fault: "none" },
  invalid_number: { outcome: "failed", fault: "callee" },
  unreachable_number: { outcome: "failed", fault: "callee" },
  fax: { outcome: "failed", fault: "callee" },
  destination_blocked: { outcome: "failed", fault: "config" },
  carrier_credentials: { outcome: "failed", fault: "config" },
  caller_id_refused: { outcome: "failed", fault: "config" },
  carrier_failed: { outcome: "failed", fault: "carrier" },
  carrier_rejected: { outcome: "failed", fault: "carrier" },
  carrier_unreachable: { outcome: "failed", fault: "carrier" },
  submission_unknown: { outcome: "failed", fault: "carrier" },
  dial_expired: { outcome: "failed", fault: "platform" },
  platform_error: { outcome: "failed", fault: "platform" },
  contact_opted_out: { outcome: "failed", fault: "none" },
} as const satisfies Record<string, { outcome: Outcome; fault: Fault }>;

export type EndedReason = keyof typeof ENDINGS;
export const ENDED_REASONS = Object.keys(ENDINGS) as [EndedReason, ...EndedReason[]];

/** Reasons for which the agent itself ends a talk. */
export const AGENT_END_REASONS = [
  "agent_hangup",
  "dnc_request",
  "wrong_number",
  "hostile_caller",
  "silence",
  "agent_failed",
] as const satisfies readonly EndedReason[];
export type AgentEndReason = (typeof AGENT_END_REASONS)[number];

/** Reasons a client may give when it ends a call (contract A10). */
export const REQUESTED_END_REASONS = [
  "dnc_request",
  "wrong_number",
  "hostile_caller",
  "workflow_close",
] as const satisfies readonly EndedReason[];
export type RequestedEndReason = (typeof REQUESTED_END_REASONS)[number];
