// The form of `POST IncomingPhoneNumbers.json`: a number, and what is done about calls to it.
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import type { Reach } from "./callback-url.ts";
import {
  destinationOf,
  e164,
  fieldsOf,
  method,
  reachableUrl,
  type Refusal,
  refusalOf,
  type Refusals,
} from "./form-fields.ts";
import { formatNumber } from "./formats.ts";
import { destination } from "./verbs.ts";

export const numberSettings = z.object({
  friendlyName: z.string(),
  voice: destination.nullable(),
  fallback: destination.nullable(),
  statusCallback: destination.nullable(),
});
export type NumberSettings = z.infer<typeof numberSettings>;
export type NumberOrder = { phone: string; settings: NumberSettings };

const MAX_NAME_CHARS = 64;

function numberForm(reach: Reach) {
  const url = reachableUrl(reach);
  return z.object({
    PhoneNumber: e164,
    FriendlyName: z.string().max(MAX_NAME_CHARS).optional(),
    VoiceUrl: url.optional(),
    VoiceMethod: method,
    VoiceFallbackUrl: url.optional(),
    VoiceFallbackMethod: method,
    StatusCallback: url.optional(),
    StatusCallbackMethod: method,
  });
}

const REFUSALS: Refusals = {
  PhoneNumber: (value) => ({ code: 21421, message: `PhoneNumber ${value} is invalid` }),
  FriendlyName: () => ({ code: 20002, message: "Invalid FriendlyName" }),
  VoiceUrl: () => ({ code: 21402, message: "VoiceUrl is not valid" }),
  VoiceMethod: () => ({ code: 21403, message: "VoiceMethod is not valid" }),
  VoiceFallbackUrl: () => ({ code: 21402, message: "VoiceFallbackUrl is not valid" }),
  VoiceFallbackMethod: () => ({ code: 21403, message: "VoiceFallbackMethod is not valid" }),
  StatusCallback: () => ({ code: 21402, message: "StatusCallback is not valid" }),
  StatusCallbackMethod: () => ({ code: 21403, message: "StatusCallbackMethod is not valid" }),
};

export function readNumberForm(form: URLSearchParams, reach: Reach): Result<NumberOrder, Refusal> {
  const parsed = numberForm(reach).safeParse(fieldsOf(form));
  if (!parsed.success) return err(refusalOf(parsed.error, form, REFUSALS));
  const { PhoneNumber, FriendlyName, VoiceUrl, VoiceFallbackUrl, StatusCallback, ...methods } = parsed.data;
  if (VoiceFallbackUrl !== undefined && VoiceUrl === undefined) {
    return err({ code: 21405, message: "Cannot set VoiceFallbackUrl without setting VoiceUrl" });
  }
  const settings = {
    friendlyName: FriendlyName ?? formatNumber(PhoneNumber),
    voice: destinationOf(VoiceUrl, methods.VoiceMethod),
    fallback: destinationOf(VoiceFallbackUrl, methods.VoiceFallbackMethod),
    statusCallback: destinationOf(StatusCallback, methods.StatusCallbackMethod),
  };
  return ok({ phone: PhoneNumber, settings });
}
