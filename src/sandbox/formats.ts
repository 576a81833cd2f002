// Twilio's spellings of identifiers, times and numbers.

import { toHex } from "../lib/crypto.ts";

export const API_VERSION = "2010-04-01";

export type SidPrefix = "CA" | "PN" | "RE" | "VX";

export function newSid(prefix: SidPrefix): string {
  return prefix + toHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** The last two digits count the lines that a call dials, so each SID tells whose it is and no index has to be kept. */
export function newCallSid(): string {
  return parentSidOf(newSid("CA"));
}

/** @param count 1 for the first line that the call dials. */
export function legSidOf(callSid: string, count: number): string {
  return callSid.slice(0, -2) + toHex(Uint8Array.of(count));
}

/** The call that a leg belongs to; any other call is its own. */
export function parentSidOf(callSid: string): string {
  return `${callSid.slice(0, -2)}00`;
}

/** A call has at most one recording here, so each SID gives the other and no index has to be kept. */
export function recordingSidOf(callSid: string): string {
  return `RE${callSid.slice(2)}`;
}

export function callSidOf(recordingSid: string): string {
  return `CA${recordingSid.slice(2)}`;
}

/** `Tue, 31 Aug 2010 20:36:28 +0000` */
export function rfc2822(epochMs: number): string {
  return new Date(epochMs).toUTCString().replace("GMT", "+0000");
}

/** North American numbers in their national form, all others as they are. */
export function formatNumber(number: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts === null ? number : `(${parts[1]}) ${parts[2]}-${parts[3]}`;
}

/** Of North American numbers; empty for all others. */
export function countryOf(number: string): string {
  return number.startsWith("+1") ? "US" : "";
}

/** Whole seconds as the records show them. */
export function wholeSeconds(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 1000));
}
