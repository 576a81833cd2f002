// What customers are told of their calls, and what becomes of the telling.

/** A call's events, as customers subscribe to them. */
export const CALL_EVENTS = [
  /** A person answered, or an inbound call was answered. */
  "call.started",
  /** Always, once; with transcript and outcome. */
  "call.ended",
  /** Besides `call.ended`, where that is the outcome. */
  "call.no_answer",
  "call.voicemail",
  /** It is known what came of a transfer to a human agent. */
  "call.transferred",
  /** Summary, sentiment and details are written. */
  "call.analyzed",
  /** The recording can be fetched. */
  "call.recording_ready",
] as const;
export type CallEventName = (typeof CALL_EVENTS)[number];

export const WEBHOOK_STATUSES = ["active", "paused"] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** `requested`: by a client. `gone`: the receiver answered 410. `failing`: nothing was taken for days. */
export const PAUSE_REASONS = ["requested", "gone", "failing"] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** `skipped`: the webhook was paused when the event came, or while it waited to be tried again; it can be replayed. */
export const DELIVERY_STATUSES = ["pending", "delivered", "failed", "skipped"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Something that is to be sent to one receiver. */
export type NewDelivery = {
  /** The same for every receiver and every try: by it a receiver knows what it has had. */
  eventId: string;
  event: CallEventName;
  /** Null for a test. */
  callId: string | null;
  /** When it happened. */
  firedAtMs: number;
  /** Sent along: reads that bring it back show what the event says. Null or missing for one that says nothing of a call. */
  bookmark?: string | null;
  /** The JSON that is sent and signed. */
  body: string;
};

/**
 * Why there was no answer. `url_refused`: the address is none that may be asked. `interrupted`: we were restarted in the
 * middle, and the receiver may have had it. `too_much_waiting`: it was given up without a try, as more waited for the
 * receiver, or longer, than is kept.
 */
export const ATTEMPT_ERRORS = [
  "timeout",
  "connection_failed",
  "url_refused",
  "interrupted",
  "too_much_waiting",
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** One request to the receiver. */
export type DeliveryAttempt = {
  atMs: number;
  statusCode: number | null;
  error: AttemptError | null;
  durationMs: number;
  /** The beginning of what the receiver answered; null after some further tries. */
  response: string | null;
};

export type Delivery = Omit<NewDelivery, "body" | "bookmark"> & {
  id: string;
  status: DeliveryStatus;
  createdAtMs: number;
  /** Null: it is not sent (again). */
  nextAttemptAtMs: number | null;
  /** Oldest first. */
  attempts: DeliveryAttempt[];
};

/** By when it was fired: a time before which, and one from which on, epoch milliseconds. */
export type DeliveryFilter = {
  status?: DeliveryStatus | undefined;
  event?: CallEventName | undefined;
  callId?: string | undefined;
  fromMs?: number | undefined;
  beforeMs?: number | undefined;
};
