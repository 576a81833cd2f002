// What a document can ask for, as plain data: the verbs of TwiML that the sandbox knows.

import { z } from "zod";

export const destination = z.object({ url: z.string(), method: z.enum(["GET", "POST"]) });
export type Destination = z.infer<typeof destination>;

export const RECORDING_EVENTS = ["in-progress", "completed", "absent"] as const;

export const STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"] as const;
export type StatusEvent = (typeof STATUS_EVENTS)[number];

export const relayOrder = z.object({
  /** The address exactly as written: the handshake's signature is over it. */
  url: z.string(),
  action: destination.nullable(),
  welcomeGreeting: z.string().nullable(),
  lang: z.string(),
  /** What the customer says while the agent speaks cuts it off. */
  interruptible: z.boolean(),
  /** So does a key, if keys are heard at all. */
  interruptibleByKeys: z.boolean().default(false),
  hearsKeys: z.boolean().default(false),
  /** What the customer says is told while it is being said, too. */
  sendsPartials: z.boolean().default(false),
  reportsTokensPlayed: z.boolean(),
  parameters: z.record(z.string(), z.string()),
});

const say = z.object({ verb: z.literal("say"), text: z.string() });
const pause = z.object({ verb: z.literal("pause"), seconds: z.number() });

const dialOrder = z.object({
  action: destination.nullable(),
  timeoutSeconds: z.number(),
  /** Of the talk between the two parties. */
  timeLimitSeconds: z.number(),
  /** The caller of who is dialled; null for that of the call itself. */
  callerId: z.string().nullable(),
  answerOnBridge: z.boolean(),
  /** Null if the verb names nobody whom the sandbox can call. */
  to: z.string().nullable(),
  /** What is run on the line of who is dialled, before the two are bridged. */
  whisper: destination.nullable(),
  statusCallback: destination.nullable(),
  statusEvents: z.array(z.enum(STATUS_EVENTS)),
});
export type DialOrder = z.infer<typeof dialOrder>;

export const gatherOrder = z.object({
  action: destination,
  /** The person's keys count, not its words alone. */
  hearsKeys: z.boolean(),
  timeoutSeconds: z.number(),
  /** How many keys make it complete; null for any number. */
  numDigits: z.number().nullable(),
  finishOnKey: z.string(),
  actionOnEmptyResult: z.boolean(),
  prompts: z.array(z.discriminatedUnion("verb", [say, pause])),
});
export type GatherOrder = z.infer<typeof gatherOrder>;

export const verb = z.discriminatedUnion("verb", [
  say,
  pause,
  z.object({ verb: z.literal("hangup") }),
  z.object({ verb: z.literal("reject"), reason: z.enum(["busy", "rejected"]) }),
  z.object({ verb: z.literal("redirect"), to: destination }),
  z.object({ verb: z.literal("relay"), relay: relayOrder }),
  z.object({ verb: z.literal("dial"), dial: dialOrder }),
  z.object({ verb: z.literal("gather"), gather: gatherOrder }),
  z.object({
    verb: z.literal("record"),
    callback: destination.nullable(),
    events: z.array(z.enum(RECORDING_EVENTS)),
  }),
]);
export type Verb = z.infer<typeof verb>;
