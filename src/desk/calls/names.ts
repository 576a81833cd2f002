// How calls are spoken of.

import type { CallSummary } from "../../contract/calls.ts";
import type { Fault } from "../../domain/call/status.ts";

type Parties = Pick<CallSummary, "call_type" | "from_number" | "to_number">;

/** The customer's number. */
export function customerOf({ call_type, from_number, to_number }: Parties): string {
  return call_type === "inbound" ? from_number : to_number;
}

/** Whose fault it was that a call failed, in a few words. */
export const FAULT_WORDS: Record<Fault, string> = {
  none: "nobody's fault",
  callee: "the called number",
  carrier: "the carrier",
  config: "a setting of yours",
  platform: "the platform",
};

/** An id that nobody reads to its end. */
export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** To the second: in a call those count. */
export function showMoment(iso: string | null): string {
  return iso === null ? "–" : moment.format(new Date(iso));
}
