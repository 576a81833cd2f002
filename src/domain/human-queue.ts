// People who take calls over, and who of a queue is offered the next one. Pure: the AgentQueue object keeps who is
// there and who is reserved.

/** How a person of a queue takes a call: by a key pressed after the brief, or by picking up. */
export const ACCEPT_MODES = ["key", "auto"] as const;
export type AcceptMode = (typeof ACCEPT_MODES)[number];

/** Only who is available is offered calls. */
export const PRESENCES = ["available", "busy", "offline"] as const;
export type Presence = (typeof PRESENCES)[number];

/** Reached by exactly one of `phone` (E.164) and `sip` (an address). `createdAt` is in epoch seconds. */
export type NewHuman = {
  id: string;
  name: string;
  phone: string | null;
  sip: string | null;
  presence: Presence;
  createdAt: number;
};

/** As a queue shows them. Who is reserved is offered a call, or talks to one. */
export type HumanAgent = NewHuman & { isReserved: boolean };

export type HumanAddress = Pick<NewHuman, "phone" | "sip">;

/** What is absent or undefined stays as it is. */
export type HumanChanges = { [K in "name" | "phone" | "sip" | "presence"]?: NewHuman[K] | undefined };

export type HumanRequest = {
  transferId: string;
  callId: string;
  /** Ids of those who were tried already. */
  exclude: string[];
  /** Without another word the person is free again from then on. */
  leaseUntilMs: number;
};

export type HumanReservation =
  | { kind: "reserved"; human: Pick<NewHuman, "id" | "name" | "phone" | "sip"> }
  | { kind: "none" };

/** `available`: somebody could be reserved now. `depth`: how many calls are being offered to the queue now. */
export type QueueAvailability = { available: boolean; depth: number };

/** `idleSinceMs` is when they last came free of a call or of the offer of one; null: never offered any. */
export type Candidate = Pick<HumanAgent, "id" | "presence" | "isReserved"> & { idleSinceMs: number | null };

/** The one who has been idle longest of those who can take a call; null if nobody can. */
export function chooseHuman(candidates: readonly Candidate[], exclude: readonly string[]): Candidate | null {
  const isFree = ({ id, presence, isReserved }: Candidate) =>
    presence === "available" && !isReserved && !exclude.includes(id);
  let chosen: Candidate | null = null;
  for (const candidate of candidates) {
    if (isFree(candidate) && (chosen === null || comesBefore(candidate, chosen))) chosen = candidate;
  }
  return chosen;
}

function comesBefore(one: Candidate, other: Candidate): boolean {
  const oneSince = one.idleSinceMs ?? -Infinity;
  const otherSince = other.idleSinceMs ?? -Infinity;
  return oneSince === otherSince ? one.id < other.id : oneSince < otherSince;
}

/** A person's one address: a new one takes the place of the one before, of whichever kind that was. */
export function changeAddress(current: HumanAddress, { phone, sip }: HumanChanges): HumanAddress {
  if (typeof phone === "string" && typeof sip !== "string") return { phone, sip: null };
  if (typeof sip === "string" && typeof phone !== "string") return { phone: null, sip };
  return {
    phone: phone === undefined ? current.phone : phone,
    sip: sip === undefined ? current.sip : sip,
  };
}
