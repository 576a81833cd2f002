// What holds of a call's object whatever happens to it, in whatever order (session-laws.ts says what). It is the
// real one, with its storage, sockets, D1, gate and board; the carrier, the agent and the clock are the test's.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { liveThrough } from "./session-life.ts";
import { BEGINNING_NAMES, livesFrom } from "./session-lives.ts";

/** From each beginning so many. The scheduled run takes more: `VITE_SESSION_LIVES=100 VITE_PROPERTY_SEED=N vitest run …`. */
const USUAL_LIVES = 12;
const LIVES = Number(import.meta.env.VITE_SESSION_LIVES ?? USUAL_LIVES);
const COMMANDS = 25;
/** Generous: one life takes a fifth of a second. It also bounds the search for the shortest counterexample. */
const LIFE_MS = 4_000;

const seen = new Set<string>();
let lived = 0;

test.for(BEGINNING_NAMES)(
  "whatever becomes of a call that %s, every law holds",
  { timeout: 120_000 + LIVES * LIFE_MS },
  async (name) => {
    const law = fc.asyncProperty(livesFrom(name, COMMANDS), async (life) => {
      await liveThrough(life, seen);
      lived += 1;
    });
    await fc.assert(law, { numRuns: LIVES, interruptAfterTimeLimit: 60_000 + LIVES * LIFE_MS });
  },
);

test("the lives reach every situation, so that the laws say something", ({ skip }) => {
  skip(lived < BEGINNING_NAMES.length * USUAL_LIVES, "too few lives to tell");
  for (const expected of [
    "waiting",
    "requested",
    "unknown",
    "dialing",
    "ringing",
    "talking",
    "talking, relay awaited",
    "talking, relay lost",
    "transferring, announced",
    "transferring, leaving",
    "transferring, dialing",
    "bridged",
    "closing",
    "ended",
    "connected",
    "no-answer",
    "failed",
    "slot_full",
    "create_accepted",
    "create_throttled",
    "create_unanswered",
    "created again",
    "agent_spoke",
    "agent_finished",
    "customer_heard",
    "customer_spoke",
    "words_played",
    "relay_closed",
    "relay_ended",
    "recording_ready",
    "transfer_requested",
    "human_reserved",
    "no_human",
    "whisper_requested",
    "human_accepted",
    "dial_ended",
    "human_hangup",
    "asked to list",
    "asked to hang up",
    "asked to redirect",
    "asked to take charge",
    "asked to set limit",
    "key_pressed",
    "key, transferring, dialing",
    "agent_silent",
    "turn_cut",
    "owed, talking",
    "details_recorded",
    "model_failed",
    "by script",
    "a message is left",
    "voicemail",
    "silence",
    "max_duration",
    "dies, talking",
    "dies, ended",
  ]) {
    expect(seen).toContain(expected);
  }
});
