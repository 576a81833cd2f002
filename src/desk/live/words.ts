// What the page calls things.

import type { CallStatus, RequestedEndReason } from "../../domain/call/status.ts";
import type { TransferStatus } from "../../domain/call/transfer-state.ts";

export const DIRECTIONS = { inbound: "Inbound", outbound: "Outbound" } as const;

/** By which colour a status is known; none where nothing is decided yet. */
export const STATUS_KINDS: Record<CallStatus, string | null> = {
  dialing: null,
  ringing: null,
  in_progress: "good",
  transferring: "warn",
  bridged: "bridged",
  ended: null,
};

export const END_REASONS: Record<RequestedEndReason, { label: string; effect: string }> = {
  workflow_close: {
    label: "The matter is settled",
    effect: "The call ends. Nothing else follows from it.",
  },
  dnc_request: {
    label: "They want no more calls",
    effect:
      "The call ends, and the number is opted out at once: nobody in your organisation can call it any more, and its recordings are withheld.",
  },
  wrong_number: {
    label: "Wrong number",
    effect: "The call ends, and is recorded as a wrong number. The number can still be called.",
  },
  hostile_caller: {
    label: "Hostile or abusive",
    effect: "The call ends, and is recorded as hostile. The number can still be called.",
  },
};

type Transfer = { status: TransferStatus; target: string; human_agent: { name: string } | null };

export function describeTransfer({ status, target, human_agent: human }: Transfer): string {
  const who = human?.name ?? "Somebody";
  switch (status) {
    case "requested":
      return `Looking for somebody in ${target}…`;
    case "transferring":
      return human === null ? `Looking for somebody in ${target}…` : `Ringing ${who} of ${target}…`;
    case "bridged":
      return `${who} of ${target} took the call and talks with the customer.`;
    case "completed":
      return `${who} of ${target} took the call.`;
    case "not_accepted":
      return `Nobody in ${target} took the call. The voice agent goes on.`;
    case "no_agents":
      return `Nobody in ${target} was available. The voice agent goes on.`;
    case "canceled":
      return `The call ended before anybody in ${target} took it.`;
  }
}
