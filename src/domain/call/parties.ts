import type { CallType } from "./status.ts";

type Ends = { callType: CallType; from: string; to: string };

/** The number of the customer of a call, who may withhold it: then it is none. */
export function customerOf({ callType, from, to }: Ends): string {
  return callType === "inbound" ? from : to;
}

/** The organisation's own number in a call. */
export function ownNumberOf({ callType, from, to }: Ends): string {
  return callType === "inbound" ? to : from;
}
