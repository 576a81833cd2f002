import { describe, expect, test } from "vitest";
import {
  heardPart,
  toPlainText,
  toTurn,
  toTurns,
  toWebVtt,
  type TranscriptTurn,
} from "../../src/domain/transcript.ts";

const ANSWERED_MS = Date.UTC(2026, 10, 22, 12, 0, 0);

describe("turns", () => {
  test("count seconds from the answer, to one decimal", () => {
    const lines = [
      { speaker: "agent" as const, text: "Hi, this is Aria.", atMs: ANSWERED_MS + 1_249 },
      { speaker: "customer" as const, text: "Hello?", atMs: ANSWERED_MS + 3_950 },
    ];
    expect(toTurns(lines, ANSWERED_MS)).toEqual([
      { speaker: "agent", text: "Hi, this is Aria.", timestamp: 1.2 },
      { speaker: "customer", text: "Hello?", timestamp: 4 },
    ]);
  });

  test("are never before the answer, whose time may be told late", () => {
    const lines = [{ speaker: "agent" as const, text: "Hi.", atMs: ANSWERED_MS - 2_000 }];
    expect(toTurns(lines, ANSWERED_MS)[0]?.timestamp).toBe(0);
  });

  test("count from the first line while no answer is known", () => {
    const lines = [0, 1_500].map((ms) => ({
      speaker: "agent" as const,
      text: "Hi.",
      atMs: ANSWERED_MS + ms,
    }));
    expect(toTurns(lines, null).map(({ timestamp }) => timestamp)).toEqual([0, 1.5]);
  });

  test("count from the first line then, though nothing of it was heard", () => {
    const lines = ["", "Hello?"].map((text, index) => ({
      speaker: "agent" as const,
      text,
      atMs: ANSWERED_MS + index * 1_500,
    }));
    expect(toTurns(lines, null)).toEqual([{ speaker: "agent", text: "Hello?", timestamp: 1.5 }]);
  });

  test("of a call without words are none", () => {
    expect(toTurns([], null)).toEqual([]);
  });

  test("are not made of words of which nothing was heard", () => {
    const lines = ["", "Hello?"].map((text, index) => ({
      speaker: "customer" as const,
      text,
      atMs: ANSWERED_MS + index * 1_000,
    }));
    expect(toTurns(lines, ANSWERED_MS)).toEqual([{ speaker: "customer", text: "Hello?", timestamp: 1 }]);
  });
});

describe("a turn by itself, as it is shown while people talk,", () => {
  const lineAt = (ms: number) => ({ speaker: "agent" as const, text: "Hi.", atMs: ANSWERED_MS + ms });

  test.for([
    ["rounded down", 1_249, 1.2],
    ["rounded up", 1_250, 1.3],
    ["an hour later", 3_600_000, 3_600],
    ["at the answer", 0, 0],
    ["before the answer, whose time may be told late", -2_000, 0],
    ["a moment before it", -49, 0],
  ] as const)("counts from the answer: %s", ([, ms, timestamp]) => {
    expect(toTurn(lineAt(ms), ANSWERED_MS)).toEqual({ speaker: "agent", text: "Hi.", timestamp });
  });

  test("is at 0 while no answer is known", () => {
    expect(toTurn(lineAt(5_000), null).timestamp).toBe(0);
  });

  test("is the turn that the transcript will have", () => {
    const lines = [0, 49, 50, 1_049, 2_350, 16_450].map(lineAt);
    expect(lines.map((line) => toTurn(line, ANSWERED_MS))).toEqual(toTurns(lines, ANSWERED_MS));
  });

  test("keeps words of which nothing was heard: whoever shows it takes back what was shown", () => {
    expect(toTurn({ ...lineAt(0), text: "" }, ANSWERED_MS).text).toBe("");
  });
});

const TURNS: TranscriptTurn[] = [
  { speaker: "agent", text: "Hi, this is Aria.", timestamp: 1.2 },
  { speaker: "customer", text: "Is 3 < 4 & 5 > 4?\nYes.", timestamp: 4 },
  { speaker: "agent", text: "Goodbye!", timestamp: 3725.5 },
];

test("plain text is a line a turn", () => {
  expect(toPlainText(TURNS.slice(0, 1))).toBe("[00:01] agent: Hi, this is Aria.\n");
  expect(toPlainText(TURNS).split("\n").at(-2)).toBe("[62:05] agent: Goodbye!");
  expect(toPlainText([])).toBe("");
});

describe("WebVTT", () => {
  test("has a cue a turn, with the speaker as its voice", () => {
    expect(toWebVtt(TURNS)).toBe(
      [
        "WEBVTT",
        "",
        "00:00:01.200 --> 00:00:04.000",
        "<v agent>Hi, this is Aria.",
        "",
        "00:00:04.000 --> 01:02:05.500",
        "<v customer>Is 3 &lt; 4 &amp; 5 &gt; 4? Yes.",
        "",
        "01:02:05.500 --> 01:02:10.500",
        "<v agent>Goodbye!",
        "",
      ].join("\n"),
    );
  });

  test("gives every cue some time, though two turns began together", () => {
    const together = (["agent", "customer"] as const).map((speaker) => ({
      speaker,
      text: "Hi.",
      timestamp: 2,
    }));
    expect(toWebVtt(together)).toContain("00:00:02.000 --> 00:00:02.100");
  });

  test.for(["\n", "\r", "\r\n"])("lets no words pass for a cue of their own, after %j", (lineEnd) => {
    const text = ["A", "", "00:00:09.000 --> 00:00:10.000", "<v agent>B"].join(lineEnd);
    const cues = toWebVtt([{ speaker: "customer", text, timestamp: 0 }])
      .split(/[\r\n]/)
      .filter((line) => line.includes("-->"));
    expect(cues).toHaveLength(1);
  });

  test("of a call without words is an empty file", () => {
    expect(toWebVtt([])).toBe("WEBVTT\n");
  });
});

describe("what was heard of words that were cut off", () => {
  const SAID = "Great, thank you. What are you looking for?";
  test.for([
    ["the beginning", "Great, thank you. What", "Great, thank you. What"],
    ["in the carrier's spelling", "great thank you what", "Great, thank you. What"],
    ["in the carrier's spacing", "  Great,  thank\nyou. ", "Great, thank you."],
    ["all of it", SAID, SAID],
    ["nothing", "", ""],
    ["spaces only", "  ", ""],
    ["other words: the carrier's", "Greetings, you", "Greetings, you"],
    ["more than was said: the carrier's", `${SAID} Hello`, `${SAID} Hello`],
    ["a part from the middle: the carrier's", "thank you.", "thank you."],
  ] as const)("%s", ([, heard, kept]) => {
    expect(heardPart(SAID, heard)).toBe(kept);
  });
});
