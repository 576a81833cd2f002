// Everything the sandbox knows of one call, as plain data that survives a restart. `timers` is all that is
// still to come by itself; `request` and `relay` are what it is waiting for from outside.

import { z } from "zod";
import { customerMemory, NOTHING_SAID } from "./customers.ts";
import { recordingSidOf } from "./formats.ts";
import { destination, gatherOrder, RECORDING_EVENTS, relayOrder, STATUS_EVENTS, verb } from "./verbs.ts";

export const CALL_STATUSES = [
  "queued",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];
export type EndStatus = Exclude<CallStatus, "queued" | "ringing" | "in-progress">;

export type RecordingEvent = (typeof RECORDING_EVENTS)[number];

export const RECORDING_SOURCES = ["OutboundAPI", "StartCallRecordingAPI", "StartCallRecordingTwiML"] as const;
export type RecordingSource = (typeof RECORDING_SOURCES)[number];

const TIMER_NAMES = [
  "dial",
  "ring",
  "settle",
  "detect",
  "time-limit",
  "verb",
  "agent-spoken",
  "customer-starts",
  "customer-done",
  "customer-goes-on",
  "customer-presses",
  "customer-interrupts",
  "customer-hangs-up",
  "customer-gives-up",
  "relay-drops",
  "gather",
  "key",
  "bridge-turn",
  "recording-ready",
] as const;
export type TimerName = (typeof TIMER_NAMES)[number];

const recordingOrder = z.object({
  channels: z.union([z.literal(1), z.literal(2)]),
  callback: destination.nullable(),
  events: z.array(z.enum(RECORDING_EVENTS)),
});
export type RecordingOrder = z.infer<typeof recordingOrder>;

/** What the create asked for; of an inbound call, what its number is set to; of a leg, what its `<Dial>` says. REST
 * updates change it. */
const callOrder = z.object({
  to: z.string(),
  from: z.string(),
  document: z.union([destination, z.object({ twiml: z.string() })]),
  fallback: destination.nullable(),
  statusCallback: destination.nullable(),
  statusEvents: z.array(z.enum(STATUS_EVENTS)),
  timeoutSeconds: z.number(),
  timeLimitSeconds: z.number(),
  recording: recordingOrder.nullable(),
  detection: z
    .object({ messageEnd: z.boolean(), async: z.boolean(), callback: destination.nullable() })
    .nullable(),
});
export type CallOrder = z.infer<typeof callOrder>;

/** One that is `absent` or `deleted` is not shown. */
const recording = recordingOrder.extend({
  source: z.enum(RECORDING_SOURCES),
  status: z.enum(["in-progress", "processing", "completed", "absent", "deleted"]),
  startedAtMs: z.number(),
});
export type Recording = z.infer<typeof recording>;

/** A TwiML document that was asked for and has not come yet. */
const documentRequest = destination.extend({
  id: z.number(),
  params: z.record(z.string(), z.string()),
  /** Asked of the fallback address after an error; a second failure ends the call. */
  isFallback: z.boolean(),
});
export type DocumentRequest = z.infer<typeof documentRequest>;

const relay = relayOrder.extend({
  sessionId: z.string(),
  phase: z.enum(["connecting", "open"]),
  startedAtMs: z.number(),
  /** Words of the agent on their way to the customer's ear; the first is being spoken. */
  agent: z.array(z.object({ text: z.string(), fromMs: z.number(), toMs: z.number() })),
});
export type Relay = z.infer<typeof relay>;

const customer = z.object({
  memory: customerMemory,
  /** Utterances of the agent begun so far. */
  heard: z.number(),
  lastHeard: z.string(),
  /** The agent was heard through and waits for this customer's words. */
  owesReply: z.boolean(),
  /** The words it is saying now; they become part of its memory when they are out. */
  saying: z.object({ text: z.string(), fromMs: z.number(), memory: customerMemory }).nullable(),
  /** The keys it has still to press; the same of them. */
  pressing: z.object({ keys: z.string(), memory: customerMemory }).nullable().default(null),
});

/** A `<Gather>` under way. */
const gathering = gatherOrder.omit({ prompts: true, hearsKeys: true }).extend({ digits: z.string() });

