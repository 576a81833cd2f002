// One call as it happens: what its socket has told so far.

import type { CallRecord } from "../../contract/calls.ts";
import type { LiveMessage } from "../../contract/live.ts";
import type { CallStatus } from "../../domain/call/status.ts";
import type { ShownTurn } from "../ui/shown-turn.ts";

type Of<T extends LiveMessage["type"]> = Extract<LiveMessage, { type: T }>;

export type WatchedCall = {
  /** By index, and so in order. One without text was taken back. */
  lines: readonly ShownTurn[];
  status: CallStatus | null;
  transfer: Of<"transfer"> | null;
  end: Of<"end"> | null;
};

export const NOTHING_HEARD: WatchedCall = { lines: [], status: null, transfer: null, end: null };

export function hear(known: WatchedCall, message: LiveMessage): WatchedCall {
  switch (message.type) {
    case "start":
      return known;
    case "status":
      return { ...known, status: message.status };
    case "transcript":
      return { ...known, lines: withLine(known.lines, message) };
    case "transfer":
      return { ...known, transfer: message };
    case "end":
      return { ...known, status: "ended", end: message };
  }
}

function withLine(lines: readonly ShownTurn[], line: Of<"transcript">): ShownTurn[] {
  const { index, speaker, text, timestamp } = line;
  const before = lines.findLastIndex((other) => other.index <= index);
  const isKnown = lines[before]?.index === index;
  const at = isKnown ? before : before + 1;
  return lines.toSpliced(at, isKnown ? 1 : 0, { index, speaker, text, timestamp });
}

/**
 * All that was said. The socket tells who comes late of the last minutes only: what went before is the record's.
 */
export function turnsOf({ lines }: WatchedCall, record: CallRecord): ShownTurn[] {
  const first = lines[0];
  const earlier =
    first?.index === 0
      ? []
      : record.transcript.filter(({ timestamp }) => first === undefined || timestamp < first.timestamp);
  return [
    // Before all that the socket numbers.
    ...earlier.map(({ speaker, text, timestamp }, at) => ({
      index: at - earlier.length,
      speaker,
      text,
      timestamp,
    })),
    ...lines.filter(({ text }) => text !== ""),
  ];
}
