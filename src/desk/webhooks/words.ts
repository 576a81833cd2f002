import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import {
  CALL_EVENTS,
  type AttemptError,
  type CallEventName,
  type DeliveryStatus,
  type PauseReason,
} from "../../domain/webhook.ts";

export const WEBHOOKS = "/v1/webhooks";

const EVENT_WORDS: Record<CallEventName, string> = {
  "call.started": "A person answered",
  "call.ended": "A call ended, with its transcript",
  "call.no_answer": "Nobody answered",
  "call.voicemail": "A voicemail answered",
  "call.transferred": "It is known what came of a transfer",
  "call.analyzed": "Summary and details are written",
  "call.recording_ready": "The recording can be fetched",
};

export const EVENT_OPTIONS = CALL_EVENTS.map((value) => ({ value, words: EVENT_WORDS[value] }));

export const PAUSE_WORDS: Record<PauseReason, string> = {
  requested: "paused by somebody here",
  gone: "the receiver answered 410 Gone",
  failing: "it took nothing for days",
};

export const DELIVERY_KINDS: Record<DeliveryStatus, string> = {
  pending: "warn",
  delivered: "good",
  failed: "bad",
  skipped: "warn",
};

const ERROR_WORDS: Record<AttemptError, string> = {
  timeout: "no answer in time",
  connection_failed: "no connection",
  url_refused: "the address may not be asked",
  interrupted: "interrupted by a restart of ours",
  too_much_waiting: "given up: too much waits",
};

export type Attempt = WebhookDelivery["attempts"][number];

/** `200 in 35 ms`, or why there was none. */
export function resultOf({ status_code: code, error, duration_ms: ms }: Attempt): string {
  if (code !== null) return `${code} in ${ms} ms`;
  return error === null ? "no answer" : ERROR_WORDS[error];
}
