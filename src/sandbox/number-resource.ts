// A number as Twilio's JSON resource. Nothing but voice is to be had here.
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource

import { API_VERSION, rfc2822 } from "./formats.ts";
import type { NumberSettings } from "./number-form.ts";

export type OwnedNumber = {
  sid: string;
  phone: string;
  settings: NumberSettings;
  createdAtMs: number;
  updatedAtMs: number;
};

export type NumberResource = ReturnType<typeof numberResource>;

export function numberResource(accountSid: string, number: OwnedNumber) {
  const { friendlyName, voice, fallback, statusCallback } = number.settings;
  return {
    sid: number.sid,
    account_sid: accountSid,
    friendly_name: friendlyName,
    phone_number: number.phone,
    // An address that is not set is an empty text, with a method all the same.
    voice_url: voice?.url ?? "",
    voice_method: voice?.method ?? "POST",
    voice_fallback_url: fallback?.url ?? "",
    voice_fallback_method: fallback?.method ?? "POST",
    status_callback: statusCallback?.url ?? "",
    status_callback_method: statusCallback?.method ?? "POST",
    voice_application_sid: null,
    voice_caller_id_lookup: false,
    voice_receive_mode: "voice",
    date_created: rfc2822(number.createdAtMs),
    date_updated: rfc2822(number.updatedAtMs),
    sms_url: "",
    sms_method: "POST",
    sms_fallback_url: "",
    sms_fallback_method: "POST",
    sms_application_sid: null,
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    beta: false,
    origin: "twilio",
    type: "local",
    status: "in-use",
    api_version: API_VERSION,
    address_requirements: "none",
    address_sid: null,
    identity_sid: null,
    bundle_sid: null,
    trunk_sid: null,
    emergency_status: "Inactive",
    emergency_address_sid: null,
    emergency_address_status: "unregistered",
    uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}
