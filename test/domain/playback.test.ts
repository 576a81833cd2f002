// What of the agent's words the customer has heard: played, cut off, lost.

import { describe, expect, test } from "vitest";
import { interrupt, lose, play, queueOf, type Utterance } from "../../src/domain/playback.ts";
import { estimateSpeechMs, speakingMs, spokenPart } from "../../src/domain/speech.ts";
import { isEnded, pressed, pressedToo } from "../../src/domain/keys.ts";

const FIRST = "Hello, this is Aria. How are you today?";
const SECOND = "Are you still there?";
const THIRD = "Hello, I will hang up now.";

/** Said at once, one after the other, and played in that order. */
function sent(...texts: string[]): Utterance[] {
  let fromMs = 0;
  return texts.map((text, index) => {
    const beginsMs = fromMs;
    fromMs += estimateSpeechMs(text);
    return { index, text, atMs: 0, beginsMs, endsMs: fromMs, played: 0 };
  });
}

const textsOf = (utterances: readonly Utterance[]) => utterances.map(({ index, text }) => [index, text]);
const FIRST_MS = estimateSpeechMs(FIRST);

describe("the queue", () => {
  test("is the last utterance, and those that it had to wait for", () => {
    const [first, second] = sent(FIRST, SECOND);
    const later = { index: 2, text: THIRD, atMs: 60_000, beginsMs: 60_000, endsMs: 63_000, played: 0 };
    if (first === undefined || second === undefined) throw new Error("two were said");
    expect(queueOf([first, second])).toEqual([first, second]);
    expect(queueOf([first, second, later])).toEqual([later]);
    expect(queueOf([])).toEqual([]);
  });

  test("counts one in that should have been spoken just now, unless the carrier has said that it was", () => {
    const [first] = sent(FIRST);
    if (first === undefined) throw new Error("one was said");
    const atMs = FIRST_MS + 1_000;
    const next = { index: 1, text: SECOND, atMs, beginsMs: atMs, endsMs: atMs + 1_000, played: 0 };
    expect(queueOf([first, next])).toEqual([first, next]);
    expect(textsOf(interrupt([first, next], "Hello, this", atMs + 100))).toEqual([
      [0, "Hello, this"],
      [1, ""],
    ]);
    const [played] = play([first], FIRST, FIRST_MS);
    if (played === undefined) throw new Error("it was played");
    expect(queueOf([played, next])).toEqual([next]);
  });
});

describe("an interruption", () => {
  test("cuts what was being spoken, and what was to follow was never heard", () => {
    const cut = interrupt(sent(FIRST, SECOND, THIRD), "Hello, this is", 1_000);
    expect(textsOf(cut)).toEqual([
      [0, "Hello, this is"],
      [1, ""],
      [2, ""],
    ]);
  });

  test("leaves alone what was spoken before", () => {
    const cut = interrupt(sent(FIRST, SECOND, THIRD), "are you", FIRST_MS + 600);
    expect(textsOf(cut)).toEqual([
      [1, "Are you"],
      [2, ""],
    ]);
  });

  test("is of the one that the carrier quotes, though by estimate it should be another", () => {
    const late = interrupt(sent(FIRST, SECOND), "Hello, this is Aria. How", FIRST_MS + 600);
    expect(textsOf(late)).toEqual([
      [0, "Hello, this is Aria. How"],
      [1, ""],
    ]);
    const early = interrupt(sent(FIRST, SECOND), "Are you", 1_000);
    expect(textsOf(early)).toEqual([[1, "Are you"]]);
  });

  test("that fits two of them is of the one whose time it is", () => {
    const cut = interrupt(sent(FIRST, SECOND, THIRD), "Hello,", FIRST_MS + estimateSpeechMs(SECOND) + 500);
    expect(textsOf(cut)).toEqual([[2, "Hello,"]]);
  });

  test("of which nothing was heard goes by the time", () => {
    expect(textsOf(interrupt(sent(FIRST, SECOND), "", FIRST_MS + 10))).toEqual([[1, ""]]);
  });

  test("is never of what the carrier has said was played", () => {
    const played = play(sent(SECOND, SECOND), SECOND, 500);
    expect(textsOf(interrupt(played, "Are", 600))).toEqual([[1, "Are"]]);
  });

  test.for([
    ["quotes nothing", ""],
    ["quotes less", "Hello, this"],
    ["quotes the end of it alone", "is Aria."],
    ["quotes what nobody sent", "Something else."],
  ] as const)("that %s takes nothing back of what was reported as spoken", ([, heard]) => {
    const part = play(sent(FIRST), "Hello, this is Aria.", 1_000);
    expect(textsOf(interrupt(part, heard, 1_100))).toEqual([[0, "Hello, this is Aria."]]);
    const whole = play(sent(FIRST), FIRST, 1_000);
    expect(textsOf(interrupt(whole, heard, 1_100))).toEqual([[0, FIRST]]);
  });

  test("that quotes more than was reported as spoken is believed", () => {
    const part = play(sent(FIRST), "Hello, this is Aria.", 1_000);
    expect(textsOf(interrupt(part, "hello this is aria how", 1_100))).toEqual([
      [0, "Hello, this is Aria. How"],
    ]);
  });

  test("that comes a second time takes nothing back of what was heard by the first", () => {
    const cut = interrupt(sent(FIRST), "Hello, this is Aria.", 1_000);
    expect(textsOf(interrupt(cut, "", 1_100))).toEqual([[0, "Hello, this is Aria."]]);
    expect(textsOf(interrupt(cut, "Hello,", 1_100))).toEqual([[0, "Hello, this is Aria."]]);
  });

  test("brings back nothing that was cut off before", () => {
    const cut = interrupt(sent(FIRST), "", 100);
    expect(textsOf(interrupt(cut, "Hello, this is", 200))).toEqual([[0, ""]]);
  });
});

