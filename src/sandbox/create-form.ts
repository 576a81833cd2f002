// The form of `POST Calls.json`, checked as Twilio checks it: each field that is missing or wrong has its own
// error code, and fields that are not known here are ignored.
// https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import type { Reach } from "./callback-url.ts";
import type { CallOrder } from "./call-state.ts";
import {
  destinationOf,
  e164,
  fieldsOf,
  flag,
  invalidMethod,
  invalidStatusCallback,
  invalidUrl,
  method,
  reachableUrl,
  type Refusal,
  refusalOf,
  type Refusals,
} from "./form-fields.ts";
import { STATUS_EVENTS } from "./verbs.ts";
import { RECORDING_LISTS, RECORDING_REFUSALS, recordingFields, recordingOrderOf } from "./recording-form.ts";

const MAX_TWIML_CHARS = 4000;
const MAX_RING_SECONDS = 600;
const DEFAULT_RING_SECONDS = 60;
const DEFAULT_CALL_SECONDS = 14_400;
const MAX_CALL_SECONDS = 86_400;

const ADDRESS = /^(\+[1-9]\d{6,14}|sip:\S+@\S+|client:\S+)$/;

function seconds(min: number, max: number, standard: number) {
  return z.coerce.number().int().min(min).max(max).default(standard);
}

function createForm(reach: Reach) {
  const url = reachableUrl(reach);
  return z.object({
    To: z.string().regex(ADDRESS),
    From: e164,
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
    ...recordingFields(reach),
    MachineDetection: z.enum(["none", "Enable", "DetectMessageEnd"]).default("none"),
    AsyncAmd: flag,
    AsyncAmdStatusCallback: url.optional(),
    AsyncAmdStatusCallbackMethod: method,
  });
}

type CreateForm = z.infer<ReturnType<typeof createForm>>;

const REFUSALS: Refusals = {
  ...RECORDING_REFUSALS,
  To: (value) => ({ code: 21211, message: `The 'To' number ${value} is not a valid phone number.` }),
  From: (value) => ({ code: 21212, message: `The 'From' number ${value} is not a valid phone number.` }),
  Url: invalidUrl("Url"),
  FallbackUrl: invalidUrl("FallbackUrl"),
  Method: invalidMethod,
  FallbackMethod: invalidMethod,
  StatusCallbackMethod: invalidMethod,
  AsyncAmdStatusCallbackMethod: invalidMethod,
  Twiml: () => ({ code: 32018, message: "Twiml size exceeded maximum allowed value" }),
  StatusCallback: invalidStatusCallback,
  StatusCallbackEvent: () => ({ code: 21626, message: "Invalid 'StatusCallbackEvent'" }),
  Timeout: () => ({ code: 21208, message: "Invalid Timeout" }),
  TimeLimit: () => ({ code: 13216, message: "Invalid timeLimit value" }),
  MachineDetection: () => ({ code: 21234, message: "Invalid Machine Detection configuration value" }),
  AsyncAmd: () => ({ code: 21263, message: "Invalid Answering Machine Detection Parameters" }),
  AsyncAmdStatusCallback: () => ({ code: 21263, message: "Invalid Answering Machine Detection Parameters" }),
};

export function readCreateForm(form: URLSearchParams, reach: Reach): Result<CallOrder, Refusal> {
  if (!form.get("To")) return err({ code: 21201, message: "No 'To' number is specified" });
  if (!form.get("From")) return err({ code: 21213, message: "No 'From' number is specified" });
  if (!form.get("Url") && !form.get("Twiml"))
    return err({ code: 21205, message: "Url parameter is required." });
  const parsed = createForm(reach).safeParse(fieldsOf(form, ["StatusCallbackEvent", ...RECORDING_LISTS]));
  return parsed.success ? ok(orderOf(parsed.data)) : err(refusalOf(parsed.error, form, REFUSALS));
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
    recording: form.Record === "false" ? null : recordingOrderOf(form),
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
