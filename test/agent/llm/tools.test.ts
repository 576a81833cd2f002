// Tools reach only what the campaign allows, whatever a model asks for.

import { describe, expect, test } from "vitest";
import { describeTools, offeredTools, readToolCall, TOOL_NAMES } from "../../../src/agent/llm/tools.ts";
import { SpeechBound } from "../../../src/agent/llm/speech-bound.ts";
import { SpokenWords } from "../../../src/agent/llm/spoken.ts";
import type { Moment } from "../../../src/domain/call/events.ts";
import { planOf } from "../../support/plans.ts";
import { linesOf, turnOf } from "../../support/turns.ts";

const WITH_QUEUE = planOf({ config: { transfer_queue: "sales" } });

describe("what is offered", () => {
  test.for([
    ["customer_spoke", true, true],
    ["opened", true, true],
    ["resumed", true, true],
    ["silence", true, true],
    ["no_human", true, false],
    ["transfer_failed", true, false],
    ["transferring", false, false],
    ["silence_end", false, false],
  ] as const)("in the moment %s", ([moment, acts, transfers]) => {
    const offered = offeredTools(turnOf({ moment: moment as Moment, plan: WITH_QUEUE }));
    const acting = acts ? ["end_call", "record_details"] : [];
    expect(offered.toSorted()).toEqual([...acting, ...(transfers ? ["transfer_to_human"] : [])].toSorted());
  });

  test("is no human where the campaign has no queue of them", () => {
    expect(offeredTools(turnOf())).toEqual(["end_call", "record_details"]);
  });

  test("takes neither a queue nor a number", () => {
    const text = JSON.stringify(describeTools(TOOL_NAMES));
    expect(text).not.toMatch(/target|queue|phone|"to"|"number"/);
    expect(text).not.toMatch(/"silence"|agent_failed/);
  });
});

describe("what is done", () => {
  test.for(["agent_hangup", "dnc_request", "wrong_number", "hostile_caller"])("end_call for %s", (reason) => {
    expect(read("end_call", { reason })).toEqual({ ok: true, value: { type: "end_call", reason } });
  });

  test.for([
    ["silence", { reason: "silence" }],
    ["a failure of ours", { reason: "agent_failed" }],
    ["a workflow", { reason: "workflow_close" }],
    ["anything", { reason: "because" }],
    ["nothing", {}],
    ["no object", ["agent_hangup"]],
    ["null", null],
    ["broken JSON", '{"reason":'],
    ["no JSON", "agent_hangup"],
  ])("never end_call for %s", ([, args]) => {
    expect(read("end_call", args)).toEqual({ ok: false, error: "malformed_arguments" });
  });

  test("transfer_to_human goes to the campaign's own queue, whatever is written", () => {
    const wish = { brief: "Wants\u0000 a\nhuman", target: "+19005550100", queue: "vip", to: "+19005550100" };
    expect(read("transfer_to_human", wish)).toEqual({
      ok: true,
      value: { type: "transfer_to_human", target: null, brief: "Wants a human" },
    });
  });

  test("a brief is short, and without one the human is told what is known", () => {
    const long = read("transfer_to_human", { brief: "😀".repeat(1_000) });
    expect(long).toMatchObject({ value: { brief: "😀".repeat(280) } });
    const plan = planOf({ contact: { name: "Dana" } });
    expect(
      readToolCall({ id: "1", name: "transfer_to_human", input: "" }, TOOL_NAMES, turnOf({ plan })),
    ).toMatchObject({
      value: { brief: "Dana is on the line." },
    });
  });

  test("record_details takes any JSON object of a bounded size", () => {
    const details = { "any key": [1, { deep: null }], 名前: "x" };
    expect(read("record_details", { details })).toEqual({
      ok: true,
      value: { type: "record_details", details },
    });
  });

  test.for([
    ["a list", { details: [1] }],
    ["a text", { details: "x" }],
    ["nothing", {}],
    ["too much", { details: { x: "y".repeat(9_000) } }],
    ["a number that is none", '{"details":{"x":1e999}}'],
    ["half a character", '{"details":{"x":"\\ud800"}}'],
    ["a key that is lost too easily", '{"details":{"__proto__":{"x":1}}}'],
    ["U+0000 in a key", '{"details":{"a\\u0000b":1}}'],
    ["what is too deep", `{"details":${'{"a":'.repeat(120)}1${"}".repeat(120)}}`],
  ])("record_details does not take %s", ([, args]) => {
    expect(read("record_details", args)).toEqual({ ok: false, error: "malformed_arguments" });
  });

  test("nothing is done that was not offered, or is not known", () => {
    const call = { id: "1", name: "transfer_to_human", input: '{"brief":"x"}' };
    expect(readToolCall(call, ["end_call"], turnOf())).toEqual({ ok: false, error: "not_offered" });
    for (const name of ["transfer", "END_CALL", "toString", ""]) {
      expect(read(name, {})).toEqual({ ok: false, error: "unknown_tool" });
    }
  });
});

