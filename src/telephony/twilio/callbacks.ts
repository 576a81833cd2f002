// Twilio's callbacks and records, translated into our words. Pure.
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback

import { z } from "zod";
import type { CarrierPhase, CarrierReport } from "../../domain/call/events.ts";
import type { AnsweredBy } from "../../domain/call/state.ts";
import type {
  AnswerRequest,
  DialEnd,
  HumanLineRequest,
  InboundCall,
  RecordingNotice,
  RelayEnd,
} from "../provider.ts";

const STATUSES = [
  "queued",
  "initiated",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
] as const;

const OVER: readonly (typeof STATUSES)[number][] = ["completed", "busy", "failed", "no-answer", "canceled"];

export const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`));
const wholeNumber = z.string().regex(/^\d+$/).transform(Number);

const callFields = { AccountSid: sid("AC"), CallSid: sid("CA") };

const statusSchema = z.object({
  ...callFields,
  CallStatus: z.enum(STATUSES),
  Timestamp: z.string().optional(),
  // Twilio tries no callback again that we refused, so an odd side field must not cost the whole report.
  CallDuration: wholeNumber.optional().catch(undefined),
  SipResponseCode: wholeNumber.optional().catch(undefined),
  AnsweredBy: z.string().optional(),
});

const inboundSchema = z.object({ ...callFields, From: z.string().max(320), To: z.string().max(320) });

const answerSchema = z.object({ ...callFields, AnsweredBy: z.string().optional() });

const relayEndSchema = z.object({
  ...callFields,
  CallStatus: z.enum(STATUSES),
  SessionId: z.string().optional(),
  SessionStatus: z.string().optional(),
});

const recordingSchema = z.object({
  ...callFields,
  RecordingSid: sid("RE"),
  RecordingStatus: z.literal("completed"),
  RecordingDuration: wholeNumber.default(0).catch(0),
});

/** On the line of who was dialled: `CallSid` is that line's own. */
const humanRequestSchema = z.object({
  ...callFields,
  ParentCallSid: sid("CA").optional().catch(undefined),
  Digits: z.string().default(""),
});

const dialEndSchema = z.object({
  ...callFields,
  CallStatus: z.enum(STATUSES),
  DialBridged: z.string().optional(),
});

export const callRecordSchema = z.object({
  sid: sid("CA"),
  status: z.enum(STATUSES),
  date_created: z.string().nullable().optional(),
  end_time: z.string().nullable().optional(),
  duration: z.union([z.string(), z.number()]).nullable().optional(),
  answered_by: z.string().nullable().optional(),
});

/** https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources */
export const recordingListSchema = z.object({
  recordings: z.array(
    z.object({ sid: sid("RE"), status: z.string(), duration: wholeNumber.nullish().catch(null) }),
  ),
});

export function parseStatus(body: string, accountSid: string): CarrierReport | null {
  const form = parseForm(statusSchema, body, accountSid);
  if (form === null) return null;
  return {
    carrierCallId: form.CallSid,
    phase: phaseOf(form.CallStatus, form.SipResponseCode ?? null),
    atMs: timeOf(form.Timestamp),
    durationSeconds: form.CallStatus === "completed" ? (form.CallDuration ?? null) : null,
    answeredBy: answererOf(form.AnsweredBy),
  };
}

/** Numbers that spell a word on the keys: RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS, UNAVAILABLE. Nobody's. */
const WITHHELD = ["+7378742833", "+2562533", "+8566696", "+266696687", "+86282452253"];

/** https://www.twilio.com/docs/voice/twiml#request-parameters */
export function parseInbound(body: string, accountSid: string): InboundCall | null {
  const form = parseForm(inboundSchema, body, accountSid);
  if (form === null) return null;
  const from = WITHHELD.includes(form.From) ? "anonymous" : form.From;
  return { carrierCallId: form.CallSid, from, to: form.To };
}

export function parseAnswerRequest(body: string, accountSid: string): AnswerRequest | null {
  const form = parseForm(answerSchema, body, accountSid);
  return form && { carrierCallId: form.CallSid, answeredBy: answererOf(form.AnsweredBy) };
}

export function parseRelayEnd(body: string, accountSid: string): RelayEnd | null {
  const form = parseForm(relayEndSchema, body, accountSid);
  return (
    form && {
      carrierCallId: form.CallSid,
      sessionId: form.SessionId || null,
      failed: form.SessionStatus === "failed",
      callOver: OVER.includes(form.CallStatus),
    }
  );
}

export function parseRecording(body: string, accountSid: string): RecordingNotice | null {
  const form = parseForm(recordingSchema, body, accountSid);
  return (
    form && {
      carrierCallId: form.CallSid,
      recordingId: form.RecordingSid,
      durationSeconds: form.RecordingDuration,
    }
  );
}

/** https://www.twilio.com/docs/voice/twiml/number#attributes-url, and the answer to what is gathered there. */
export function parseHumanRequest(body: string, accountSid: string): HumanLineRequest | null {
  const form = parseForm(humanRequestSchema, body, accountSid);
  return form && { parentCallId: form.ParentCallSid ?? null, pressedKey: form.Digits !== "" };
}

/** https://www.twilio.com/docs/voice/twiml/dial#action */
export function parseDialEnd(body: string, accountSid: string): DialEnd | null {
  const form = parseForm(dialEndSchema, body, accountSid);
  return (
    form && {
      carrierCallId: form.CallSid,
      talked: form.DialBridged === "true",
      callOver: OVER.includes(form.CallStatus),
    }
  );
}

/** A call as Twilio's REST API shows it. It has no SIP code, so a declined call reads as busy. */
export function reportOf(record: z.infer<typeof callRecordSchema>): CarrierReport {
  const phase = phaseOf(record.status, null);
  const duration = Number(record.duration ?? Number.NaN);
  return {
    carrierCallId: record.sid,
    phase,
    // `start_time` is when it was dialled, not when it was answered.
    atMs: timeOf(record.end_time),
    durationSeconds: phase === "completed" && Number.isFinite(duration) ? duration : null,
    answeredBy: answererOf(record.answered_by),
  };
}

/** Of these, and of no other, something may come yet. */
const UNFINISHED = ["in-progress", "paused", "stopped", "processing"];

export function recordingListOf(
  { recordings }: z.infer<typeof recordingListSchema>,
  carrierCallId: string,
): { ready: RecordingNotice[]; isAwaited: boolean } {
  return {
    ready: recordings
      .filter(({ status }) => status === "completed")
      .map(({ sid: recordingId, duration }) => ({
        carrierCallId,
        recordingId,
        durationSeconds: duration ?? 0,
      })),
    isAwaited: recordings.some(({ status }) => UNFINISHED.includes(status)),
  };
}

/** RFC 2822 or ISO 8601 to epoch milliseconds; null for none or for nonsense. */
export function timeOf(text: string | null | undefined): number | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
}

const PHASES: Record<(typeof STATUSES)[number], CarrierPhase> = {
  queued: "queued",
  initiated: "queued",
  ringing: "ringing",
  "in-progress": "answered",
  completed: "completed",
  busy: "busy",
  failed: "failed",
  "no-answer": "no_answer",
  canceled: "canceled",
};

/** SIP answers by which the far end says that there is no such number (RFC 3261, 21.4). */
const NO_SUCH_NUMBER = [404, 410, 484, 604];
const DECLINED = 603;

function phaseOf(status: (typeof STATUSES)[number], sipCode: number | null): CarrierPhase {
  if (sipCode === DECLINED && (status === "busy" || status === "failed")) return "declined";
  if (status === "failed" && sipCode !== null && NO_SUCH_NUMBER.includes(sipCode)) return "unreachable";
  return PHASES[status];
}

/** `unknown` counts as a person: hanging up on one is worse than talking to a machine. */
function answererOf(answeredBy: string | null | undefined): AnsweredBy | null {
  if (answeredBy === undefined || answeredBy === null || answeredBy === "") return null;
  if (answeredBy === "fax") return "fax";
  return answeredBy.startsWith("machine_") ? "machine" : "person";
}

function parseForm<T extends { AccountSid: string }>(
  schema: z.ZodType<T>,
  body: string,
  accountSid: string,
): T | null {
  const parsed = schema.safeParse(Object.fromEntries(new URLSearchParams(body)));
  return parsed.success && parsed.data.AccountSid === accountSid ? parsed.data : null;
}
