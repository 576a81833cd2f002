// Random lives of a call's object: what the carrier, the people on the line, clients, the clock and the runtime may
// do to it, in any order, again, too late, or of a call that is another's. Plain data, so that a counterexample can
// be read; session-life.ts carries it out.

import * as fc from "fast-check";
import { CARRIER_PHASES } from "../../src/domain/call/events.ts";
import { ANSWERERS } from "../../src/domain/call/state.ts";
import { AGENT_END_REASONS, REQUESTED_END_REASONS } from "../../src/domain/call/status.ts";
import type { TurnShape } from "../support/agent-lines.ts";
import { CREATE_ANSWERS, MOODS, type CarrierScript, type CreateAnswer } from "../support/moody-carrier.ts";

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const LIVING = ["queued", "ringing", "answered"] as const;

const whose = fc.oneof(often(12, fc.constant("ours" as const)), often(1, fc.constant("foreign" as const)));
const answeredBy = fc.constantFrom("person", "person", "person", "person", null, ...ANSWERERS);

/** What comes next where all goes well: without it most lives would end before anybody has said a word. */
const next = fc.record({ does: fc.constant("next" as const), which: fc.nat({ max: 7 }) });

const fromCarrier = fc.oneof(
  often(
    4,
    fc.record({
      does: fc.constant("report" as const),
      whose,
      phase: fc.oneof(often(2, fc.constantFrom(...LIVING)), fc.constantFrom(...CARRIER_PHASES)),
      clockOffMs: fc.constantFrom(null, 0, 0, -3_000, 7_200_000),
      talkedSeconds: fc.constantFrom(null, 0, 5, 9_000),
      answeredBy,
    }),
  ),
  often(4, fc.record({ does: fc.constant("answer" as const), whose, answeredBy })),
  often(
    3,
    fc.record({
      does: fc.constant("relay end" as const),
      whose,
      session: fc.constantFrom("last", "last", "first", "another", "none"),
      failed: fc.boolean(),
      callOver: fc.constantFrom(false, false, false, true),
    }),
  ),
  fc.record({ does: fc.constant("recording" as const), whose, which: fc.constantFrom("RE1", "RE2") }),
  often(3, fc.record({ does: fc.constant("same again" as const) })),
  often(
    2,
    fc.record({
      does: fc.constant("let go" as const),
      release: fc.constantFrom("answers", "answers", "breaks"),
    }),
  ),
);

const frame = fc.oneof(
  often(8, fc.record({ says: fc.constant("words" as const), whole: fc.constantFrom(true, true, false) })),
  often(3, fc.record({ says: fc.constant("interrupt" as const), words: fc.nat({ max: 8 }) })),
  often(
    3,
    fc.record({
      says: fc.constant("played" as const),
      what: fc.constantFrom("last piece", "line", "else"),
    }),
  ),
  often(3, fc.record({ says: fc.constant("key" as const), key: fc.constantFrom("1", "5", "*", "#") })),
  fc.record({
    says: fc.constantFrom("nothing", "error", "setup", "unknown", "garbage", "binary"),
  }),
);
export type FrameDraw = Of<typeof frame>;

const onRelay = fc.oneof(
  often(
    4,
    fc.record({
      does: fc.constant("open relay" as const),
      setup: fc.constantFrom("setup", "setup", "setup", "setup", "wrong call", "nothing"),
    }),
  ),
  often(
    8,
    fc.record({
      does: fc.constant("frame" as const),
      on: fc.constantFrom("newest", "newest", "newest", "oldest"),
      frame,
    }),
  ),
  often(2, fc.record({ does: fc.constant("lose relay" as const), code: fc.constantFrom(1000, 1011) })),
);

const byClient = fc.oneof(
  fc.record({
    does: fc.constant("end" as const),
    reason: fc.constantFrom("dnc_request", ...REQUESTED_END_REASONS),
  }),
  often(3, fc.record({ does: fc.constant("transfer" as const) })),
  often(5, fc.record({ does: fc.constantFrom("start", "snapshot", "watch", "vouch", "free slot") })),
);

