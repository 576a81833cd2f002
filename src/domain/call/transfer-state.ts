// What the machine knows of a transfer to a human agent; plain JSON, like the rest of a call's state.

import { z } from "zod";
import { ACCEPT_MODES } from "../human-queue.ts";

/** How a transfer can be over. `completed`: customer and human talked; `canceled`: the call ended before they did. */
export const TRANSFER_RESULTS = ["completed", "not_accepted", "no_agents", "canceled"] as const;

export const TRANSFER_PHASES = [
  /** The queue is asked for somebody. The first time the agent goes on with its talk meanwhile. */
  "reserving",
  /** The agent is telling the customer … */
  "announcing",
  /** … and has said it, but it is still being played. */
  "announced",
  /** The relay was told that it is over; the carrier is to ask what comes next. */
  "leaving",
  /** The carrier rings a human, or the human hears the brief. */
  "dialing",
  "bridged",
  ...TRANSFER_RESULTS,
] as const;

/** As the world is told of it. */
export const TRANSFER_STATUSES = ["requested", "transferring", "bridged", ...TRANSFER_RESULTS] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** The voice agent itself, because the customer wished it, or a client of the API. */
export const TRANSFER_ORIGINS = ["agent", "client"] as const;

/** How the carrier hears what comes next: as the answer that it waits for, or by a request of ours. */
export const LINE_WAYS = ["document", "redirect"] as const;
export type LineWay = (typeof LINE_WAYS)[number];

export const humanSchema = z.object({
  id: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  sip: z.string().nullable(),
});
export type ReservedHuman = z.infer<typeof humanSchema>;

const timeMs = z.number().int();

export const transferStateSchema = z.object({
  id: z.string(),
  /** The queue's name when it was asked for. */
  target: z.string(),
  queueId: z.string(),
  accept: z.enum(ACCEPT_MODES),
  brief: z.string().nullable(),
  origin: z.enum(TRANSFER_ORIGINS),
  phase: z.enum(TRANSFER_PHASES),
  /** Who is offered the call, or took it. */
  human: humanSchema.nullable(),
  /** They have picked up, and so were rung, whatever the carrier says of the order. */
  pickedUp: z.boolean().default(false),
  /** Ids of those who did not take it. */
  tried: z.array(z.string()),
  way: z.enum(LINE_WAYS),
  /** Where the way is a document: the question of the carrier that it answers (questionOf). */
  question: z.string().nullable().default(null),
  requestedAtMs: timeMs,
  bridgedAtMs: timeMs.nullable(),
  endedAtMs: timeMs.nullable(),
  /** Nobody is rung any more after this. */
  giveUpAtMs: timeMs,
  /** What the agent's part had left when it was interrupted. */
  agentLeftMs: z.number(),
  /** Nobody took the call, and the customer has not been told yet. */
  untold: z.boolean(),
  /** The customer knows of it before somebody is found, for they asked the agent for a human themselves. */
  wished: z.boolean().default(false),
});
export type TransferState = z.infer<typeof transferStateSchema>;

export function isUnderWay(transfer: TransferState | null): transfer is TransferState {
  return transfer !== null && !TRANSFER_RESULTS.some((result) => result === transfer.phase);
}

/** Somebody was found for it, whoever that was and whatever has become of it since. */
export function hasBegun({ requestedAtMs, giveUpAtMs }: TransferState): boolean {
  return giveUpAtMs > requestedAtMs;
}

/** What the world is told of a transfer. Times are epoch seconds. The human's number is not among it. */
export type TransferFacts = {
  id: string;
  target: string;
  status: TransferStatus;
  brief: string | null;
  human: { id: string; name: string } | null;
  requestedAt: number;
  bridgedAt: number | null;
  endedAt: number | null;
};

export function transferStatus({ phase, tried }: TransferState): TransferStatus {
  switch (phase) {
    case "reserving":
      return tried.length === 0 ? "requested" : "transferring";
    case "announcing":
    case "announced":
    case "leaving":
    case "dialing":
      return "transferring";
    case "bridged":
    case "completed":
    case "not_accepted":
    case "no_agents":
    case "canceled":
      return phase;
  }
}
