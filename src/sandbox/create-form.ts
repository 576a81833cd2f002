// The form of `POST Calls.json`, checked as Twilio checks it: each field that is missing or wrong has its own
// error code, and fields that are not known here are ignored.
// https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import { isReachable, type Reach } from "./callback-url.ts";
import { type CallOrder, RECORDING_EVENTS, STATUS_EVENTS } from "./call-state.ts";

export type Refusal = { code: number; message: string };

const MAX_TWIML_CHARS = 4000;
const MAX_URL_CHARS = 4000;
const MAX_RING_SECONDS = 600;
const DEFAULT_RING_SECONDS = 60;
const DEFAULT_CALL_SECONDS = 14_400;
const MAX_CALL_SECONDS = 86_400;

const E164 = /^\+[1-9]\d{6,14}$/;
const ADDRESS = /^(\+[1-9]\d{6,14}|sip:\S+@\S+|client:\S+)$/;

const method = z.enum(["GET", "POST"]).default("POST");
const flag = z.enum(["true", "false"]).default("false");

function seconds(min: number, max: number, standard: number) {
  return z.coerce.number().int().min(min).max(max).default(standard);
}

function createForm(reach: Reach) {
  const url = z
    .string()
    .max(MAX_URL_CHARS)
    .refine((text) => isReachable(text, reach));
  return z.object({
    To: z.string().regex(ADDRESS),
    From: z.string().regex(E164),
    Url: url.optional(),
    Method: method,
    Twiml: z.string().max(MAX_TWIML_CHARS).optional(),
    FallbackUrl: url.optional(),
    FallbackMethod: method,
    StatusCallback: url.optional(),
    StatusCallbackMethod: method,
    StatusCallbackEvent: z.array(z.enum(STATUS_EVENTS)).default(["completed"]),
    Timeout: seconds(1, MAX_RING_SECONDS, DEFAULT_RING_SECONDS),
    TimeLimit: seconds(1, MAX_CALL_SECONDS, DEFAULT_CALL_SECONDS),
    Record: flag,
    RecordingChannels: z.enum(["mono", "dual"]).default("mono"),
    RecordingStatusCallback: url.optional(),
    RecordingStatusCallbackMethod: method,
    RecordingStatusCallbackEvent: z
      .string()
      .default("completed")
      .transform((text) => text.split(/\s+/).filter(Boolean))
      .pipe(z.array(z.enum(RECORDING_EVENTS))),
    MachineDetection: z.enum(["none", "Enable", "DetectMessageEnd"]).default("none"),
    AsyncAmd: flag,
    AsyncAmdStatusCallback: url.optional(),
    AsyncAmdStatusCallbackMethod: method,
  });
}

type CreateForm = z.infer<ReturnType<typeof createForm>>;

/** What is wrong with a field, by its name; any other is 20001. */
const REFUSALS: Readonly<Record<string, (value: string) => Refusal>> = {
  To: (value) => ({ code: 21211, message: `The 'To' number ${value} is not a valid phone number.` }),
  From: (value) => ({ code: 21212, message: `The 'From' number ${value} is not a valid phone number.` }),
  Url: (value) => ({ code: 21205, message: `Url is not a valid URL: ${value}` }),
  FallbackUrl: (value) => ({ code: 21205, message: `FallbackUrl is not a valid URL: ${value}` }),
  Method: invalidMethod,
  FallbackMethod: invalidMethod,
  StatusCallbackMethod: invalidMethod,
  RecordingStatusCallbackMethod: invalidMethod,
  AsyncAmdStatusCallbackMethod: invalidMethod,
  Twiml: () => ({ code: 32018, message: "Twiml size exceeded maximum allowed value" }),
  StatusCallback: (value) => ({
    code: 21609,
    message: `The StatusCallback URL ${value} is not a valid URL.`,
  }),
  StatusCallbackEvent: () => ({ code: 21626, message: "Invalid 'StatusCallbackEvent'" }),
  Timeout: () => ({ code: 21208, message: "Invalid Timeout" }),
  TimeLimit: () => ({ code: 13216, message: "Invalid timeLimit value" }),
  RecordingStatusCallback: () => ({ code: 13256, message: "Invalid recordingStatusCallback URL" }),
  RecordingStatusCallbackEvent: () => ({ code: 13621, message: "Invalid 'recordingStatusCallbackEvent'" }),
  MachineDetection: () => ({ code: 21234, message: "Invalid Machine Detection configuration value" }),
  AsyncAmd: () => ({ code: 21263, message: "Invalid Answering Machine Detection Parameters" }),
  AsyncAmdStatusCallback: () => ({ code: 21263, message: "Invalid Answering Machine Detection Parameters" }),
};

export function readCreateForm(form: URLSearchParams, reach: Reach): Result<CallOrder, Refusal> {
  if (!form.get("To")) return err({ code: 21201, message: "No 'To' number is specified" });
  if (!form.get("From")) return err({ code: 21213, message: "No 'From' number is specified" });
  if (!form.get("Url") && !form.get("Twiml"))
    return err({ code: 21205, message: "Url parameter is required." });
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of form) if (value !== "") fields[name] = value;
  if (form.has("StatusCallbackEvent")) fields["StatusCallbackEvent"] = form.getAll("StatusCallbackEvent");
  const parsed = createForm(reach).safeParse(fields);
  if (parsed.success) return ok(orderOf(parsed.data));
  const name = String(parsed.error.issues[0]?.path[0]);
  const refuse = REFUSALS[name];
  return err(
    refuse?.((form.get(name) ?? "").slice(0, 100)) ?? { code: 20001, message: `Invalid parameter ${name}` },
  );
}

function orderOf(form: CreateForm): CallOrder {
  return {
    to: form.To,
    from: form.From,
    document: form.Url === undefined ? { twiml: form.Twiml ?? "" } : { url: form.Url, method: form.Method },
    fallback: destinationOf(form.FallbackUrl, form.FallbackMethod),
    statusCallback: destinationOf(form.StatusCallback, form.StatusCallbackMethod),
    statusEvents: form.StatusCallbackEvent,
    timeoutSeconds: form.Timeout,
    timeLimitSeconds: form.TimeLimit,
    recording:
      form.Record === "false"
        ? null
        : {
            channels: form.RecordingChannels === "dual" ? 2 : 1,
            callback: destinationOf(form.RecordingStatusCallback, form.RecordingStatusCallbackMethod),
            events: form.RecordingStatusCallbackEvent,
          },
    detection:
      form.MachineDetection === "none"
        ? null
        : {
            messageEnd: form.MachineDetection === "DetectMessageEnd",
            async: form.AsyncAmd === "true",
            callback: destinationOf(form.AsyncAmdStatusCallback, form.AsyncAmdStatusCallbackMethod),
          },
  };
}

function destinationOf(url: string | undefined, verb: "GET" | "POST") {
  return url === undefined ? null : { url, method: verb };
}

function invalidMethod(value: string): Refusal {
  return { code: 21209, message: `Invalid Method: ${value}` };
}
