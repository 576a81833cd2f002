// What a sandbox number does, and so how a call to it must end where nothing was killed: the contract's table.

import type { EndedReason } from "../../src/domain/call/status.ts";

export type Behaviour = {
  ends: readonly EndedReason[];
  /** The carrier places the call: its phone rings, once. */
  isPlaced: boolean;
  answeredBy: "person" | "machine" | "fax" | null;
  /** What is known of its end if the callback that tells of it is lost: only that has the SIP code. */
  unheard?: EndedReason;
  /** So much is said at least by agent and customer, if nobody disturbs the talk. */
  says?: readonly [agent: number, customer: number];
};

const person = (...ends: EndedReason[]): Behaviour => ({ ends, isPlaced: true, answeredBy: "person" });
const talks = (says: readonly [agent: number, customer: number], ...ends: EndedReason[]): Behaviour => ({
  ...person(...ends),
  says,
});
const nobody = (...ends: EndedReason[]): Behaviour => ({ ends, isPlaced: true, answeredBy: null });
const refused = (...ends: EndedReason[]): Behaviour => ({ ends, isPlaced: false, answeredBy: null });

/** Of the interested customer, who answers eight questions. */
const WHOLE_TALK = [8, 8] as const;

export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "0001": refused("invalid_number"),
  "0002": refused("unreachable_number"),
  "0004": refused("destination_blocked"),
  "0010": nobody("busy"),
  "0011": nobody("no_answer"),
  "0012": { ...nobody("declined"), unheard: "busy" },
  "0013": nobody("carrier_failed"),
  "0020": { ...person("voicemail"), answeredBy: "machine" },
  "0021": { ...person("fax"), answeredBy: "fax" },
  "0030": talks(WHOLE_TALK, "agent_hangup"),
  // As the transfer goes: a human ends the talk, or none takes the call and the agent goes on.
  "0031": talks([2, 2], "human_hangup", "agent_hangup"),
  "0032": talks([2, 2], "dnc_request"),
  "0033": talks([2, 2], "wrong_number"),
  "0034": talks([2, 2], "hostile_caller"),
  "0035": talks([1, 1], "customer_hangup"),
  "0036": talks([3, 0], "silence"),
  "0037": talks(WHOLE_TALK, "agent_hangup"),
  "0038": talks([20, 20], "max_duration"),
  "0039": talks(WHOLE_TALK, "agent_hangup"),
  "0040": refused("submission_unknown"),
  "0041": talks(WHOLE_TALK, "agent_hangup"),
  "0042": talks(WHOLE_TALK, "agent_hangup"),
  "0043": talks(WHOLE_TALK, "agent_hangup"),
  "0044": talks(WHOLE_TALK, "agent_hangup"),
  "0045": talks(WHOLE_TALK, "agent_hangup"),
  "0046": talks(WHOLE_TALK, "agent_hangup"),
  "0047": talks(WHOLE_TALK, "agent_hangup"),
  "0048": talks([1, 1], "customer_hangup"),
};

/** Those that can call in. */
export const CALLERS = [
  "0030",
  "0031",
  "0032",
  "0033",
  "0034",
  "0035",
  "0036",
  "0037",
  "0043",
  "0044",
  "0045",
  "0046",
  "0047",
] as const;

/** The NNNN of a sandbox number. */
export function behavesOf(number: string): string {
  return number.slice(-4);
}
