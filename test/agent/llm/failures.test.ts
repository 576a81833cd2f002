// A model, or the way to it, can fail in many ways. The customer is never left in silence by any of them.

import { describe, expect, test } from "vitest";
import type { TurnTimes } from "../../../src/agent/llm/llm-brain.ts";
import type { Reply } from "../../support/model-replies.ts";
import { requestsOf } from "../../support/model-talks.ts";
import { AGAIN, APOLOGY, FINE, GREETING, HASTY, PATIENT, take } from "../../support/model-turns.ts";
import { linesOf, wordsIn } from "../../support/turns.ts";
import { until } from "../../support/wait.ts";

describe("a model that fails before the first word", () => {
  test.for<[string, Reply, TurnTimes, number]>([
    ["is slow", { ...FINE, firstAfterMs: 60_000 }, HASTY, 2],
    ["answers and then says nothing", { ...FINE, stallsAfter: 0 }, HASTY, 2],
    ["says only spaces", { words: [" ", "\n", " "], stallsAfter: 3 }, HASTY, 2],
    ["thinks for ever", { words: ["<think>", "a"], stallsAfter: 2 }, HASTY, 2],
    ["answers 429", { status: 429, body: '{"error":{"message":"slow down"}}' }, PATIENT, 2],
    ["answers 500", { status: 500, body: "oh" }, PATIENT, 2],
    ["answers 503", { status: 503, body: "" }, PATIENT, 2],
    ["answers nothing", { words: [] }, PATIENT, 2],
    ["breaks off", { words: ["a"], breaksAfter: 0 }, PATIENT, 2],
    ["sends broken SSE", { body: "data: {broken\n\n", contentType: "text/event-stream" }, PATIENT, 2],
    [
      "sends an error as SSE",
      { body: 'data: {"error":{"message":"x"}}\n\n', contentType: "text/event-stream" },
      PATIENT,
      2,
    ],
    ["sends no SSE", { body: "<html>Hello</html>", contentType: "text/html" }, PATIENT, 2],
    ["sends an empty body", { body: "" }, PATIENT, 2],
    ["answers 400", { status: 400, body: '{"error":{"message":"no"}}' }, PATIENT, 1],
    ["answers 401", { status: 401, body: "" }, PATIENT, 1],
    ["answers 403", { status: 403, body: "" }, PATIENT, 1],
    ["answers 404", { status: 404, body: "" }, PATIENT, 1],
  ])("%s: the call goes on by script", async ([, reply, times, tries]) => {
    const { outputs, words, requests } = await take({
      replies: [reply],
      times,
      turn: { moment: "opened", lines: [] },
    });
    expect(requests).toHaveLength(tries);
    expect(outputs[0]).toEqual({ type: "model_failed" });
    expect(words).toBe(`${APOLOGY} ${GREETING}`);
  });

  test.for<[string, Reply]>([
    ["429", { status: 429, body: "" }],
    ["500", { status: 500, body: "" }],
    ["a slow answer", { ...FINE, firstAfterMs: 60_000 }],
    ["broken SSE", { body: "data: {broken\n\n", contentType: "text/event-stream" }],
  ])("and not at the second time: after %s all is well", async ([, reply]) => {
    const { words, deeds, requests } = await take({
      replies: [reply, FINE],
      times: { ...PATIENT, firstMs: 400 },
    });
    expect([words, deeds, requests.length]).toEqual(["Of course.", [], 2]);
  });

  test("is heard of in the language of the call, and the script heeds what was said", async () => {
    const { words, deeds } = await take({
      replies: [{ status: 400, body: "" }],
      plan: { agent: { language: "fr-CA" } },
      turn: { lines: linesOf(["agent", "Bonjour."], ["customer", "Never call me again."]) },
    });
    expect(words).toMatch(/^Excusez-moi, .* technique\. I am sorry for the disturbance\./);
    expect(deeds).toEqual([{ type: "model_failed" }, { type: "end_call", reason: "dnc_request" }]);
  });

  test("costs no long silence while a human is being called", async () => {
    const { outputs, requests } = await take({
      replies: [{ status: 500, body: "" }],
      turn: { moment: "transferring" },
    });
    expect(requests).toHaveLength(1);
    expect(outputs).toEqual([
      { type: "words", text: "One moment please, I am connecting you with a colleague." },
    ]);
  });

  test.for<Reply>([{ status: 400, body: "" }, { status: 500, body: "" }, { words: [] }])(
    "when the time is almost up: nothing is said, and nothing given up (%j)",
    async (reply) => {
      const { outputs } = await take({ replies: [reply], turn: { moment: "time_almost_up" } });
      expect(outputs).toEqual([]);
    },
  );

  test("has all the time that it was given", async () => {
    const { words, requests } = await take({
      replies: [{ ...FINE, firstAfterMs: 1_300 }],
      times: { firstMs: 1_900, stallMs: 1_900, turnMs: 2_000 },
    });
    expect([words, requests.length]).toEqual(["Of course.", 1]);
  });

  test("at the end of a silence: goodbye all the same", async () => {
    const { outputs } = await take({ replies: [{ status: 400, body: "" }], turn: { moment: "silence_end" } });
    expect(wordsIn(outputs)).toBe("I can't hear you, so I will hang up now. Goodbye.");
    expect(outputs.at(-1)).toEqual({ type: "end_call", reason: "silence" });
  });

  test("is not asked again in the turns that follow", async () => {
    const { words, deeds, requests } = await take({
      replies: [FINE],
      turn: { byScript: true, moment: "opened", lines: [] },
    });
    expect([words, deeds, requests]).toEqual([GREETING, [], []]);
  });
});

