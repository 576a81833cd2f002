// The brain against a model over real HTTP and SSE: what it says and does, when, and how it is cut short.

import { describe, expect, test } from "vitest";
import type { BrainOutput } from "../../../src/agent/brain.ts";
import type { Reply } from "../../support/model-replies.ts";
import { openTalk, requestsOf } from "../../support/model-talks.ts";
import { APOLOGY, asks, brainOf, FINE, GREETING, PATIENT, take, turnTo } from "../../support/model-turns.ts";
import { deedsIn, linesOf, wordsIn } from "../../support/turns.ts";
import { until } from "../../support/wait.ts";

/** Nothing ends by itself. */
const ENDLESS = { firstMs: 600_000, stallMs: 600_000, turnMs: 1_200_000 };

describe("words", () => {
  test("come one by one, before the answer is complete", async () => {
    const talk = await openTalk([{ words: ["One", " two", " three"], stallsAfter: 2 }]);
    const turn = brainOf(talk, {}, PATIENT).takeTurn(...turnTo(talk, {}, {}));
    const outputs = turn[Symbol.asyncIterator]();
    expect((await outputs.next()).value).toEqual({ type: "words", text: "One" });
    expect((await outputs.next()).value).toEqual({ type: "words", text: " two" });
    await outputs.return?.();
    await until(
      () => requestsOf(talk),
      ([request]) => request?.aborted === true,
    );
  });

  test("are asked for with the prompt, the tools and the model's name", async () => {
    const { words, deeds, requests } = await take({ replies: [FINE] });
    expect([words, deeds]).toEqual(["Of course.", []]);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.body).toMatchObject({ model: "test-model", stream: true });
    expect(requests[0]?.body.messages.map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "user",
    ]);
    expect(requests[0]?.body.tools?.map((tool) => tool.function.name)).toEqual([
      "end_call",
      "record_details",
    ]);
  });

  test("are asked for without a limit that some models would refuse", async () => {
    const { requests } = await take({ replies: [FINE] });
    expect(requests[0]?.body).not.toHaveProperty("max_tokens");
  });

  test("without an end are cut off at the end of a sentence, and the turn is fine", async () => {
    const words = Array.from({ length: 100 }, (_, n) => `This is sentence number ${n}, which is of no use. `);
    const said = await take({ replies: [{ words, stallsAfter: 60 }] });
    expect(said.words.length).toBeGreaterThan(1_150);
    expect(said.words.length).toBeLessThan(1_300);
    expect(said.words).toMatch(/no use\.$/);
    expect(said.deeds).toEqual([]);
    await until(
      () => requestsOf(said.talk),
      ([request]) => request?.aborted === true,
    );
  });

  test("that are thought are not spoken", async () => {
    const { words } = await take({ replies: [{ words: ["<think>", "Hm.", "</think>", "\n", "Yes."] }] });
    expect(words).toBe("Yes.");
  });
});