describe("words that were played", () => {
  test("piece by piece, with the carrier's own spacing, are the whole in the end", () => {
    const [half] = play(sent(FIRST), "Hello,  this is Aria.", 1_000);
    if (half === undefined) throw new Error("nothing has changed");
    expect(half.played).toBe("Hello,thisisAria.".length);
    const [whole] = play([half], "How are you today?", 2_000);
    expect(whole).toMatchObject({ played: FIRST.replaceAll(" ", "").length, endsMs: 2_000 });
  });

  test("give the rest its time from now on, and what follows begins after it", () => {
    const restMs = speakingMs("How are you today?");
    const [first, second] = play(sent(FIRST, SECOND), "Hello, this is Aria.", 8_000);
    expect(first?.endsMs).toBe(8_000 + restMs);
    expect(second).toMatchObject({
      beginsMs: 8_000 + restMs,
      endsMs: 8_000 + restMs + estimateSpeechMs(SECOND),
    });
    expect(play(sent(FIRST), "Hello, this is Aria.", 100)[0]?.endsMs).toBe(100 + restMs);
  });

  test("let the next utterance begin when they end", () => {
    const [, second] = play(sent(FIRST, SECOND), FIRST, 1_000);
    expect(second).toMatchObject({ beginsMs: 1_000, endsMs: 1_000 + estimateSpeechMs(SECOND), played: 0 });
  });

  test("of a later utterance mean that those before were played", () => {
    const changed = play(sent(FIRST, SECOND), SECOND, 9_000);
    expect(textsOf(changed)).toEqual([
      [0, FIRST],
      [1, SECOND],
    ]);
    expect(lose(changed, 9_000)).toEqual([]);
  });

  test.for(["Something else.", "", "  "])("that nobody sent change nothing: %j", (words) => {
    expect(play(sent(FIRST), words, 1_000)).toEqual([]);
  });
});

describe("a relay that is lost", () => {
  test("takes along what was not spoken yet, by estimate and by whole words", () => {
    expect(textsOf(lose(sent(FIRST, SECOND), estimateSpeechMs("Hello, this is A")))).toEqual([
      [0, "Hello, this is"],
      [1, ""],
    ]);
  });

  test("takes nothing along of what must have been spoken", () => {
    expect(lose(sent(FIRST), FIRST_MS)).toEqual([]);
    expect(textsOf(lose(sent(FIRST, SECOND), FIRST_MS + 1))).toEqual([[1, ""]]);
  });

  test("takes nothing along of what the carrier has said was played", () => {
    const half = play(sent(FIRST), "Hello, this is Aria.", 100);
    expect(textsOf(lose(half, 200))).toEqual([[0, "Hello, this is Aria."]]);
  });

  test("takes all along at the very beginning", () => {
    expect(textsOf(lose(sent(FIRST), 0))).toEqual([[0, ""]]);
  });

  test("is met with an estimate that grows with time, and is never more than was sent", () => {
    let before = "";
    for (let nowMs = 0; nowMs <= FIRST_MS + 500; nowMs += 50) {
      const now = spokenPart(FIRST, nowMs);
      expect(FIRST.startsWith(now) && now.startsWith(before)).toBe(true);
      before = now;
    }
    expect(before).toBe(FIRST);
  });
});

test("what is lost of a script without spaces is lost sign by sign", () => {
  expect(spokenPart("我们明天再联系您", 1_300)).toBe("我们明天");
  expect(spokenPart("我们 tomorrow 再联系", 1_000)).toBe("我们");
});

describe("a series of keys", () => {
  test("is one line that grows", () => {
    expect(pressed("1")).toBe("[pressed 1]");
    expect(pressedToo("[pressed 1]", "2")).toBe("[pressed 1 2]");
    expect(pressedToo("[pressed 1 2]", "#")).toBe("[pressed 1 2 #]");
    expect(pressedToo("[pressed 1 2 #]", "#")).toBe("[pressed 1 2 # #]");
    expect(pressedToo("[pressed #]", "1")).toBe("[pressed # 1]");
  });

  test.for([
    ["[pressed 1 #]", true],
    ["[pressed # 1 2 #]", true],
    ["[pressed #]", false],
    ["[pressed # #]", false],
    ["[pressed 1 # #]", false],
    ["[pressed 1]", false],
  ] as const)("%s has ended: %s", ([line, ended]) => expect(isEnded(line)).toBe(ended));

  test.for(["Yes.", "", "[pressed ]", "I pressed 1", "[pressed 1] no"])("does not go on after %j", (line) =>
    expect(pressedToo(line, "1")).toBeNull(),
  );
});
