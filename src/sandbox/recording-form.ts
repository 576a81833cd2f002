// How a call is to be recorded: fields of the create's form, and the form of `POST Calls/{Sid}/Recordings.json`.
// https://www.twilio.com/docs/voice/api/recording#create-a-recording-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import type { Reach } from "./callback-url.ts";
import type { RecordingOrder } from "./call-state.ts";
import { RECORDING_EVENTS } from "./verbs.ts";
import {
  destinationOf,
  fieldsOf,
  invalidMethod,
  method,
  reachableUrl,
  type Refusal,
  refusalOf,
  type Refusals,
} from "./form-fields.ts";

export const RECORDING_LISTS = ["RecordingStatusCallbackEvent"];

export function recordingFields(reach: Reach) {
  return {
    RecordingChannels: z.enum(["mono", "dual"]).default("mono"),
    RecordingStatusCallback: reachableUrl(reach).optional(),
    RecordingStatusCallbackMethod: method,
    /** Separated by spaces, by the documentation; Twilio's own client repeats the field. */
    RecordingStatusCallbackEvent: z
      .array(z.string())
      .default(["completed"])
      .transform((texts) => texts.flatMap((text) => text.split(/\s+/)).filter(Boolean))
      .pipe(z.array(z.enum(RECORDING_EVENTS))),
  };
}

const fields = (reach: Reach) => z.object(recordingFields(reach));

export const RECORDING_REFUSALS: Refusals = {
  RecordingStatusCallback: () => ({ code: 13256, message: "Invalid recordingStatusCallback URL" }),
  RecordingStatusCallbackMethod: invalidMethod,
  RecordingStatusCallbackEvent: () => ({ code: 13621, message: "Invalid 'recordingStatusCallbackEvent'" }),
};

export function recordingOrderOf(form: z.infer<ReturnType<typeof fields>>): RecordingOrder {
  return {
    channels: form.RecordingChannels === "dual" ? 2 : 1,
    callback: destinationOf(form.RecordingStatusCallback, form.RecordingStatusCallbackMethod),
    events: form.RecordingStatusCallbackEvent,
  };
}

export function readRecordingForm(form: URLSearchParams, reach: Reach): Result<RecordingOrder, Refusal> {
  const parsed = fields(reach).safeParse(fieldsOf(form, RECORDING_LISTS));
  if (parsed.success) return ok(recordingOrderOf(parsed.data));
  return err(refusalOf(parsed.error, form, RECORDING_REFUSALS));
}