describe("tools", () => {
  const QUEUE = { plan: { config: { transfer_queue: "sales" } } };
  const BYE = { type: "end_call", reason: "agent_hangup" };

  test("the call ends after the words", async () => {
    const { outputs } = await take({
      replies: [{ words: ["Good", "bye."], ...asks("end_call", { reason: "wrong_number" }) }],
    });
    expect(outputs).toEqual([
      { type: "words", text: "Good" },
      { type: "words", text: "bye." },
      { type: "end_call", reason: "wrong_number" },
    ]);
  });

  test("nobody is hung up on without a word, in the language of the call", async () => {
    const { words, deeds } = await take({
      replies: [asks("end_call", { reason: "agent_hangup" })],
      plan: { agent: { language: "de-DE" } },
    });
    expect([words, deeds]).toEqual(["Vielen Dank für Ihre Zeit. Auf Wiederhören.", [BYE]]);
  });

  test("two at once: facts first, and the end last, in whatever order they came", async () => {
    const tools = [
      { name: "end_call", arguments: { reason: "agent_hangup" } },
      { name: "record_details", arguments: { details: { budget: 900 } } },
    ];
    const { outputs, requests } = await take({ replies: [{ words: ["Bye."], tools }] });
    expect(outputs.map(({ type }) => type)).toEqual(["words", "record_details", "end_call"]);
    expect(requests).toHaveLength(1);
  });

  test.for([
    [["agent_hangup", "wrong_number"], "agent_hangup"],
    [["agent_hangup", "dnc_request"], "dnc_request"],
    [["dnc_request", "agent_hangup"], "dnc_request"],
  ] as const)("of several ends %j the one that counts", async ([reasons, counts]) => {
    const tools = reasons.map((reason) => ({ name: "end_call", arguments: { reason } }));
    const { deeds } = await take({ replies: [{ words: ["Bye."], tools }] });
    expect(deeds.filter(({ type }) => type === "end_call")).toEqual([{ type: "end_call", reason: counts }]);
  });

  test("a wish not to be called outweighs a transfer", async () => {
    const tools = [
      { name: "transfer_to_human", arguments: { brief: "x" } },
      { name: "end_call", arguments: { reason: "dnc_request" } },
    ];
    const { deeds } = await take({ replies: [{ words: ["Bye."], tools }], ...QUEUE });
    expect(deeds).toEqual([
      { type: "wish_heard", reason: "dnc_request" },
      { type: "end_call", reason: "dnc_request" },
    ]);
  });

  test("and is told of as soon as it can be read, and once", async () => {
    const talk = await openTalk([
      {
        words: ["Of course."],
        ...asks("end_call", { reason: "dnc_request" }),
        stallsAfter: 3,
      },
    ]);
    const turn = brainOf(talk, {}, ENDLESS).takeTurn(...turnTo(talk, {}, {}));
    const outputs = turn[Symbol.asyncIterator]();
    expect((await outputs.next()).value).toEqual({ type: "words", text: "Of course." });
    expect((await outputs.next()).value).toEqual({ type: "wish_heard", reason: "dnc_request" });
    await outputs.return?.();
  });

  test("what would be too much is not recorded, and the model is told so", async () => {
    const { deeds, words, requests } = await take({
      replies: [asks("record_details", { details: { more: "y".repeat(3_000) } }), FINE],
      turn: { details: { much: "x".repeat(14_000) } },
    });
    expect([deeds, words]).toEqual([[], "Of course."]);
    expect(requests[1]?.body.messages.at(-1)).toMatchObject({
      role: "tool",
      content: expect.stringMatching(/^Not recorded: /),
    });
  });

  test("nor what is too much together with what the same turn recorded", async () => {
    const tools = ["a", "b", "c"].map((name) => ({
      name: "record_details",
      arguments: { details: { [name]: "x".repeat(7_000) } },
    }));
    const { deeds } = await take({ replies: [{ words: ["Noted."], tools }] });
    expect(deeds.map((deed) => deed.type === "record_details" && Object.keys(deed.details))).toEqual([
      ["a"],
      ["b"],
    ]);
  });

  test("a turn records no more than a few times", async () => {
    const tools = Array.from({ length: 7 }, (_, n) => ({
      name: "record_details",
      arguments: { details: { [`n${n}`]: n } },
    }));
    const { deeds, requests, words } = await take({ replies: [{ tools }, FINE] });
    expect([deeds.length, words]).toEqual([5, "Of course."]);
    expect(requests[1]?.body.tools?.map((tool) => tool.function.name)).toEqual(["end_call"]);
  });

  test("a human is called without a word", async () => {
    const { outputs } = await take({
      replies: [asks("transfer_to_human", { brief: "Wants a desk." })],
      ...QUEUE,
    });
    expect(outputs).toEqual([{ type: "transfer_to_human", target: null, brief: "Wants a desk." }]);
  });

  test("facts without words: the model is told, and goes on", async () => {
    const { outputs, requests } = await take({
      replies: [asks("record_details", { details: { budget: 900 } }), FINE],
    });
    expect(outputs.map(({ type }) => type)).toEqual(["record_details", "words", "words"]);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body.messages.slice(-2)).toMatchObject([
      { role: "assistant", tool_calls: [{ id: "call_0", function: { name: "record_details" } }] },
      { role: "tool", tool_call_id: "call_0" },
    ]);
  });

  test("facts beside words: the turn is over", async () => {
    const { requests, deeds } = await take({
      replies: [{ words: ["Noted."], ...asks("record_details", { details: { budget: 900 } }) }],
    });
    expect(deeds).toEqual([{ type: "record_details", details: { budget: 900 } }]);
    expect(requests).toHaveLength(1);
  });

  test("who only ever records is asked to speak, and then given up", async () => {
    const { outputs, requests } = await take({ replies: [asks("record_details", { details: { a: 1 } })] });
    expect(requests).toHaveLength(4);
    expect(requests[2]?.body.tools?.map((tool) => tool.function.name)).toEqual(["end_call"]);
    expect(outputs.map(({ type }) => type).slice(0, 3)).toEqual([
      "record_details",
      "record_details",
      "model_failed",
    ]);
  });

  test.for([
    ["an unknown tool", asks("transfer_call", { to: "+19005550100" })],
    ["one that was not offered", asks("transfer_to_human", { brief: "x" })],
    ["malformed arguments", asks("end_call", '{"reason": "agent_')],
    ["an end that is not its to give", asks("end_call", { reason: "agent_failed" })],
  ] as const)("%s is ignored, and the model asked once more", async ([, reply]) => {
    const { words, deeds, requests } = await take({ replies: [reply, FINE] });
    expect([words, deeds, requests.length]).toEqual(["Of course.", [], 2]);
  });

  test("one that is ignored does not spoil the words beside it", async () => {
    const { words, deeds, requests } = await take({ replies: [{ ...FINE, ...asks("fly", {}) }] });
    expect([words, deeds, requests.length]).toEqual(["Of course.", [], 1]);
  });

  test.for(["transferring", "silence_end"] as const)("are not offered in the moment %s", async (moment) => {
    const { requests, deeds } = await take({
      replies: [{ words: ["Bye."], ...asks("end_call", { reason: "dnc_request" }) }],
      turn: { moment },
      ...QUEUE,
    });
    expect(requests[0]?.body.tools).toBeUndefined();
    expect(deeds).toEqual(moment === "silence_end" ? [{ type: "end_call", reason: "silence" }] : []);
  });
});

