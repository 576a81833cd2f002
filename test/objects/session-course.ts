// What comes next in the life of a call with which all goes well.

import type { Deed, FrameDraw } from "./session-lives.ts";

const ring: Deed = {
  does: "report",
  whose: "ours",
  phase: "ringing",
  clockOffMs: 0,
  talkedSeconds: null,
  answeredBy: null,
};
const picksUp: Deed = { does: "answer", whose: "ours", answeredBy: "person" };
const opens: Deed = { does: "open relay", setup: "setup" };
const relayEnds: Deed = { does: "relay end", whose: "ours", session: "last", failed: true, callOver: false };
const frame = (draw: FrameDraw): Deed => ({ does: "frame", on: "newest", frame: draw });
const says = frame({ says: "words", whole: true });
const talksOn = frame({ says: "words", whole: false });
const played = frame({ says: "played", what: "last piece" });
const presses = frame({ says: "key", key: "1" });
const waits: Deed = { does: "wait", ms: 2_000 };
const letGo: Deed = { does: "let go", release: "answers" };
const completed: Deed = { ...ring, phase: "completed", talkedSeconds: 5 };
const recorded: Deed = { does: "recording", whose: "ours", which: "RE1" };
const alarm: Deed = { does: "alarm" };

const transfer: Deed = { does: "transfer" };
const accepts: Deed = {
  does: "human asks",
  what: "accept",
  who: "rung",
  whose: "ours",
  pressedKey: true,
};
const hears: Deed = { ...accepts, what: "whisper" };
const gone: Deed = { does: "human gone", who: "rung", whose: "ours", talked: false, callOver: false };

/** By situation (session-laws.ts), what may come next. */
const NEXT: Record<string, readonly Deed[]> = {
  waiting: [{ does: "free slot" }, alarm, alarm],
  requested: [letGo, letGo, alarm],
  unknown: [alarm, ring],
  dialing: [ring, ring, picksUp],
  ringing: [picksUp],
  talking: [says, talksOn, presses, played, waits, letGo, transfer, alarm],
  "talking, relay awaited": [opens, opens, alarm],
  "talking, relay lost": [relayEnds, relayEnds, opens, alarm],
  "talking, relay none": [completed, alarm],
  "transferring, announcing": [letGo, says, alarm],
  "transferring, announced": [played, played, says, alarm],
  "transferring, leaving": [relayEnds, relayEnds, alarm],
  "transferring, dialing": [accepts, accepts, hears, gone, gone, alarm],
  bridged: [{ ...gone, talked: true }, completed, waits, alarm],
  closing: [played, alarm, completed],
  ended: [recorded, alarm],
};

/** @param which one of several, if there are. */
export function nextIn(situation: string, which: number): Deed {
  const choices = NEXT[situation] ?? [];
  return choices[which % choices.length] ?? alarm;
}