describe("a model that fails after the first word", () => {
  test.for<[string, Reply, TurnTimes]>([
    ["stalls", { words: ["We", " have"], stallsAfter: 2 }, HASTY],
    ["breaks off", { words: ["We", " have", " it"], everyMs: 50, breaksAfter: 2 }, PATIENT],
    ["sends nonsense", { body: sse("We", " have", null), contentType: "text/event-stream" }, PATIENT],
  ])("%s: what was said counts, and the customer is asked to repeat", async ([, reply, times]) => {
    const { words, deeds, requests } = await take({ replies: [reply], times });
    expect([words, deeds, requests.length]).toEqual([`We have ${AGAIN}`, [], 1]);
  });

  test("or only forgets to say that it has ended: nothing is amiss", async () => {
    const { words, deeds } = await take({
      replies: [{ body: sse("We", " have."), contentType: "text/event-stream" }],
    });
    expect([words, deeds]).toEqual(["We have.", []]);
  });

  test("or talks on and on: it is cut off, and nothing more", async () => {
    const words = Array.from({ length: 500 }, () => "and ");
    const said = await take({ replies: [{ words, everyMs: 50 }], times: { ...PATIENT, turnMs: 600 } });
    expect(said.words).toMatch(/^(and ){2,}$/);
    await until(
      () => requestsOf(said.talk),
      ([request]) => request?.aborted === true,
    );
  });

  test("in a goodbye to silence: the call ends", async () => {
    const { outputs } = await take({
      replies: [{ words: ["Good", "bye"], stallsAfter: 1 }],
      times: HASTY,
      turn: { moment: "silence_end" },
    });
    expect(outputs).toEqual([
      { type: "words", text: "Good" },
      { type: "end_call", reason: "silence" },
    ]);
  });
});

/** Chunks without an end; null is one that is none. */
function sse(...words: (string | null)[]): string {
  const chunk = (content: string) => JSON.stringify({ choices: [{ delta: { content } }] });
  return words.map((word) => `data: ${word === null ? "{broken" : chunk(word)}\n\n`).join("");
}