/** A `<Dial>` under way: the last of the call's legs is the one that it placed. */
const dialling = z.object({
  action: destination.nullable(),
  timeLimitSeconds: z.number(),
  /** Set while the two parties talk: whose turn it is, and since when. */
  bridge: z.object({ turn: z.number(), sinceMs: z.number() }).nullable(),
});
export type Dialling = z.infer<typeof dialling>;

/** A request to send; nothing waits for its answer. */
export const post = destination.extend({ params: z.record(z.string(), z.string()) });
export type Post = z.infer<typeof post>;
export type ScheduledPost = Post & { dueMs: number };

const callBegin = z.object({
  sid: z.string(),
  accountSid: z.string(),
  /** Of a leg: the call whose `<Dial>` placed it. */
  parentSid: z.string().nullable(),
  direction: z.enum(["inbound", "outbound-api", "outbound-dial"]),
  /** The NNNN that says who is on the line and what goes wrong. */
  behaves: z.string(),
  order: callOrder,
});
export type CallBegin = z.infer<typeof callBegin>;

const line = callBegin.extend({
  status: z.enum(CALL_STATUSES),
  /** Grows with every change that the REST resources of the call and its recording show. */
  version: z.number(),
  /** The `SequenceNumber` of the next status callback. */
  nextSequence: z.number(),
  /** Status callbacks that a faulty carrier keeps until the end, the first to go out first. */
  heldBack: z.array(post),
  nextRequestId: z.number(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  initiatedAtMs: z.number().nullable(),
  answeredAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  /** The record was deleted. A recording outlives it. */
  isDeleted: z.boolean(),
  sipResponseCode: z.number().nullable(),
  detected: z.object({ answeredBy: z.string(), durationMs: z.number() }).nullable(),
  recording: recording.nullable(),
  timers: z.partialRecord(z.enum(TIMER_NAMES), z.number()),
  request: documentRequest.nullable(),
  /** What is left of the document being run, and where that document came from. */
  program: z.array(verb),
  documentUrl: z.string(),
  relay: relay.nullable(),
  gather: gathering.nullable(),
  customer,
  speech: z.array(z.object({ who: z.enum(["agent", "customer"]), fromMs: z.number(), toMs: z.number() })),
});

/** A line on which a second party is called. It is a call like any other, but calls nobody itself. */
const leg = line.extend({ dial: z.null(), legs: z.array(z.never()) });
export type Leg = z.infer<typeof leg>;

export const callState = line.extend({
  dial: dialling.nullable(),
  /** Who was dialled in the course of the call, in order. */
  legs: z.array(leg),
});
export type CallState = z.infer<typeof callState>;

/** From the create's answer to the dialling: real time, so that the answer is usually first. */
const DISPATCH_MS = 50;

export function newCall(begin: CallBegin, nowMs: number): Leg {
  const { document } = begin.order;
  return {
    ...begin,
    status: begin.direction === "inbound" ? "ringing" : "queued",
    version: 1,
    nextSequence: 0,
    heldBack: [],
    nextRequestId: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    initiatedAtMs: null,
    answeredAtMs: null,
    endedAtMs: null,
    isDeleted: false,
    sipResponseCode: null,
    detected: null,
    recording: null,
    timers: { dial: nowMs + DISPATCH_MS },
    request: null,
    program: [],
    documentUrl: "url" in document ? document.url : "",
    relay: null,
    gather: null,
    customer: {
      memory: NOTHING_SAID,
      heard: 0,
      lastHeard: "",
      owesReply: false,
      saying: null,
      pressing: null,
    },
    speech: [],
    dial: null,
    legs: [],
  };
}

export function hasEnded(state: CallState): boolean {
  return state.endedAtMs !== null;
}

/** The line of who is being dialled, or talked to. */
export function liveLeg(state: CallState): Leg | undefined {
  return state.dial === null ? undefined : state.legs.at(-1);
}

/** Of the call's own timers the one that is due first, if any. */
export function nextTimer(state: CallState): { timer: TimerName; dueMs: number } | undefined {
  let first: { timer: TimerName; dueMs: number } | undefined;
  for (const timer of TIMER_NAMES) {
    const dueMs = state.timers[timer];
    if (dueMs !== undefined && (first === undefined || dueMs < first.dueMs)) first = { timer, dueMs };
  }
  return first;
}

export function recordingPath(state: CallState): string {
  return `/2010-04-01/Accounts/${state.accountSid}/Recordings/${recordingSidOf(state.sid)}`;
}
