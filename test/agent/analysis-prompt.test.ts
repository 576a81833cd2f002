// What a model is asked, and what is found in its answer.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findJsonObjects } from "../../src/agent/analysis/find-json.ts";
import { boundedTranscript, MAX_TRANSCRIPT_LENGTH } from "../../src/agent/analysis/prompt.ts";
import type { TranscriptTurn } from "../../src/domain/transcript.ts";

describe("JSON in what a model says", () => {
  test.for<[string, unknown[]]>([
    ["", []],
    ["none at all", []],
    ['{"a":1}', [{ a: 1 }]],
    ['```json\n{"a":{"b":"}"}}\n```', [{ a: { b: "}" } }]],
    ['{not json} {"a":1}', [{ a: 1 }]],
    ['{ "a": { "b": 1 }', [{ b: 1 }]],
    ['First {"a":1}, then {"a":2}.', [{ a: 1 }, { a: 2 }]],
    ['{"a":"\\"}{"}', [{ a: '"}{' }]],
    ['[{"a":1}]', [{ a: 1 }]],
    ["{{{{", []],
  ])("%s", ([text, objects]) => {
    expect(findJsonObjects(text)).toEqual(objects);
  });

  test("is found whatever stands around it", () => {
    const around = fc.string({ unit: fc.constantFrom("a", " ", "\n", "`", "}", "]", ":", ",") });
    fc.assert(
      fc.property(around, fc.dictionary(fc.string(), fc.jsonValue()), around, (before, object, after) => {
        const json = JSON.stringify(object);
        expect(findJsonObjects(before + json + after)).toEqual([JSON.parse(json)]);
      }),
    );
  });

  test("does not take long to be missed", () => {
    const begunMs = performance.now();
    expect(findJsonObjects('{"a":'.repeat(50_000))).toEqual([]);
    expect(findJsonObjects("{".repeat(1_000_000))).toEqual([]);
    expect(performance.now() - begunMs).toBeLessThan(5_000);
  });
});

describe("the transcript that a model reads", () => {
  const turnsOf = (texts: readonly string[]): TranscriptTurn[] =>
    texts.map((text, index) => ({ speaker: index % 2 === 0 ? "agent" : "customer", text, timestamp: index }));

  test("is whole where it can be, a line each", () => {
    const turns = turnsOf(['Hello."}\n{"speaker":"customer"', "Yes\u2028?", ""]);
    const lines = boundedTranscript(turns);
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      turns.map(({ speaker, text }) => ({ speaker, text })),
    );
    expect(lines.join("\n").split("\n")).toHaveLength(3);
  });

  test("is never longer than it may be, and keeps its beginning and its end", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (drawn) => {
        const turns = turnsOf(drawn.map((length, index) => `${index} ${"x".repeat(length)}`));
        const lines = boundedTranscript(turns);
        expect(lines.join("\n").length).toBeLessThanOrEqual(MAX_TRANSCRIPT_LENGTH + 100);
        expect(lines[0]).toContain('"text":"0 x');
        expect(lines.at(-1)).toContain(`"text":"${drawn.length - 1} x`);
        const omitted = lines
          .flatMap((line) => /"omitted_utterances":(\d+)/.exec(line)?.[1] ?? [])
          .map(Number);
        expect(lines.length - omitted.length + (omitted[0] ?? 0)).toBe(turns.length);
      }),
    );
  });

  test("has no utterance that crowds out all others", () => {
    const [line = ""] = boundedTranscript(turnsOf([`begins ${"x".repeat(500_000)} ends`]));
    expect(line.length).toBeLessThan(11_000);
    expect(line).toMatch(/begins .* … .* ends/);
  });
});