/** On the line of a human, and of its end. `who`: the one who is rung, or another. */
const fromHuman = fc.oneof(
  often(
    3,
    fc.record({
      does: fc.constant("human asks" as const),
      what: fc.constantFrom("whisper", "accept"),
      who: fc.constantFrom("rung", "rung", "rung", "another"),
      whose,
      pressedKey: fc.constantFrom(true, true, false),
    }),
  ),
  often(
    2,
    fc.record({
      does: fc.constant("human gone" as const),
      who: fc.constantFrom("rung", "rung", "rung", "another"),
      whose,
      talked: fc.constantFrom(false, false, false, true),
      callOver: fc.constantFrom(false, false, false, true),
    }),
  ),
);

const byRuntime = fc.oneof(
  often(4, fc.record({ does: fc.constantFrom("alarm", "alarm", "fire") })),
  often(
    3,
    fc.record({
      does: fc.constant("wait" as const),
      // An object may wake on a machine whose clock is a little behind.
      ms: fc.oneof(often(4, fc.integer({ min: -500, max: 3_000 })), fc.nat({ max: 40_000 })),
    }),
  ),
  often(
    3,
    fc.record({
      does: fc.constant("evict" as const),
      webSockets: fc.constantFrom("hibernate", "hibernate", "close"),
    }),
  ),
  often(2, fc.record({ does: fc.constant("crash" as const) })),
  fc.record({ does: fc.constant("d1" as const), away: fc.boolean() }),
);

const command = fc.oneof(
  often(12, next),
  often(4, fromCarrier),
  often(5, onRelay),
  often(3, fromHuman),
  often(2, byClient),
  often(5, byRuntime),
);
export type Command = Of<typeof command>;
/** What is done in the end; what `next` is shows when it comes to it. */
export type Deed = Exclude<Command, { does: "next" }>;

const step = fc.record({
  command,
  /** Whether all comes to rest before the next; if not, that one meets the object in the midst of this. */
  rests: fc.constantFrom(true, true, true, false),
});
export type Step = Of<typeof step>;

const mood = fc.constantFrom("truth", "truth", "truth", ...MOODS);
const turnShape = fc.record({
  pieces: fc.constantFrom(0, 1, 1, 2, 2, 3),
  notes: fc.constantFrom(null, null, null, "details", "details", "too much", "model failed"),
  pausesAfter: fc.constantFrom(null, null, null, 0, 1, 2),
  ends: fc.oneof(
    often(8, fc.constant(null)),
    fc.constantFrom(...AGENT_END_REASONS),
    fc.constant("dnc_request" as const),
    fc.constant("transfer" as const),
  ),
});

export type Life = {
  inbound: boolean;
  /** How many humans could take the call over. */
  people: number;
  gateIsFull: boolean;
  leavesMessages: boolean;
  /** Of the agent's part. */
  maxDurationMs: number;
  carrier: CarrierScript;
  agent: readonly TurnShape[];
  beginning: readonly Command[];
  steps: readonly Step[];
  /** How the carrier keeps silent when the call is left alone in the end. */
  silence: "lost" | "held" | "error";
};

/** How a call comes to where its random life begins. */
type Beginning = {
  inbound?: boolean;
  gateIsFull?: boolean;
  leavesMessages?: boolean;
  people?: number;
  firstCreate: readonly CreateAnswer[];
  firstTurn?: TurnShape;
  commands: readonly Command[];
};

const DIALS: Command = { does: "alarm" };
const report = (phase: "ringing" | "busy"): Command => {
  const quiet = { clockOffMs: null, talkedSeconds: null, answeredBy: null };
  return { does: "report", whose: "ours", phase, ...quiet };
};
const PICKS_UP: Extract<Command, { does: "answer" }> = {
  does: "answer",
  whose: "ours",
  answeredBy: "person",
};
const OPENS: Command = { does: "open relay", setup: "setup" };
const presses = (key: "1" | "5"): Command => ({
  does: "frame",
  on: "newest",
  frame: { says: "key", key },
});
const TAKES: Command = {
  does: "human asks",
  what: "accept",
  who: "rung",
  whose: "ours",
  pressedKey: true,
};
const ACCEPTED: Pick<Beginning, "firstCreate"> = { firstCreate: ["accepted"] };