describe("what is spoken of a model's text", () => {
  test.for([
    [
      ["Hello", " there."],
      ["Hello", " there."],
    ],
    [
      ["", " ", "\n", " Hello"],
      ["", "", "", "Hello"],
    ],
    [
      ["<think>", "Let me see.", "</think>", "\n\nHello"],
      ["", "", "", "Hello"],
    ],
    [
      ["<thi", "nk>a</th", "ink> Hi", " you"],
      ["", "", "Hi", " you"],
    ],
    [["  <think></think><think>b</think>Hi"], ["Hi"]],
    [["<b>Hi"], ["<b>Hi"]],
    [
      ["<", "b"],
      ["", "<b"],
    ],
    [["Hi <think>x</think>"], ["Hi <think>x</think>"]],
    [
      ["<think>never ends", " and on"],
      ["", ""],
    ],
    [["a\u0000b\u0007c\nd"], ["abc\nd"]],
    [
      ["Hi \ud83d", "\ude00", "!"],
      ["Hi ", "😀", "!"],
    ],
    [
      ["\ud83d", "\ude00 Hi \ud83d"],
      ["", "😀 Hi "],
    ],
    [
      ["Hi \ud83d", " there"],
      ["Hi ", "\ufffd there"],
    ],
  ] as [string[], string[]][])("%j", ([deltas, spoken]) => {
    const words = new SpokenWords();
    expect(deltas.map((delta) => words.add(delta))).toEqual(spoken);
    expect(words.end()).toBe("");
  });

  test("what only looked like a mark is spoken in the end", () => {
    const words = new SpokenWords();
    expect(words.add(" <thin")).toBe("");
    expect(words.end()).toBe("<thin");
  });
});

describe("what one turn may say", () => {
  const said = (...pieces: string[]) => {
    const bound = new SpeechBound();
    const words = pieces.map((piece) => bound.take(piece)).join("");
    return [words, bound.isFull] as const;
  };
  const LONG = "x".repeat(1_250);

  test.for([
    ["a short turn", ["One. Two.", " Three."], "One. Two. Three.", false],
    ["a long one", [LONG, " and"], `${LONG} and`, false],
    ["… that ends a sentence", [`${LONG}.`, " And", " more"], `${LONG}.`, true],
    ["… in quotes", [`${LONG}!”`, " And"], `${LONG}!”`, true],
    ["… which is known at once in some scripts", [`${LONG}。次`], `${LONG}。`, true],
    ["a number", [`${LONG}.`, "5 metres"], `${LONG}.5 metres`, false],
    ["one without an end", ["x".repeat(5_000)], "x".repeat(1_500), true],
    ["one that ends too late", [`${"x".repeat(1_600)}. And`], "x".repeat(1_500), true],
    ["half a character", [`${"x".repeat(1_499)}😀`], "x".repeat(1_499), true],
  ] as const)("%s", ([, pieces, words, isFull]) => {
    expect(said(...pieces)).toEqual([words, isFull]);
  });
});

function read(name: string, args: unknown) {
  const input = typeof args === "string" ? args : JSON.stringify(args);
  return readToolCall({ id: "1", name, input }, TOOL_NAMES, turnOf({ plan: WITH_QUEUE, lines: linesOf() }));
}