describe("an interruption", () => {
  test.for<[string, Reply]>([
    ["before the answer", { ...FINE, firstAfterMs: 60_000 }],
    ["before the first word", { ...FINE, stallsAfter: 0 }],
    ["in mid-sentence", { ...FINE, stallsAfter: 1 }],
  ])("%s ends the request at once, and the turn", async ([, reply]) => {
    const talk = await openTalk([reply]);
    const abort = new AbortController();
    const outputs: BrainOutput[] = [];
    const turn = (async () => {
      for await (const output of brainOf(talk, {}, ENDLESS).takeTurn(...turnTo(talk, {}, {}, abort.signal))) {
        outputs.push(output);
      }
    })();
    await until(
      () => requestsOf(talk),
      ({ length }) => length === 1 && (reply.stallsAfter !== 1 || outputs.length === 1),
    );
    abort.abort();
    await turn;
    expect(deedsIn(outputs)).toEqual([]);
    expect(wordsIn(outputs)).toBe(reply.stallsAfter === 1 ? "Of" : "");
    await until(
      () => requestsOf(talk),
      ([request]) => request?.aborted === true,
    );
  });

  test("that has come already lets nothing begin", async () => {
    const { outputs, requests } = await take({ replies: [FINE], signal: AbortSignal.abort() });
    expect([outputs, requests]).toEqual([[], []]);
  });
});

describe("the recording's disclosure", () => {
  const plan = { config: { recording_disclosure: "This call is recorded." } };

  test("comes first, whatever the model says", async () => {
    const { words } = await take({
      replies: [{ words: ["Hi", " there."] }],
      turn: { moment: "opened", lines: [] },
      plan,
    });
    expect(words).toBe("This call is recorded. Hi there.");
  });

  test("is said by the time that the model has failed, and not twice", async () => {
    const { words } = await take({
      replies: [{ status: 400, body: "" }],
      turn: { moment: "opened", lines: [] },
      plan,
    });
    expect(words).toBe(`This call is recorded. ${APOLOGY} ${GREETING}`);
  });

  test("is said again if it was cut off, and then no more", async () => {
    const cut = linesOf(["agent", "This call"], ["customer", "Yes?"]);
    expect((await take({ replies: [FINE], turn: { lines: cut }, plan })).words).toBe(
      "This call is recorded. Of course.",
    );
    const heard = linesOf(["agent", "This call is recorded. Hi"], ["customer", "Yes?"]);
    expect((await take({ replies: [FINE], turn: { lines: heard }, plan })).words).toBe("Of course.");
  });

  test("is not dropped where the call goes by script", async () => {
    const lines = linesOf(["agent", "Hi, this is"], ["customer", "Yes?"]);
    expect((await take({ replies: [FINE], turn: { lines, byScript: true }, plan })).words).toMatch(
      /^This call is recorded\. Great, thank you\./,
    );
  });
});