const BEGINNINGS = {
  "waits for a slot": { gateIsFull: true, firstCreate: CREATE_ANSWERS, commands: [DIALS] },
  "is being created": {
    firstCreate: ["held_but_placed", "held_then_refused", "held_then_throttled"],
    commands: [DIALS],
  },
  "may have been created": {
    firstCreate: ["lost", "lost_but_placed", "error", "error_but_placed"],
    commands: [DIALS],
  },
  "was put off": { firstCreate: ["throttled"], commands: [DIALS, DIALS] },
  rings: { ...ACCEPTED, commands: [DIALS, report("ringing")] },
  "comes in": { ...ACCEPTED, inbound: true, commands: [OPENS] },
  "is answered": { ...ACCEPTED, commands: [DIALS, report("ringing"), PICKS_UP] },
  talks: { ...ACCEPTED, commands: [DIALS, PICKS_UP, OPENS] },
  "says goodbye": {
    ...ACCEPTED,
    firstTurn: { pieces: 2, pausesAfter: null, ends: "agent_hangup" },
    commands: [DIALS, PICKS_UP, OPENS],
  },
  "goes to a human": {
    ...ACCEPTED,
    firstTurn: { pieces: 1, pausesAfter: null, ends: null },
    commands: [DIALS, PICKS_UP, OPENS, { does: "transfer" }],
  },
  "is with a human": {
    ...ACCEPTED,
    people: 1,
    commands: [DIALS, PICKS_UP, { does: "transfer" }, TAKES],
  },
  "is typed into": {
    ...ACCEPTED,
    firstTurn: { pieces: 1, pausesAfter: null, ends: null },
    commands: [DIALS, PICKS_UP, OPENS, presses("1"), presses("5")],
  },
  "reaches a machine": {
    ...ACCEPTED,
    leavesMessages: true,
    commands: [DIALS, report("ringing"), { ...PICKS_UP, answeredBy: "machine" }],
  },
  "has ended and owes": { ...ACCEPTED, commands: [DIALS, { does: "d1", away: true }, report("busy")] },
} satisfies Record<string, Beginning>;
export type BeginningName = keyof typeof BEGINNINGS;
export const BEGINNING_NAMES = Object.keys(BEGINNINGS) as BeginningName[];

/** @param commands how many random ones follow the beginning, at most. */
export function livesFrom(name: BeginningName, commands: number): fc.Arbitrary<Life> {
  const beginning: Beginning = BEGINNINGS[name];
  const firstTurn = beginning.firstTurn === undefined ? turnShape : fc.constant(beginning.firstTurn);
  const life = fc.record({
    inbound: fc.constant(beginning.inbound ?? false),
    gateIsFull: fc.constant(beginning.gateIsFull ?? false),
    leavesMessages: fc.constant(beginning.leavesMessages ?? false),
    maxDurationMs: fc.constantFrom(30_000, 90_000),
    people: beginning.people === undefined ? fc.nat({ max: 3 }) : fc.constant(beginning.people),
    carrier: fc.record({
      creates: fc
        .tuple(
          fc.constantFrom(...beginning.firstCreate),
          fc.array(fc.constantFrom(...CREATE_ANSWERS), { maxLength: 2 }),
        )
        .map(([first, rest]) => [first].concat(rest)),
      lookups: fc.array(mood, { minLength: 1, maxLength: 4 }),
      updates: fc.array(mood, { minLength: 1, maxLength: 4 }),
    }),
    agent: fc
      .tuple(firstTurn, fc.array(turnShape, { maxLength: 5 }))
      .map(([first, rest]) => [first].concat(rest)),
    beginning: fc.constant(beginning.commands),
    steps: fc.array(step, { maxLength: commands, size: "max" }),
    silence: fc.constantFrom("lost", "held", "error"),
  });
  // With it most lives would be short, for short ones are thought to find more.
  return fc.noBias(life);
}
