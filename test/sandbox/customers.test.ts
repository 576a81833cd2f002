import { describe, expect, test } from "vitest";
import { findWish } from "../../src/agent/wishes.ts";
import {
  type CustomerName,
  type Memory,
  nextReply,
  NOTHING_SAID,
  SCRIPTS,
} from "../../src/sandbox/customers.ts";

function converse(name: CustomerName, agent: string[]): string[] {
  let memory: Memory = NOTHING_SAID;
  const said: string[] = [];
  for (const heard of agent) {
    const reply = nextReply(SCRIPTS[name], memory, heard);
    if (reply === undefined) break;
    memory = reply.memory;
    said.push(reply.text);
  }
  return said;
}

const SALES_TALK = [
  "Hi, this is Ava from Norden Furniture. Is this a good time?",
  "Great! Which product are you looking at?",
  "Lovely. What matters most to you in a sofa?",
  "I see. Do you have a budget in mind?",
  "It is 1,890 with delivery. By when do you need it?",
  "Two weeks work. Which day suits you best?",
  "Saturday it is. Should I confirm by e-mail or by SMS?",
  "Done. Is there anything else I can do?",
  "Thank you for your time. Have a lovely day, goodbye!",
];

describe("the sandbox's people", () => {
  test("the interested customer answers every question of a sales talk in its turn", () => {
    const said = converse("interested", SALES_TALK);
    const topics = [
      /good time/,
      /home office/,
      /comfort/i,
      /thousand/,
      /deliver/,
      /Saturday/,
      /send it/,
      /everything/,
      /bye/,
    ];
    expect(said).toHaveLength(topics.length);
    for (const [turn, topic] of topics.entries()) expect(said[turn]).toMatch(topic);
  });

  test("it answers what it is asked, in whatever order", () => {
    const said = converse("interested", [
      "Hello!",
      "Which day suits you?",
      "And what is your budget?",
      "Hm.",
    ]);
    expect(said.slice(1)).toEqual([
      "Saturday morning suits me best.",
      "Yes, I'd like to stay under a thousand.",
      "I need a good one for my home office.",
    ]);
  });

  test("it always has done talking: two farewells, then it waits for the agent to hang up", () => {
    const said = converse(
      "interested",
      Array.from({ length: 40 }, () => "Goodbye, and take care!"),
    );
    expect(said.at(-1)).toBe("Bye!");
    expect(said.length).toBeLessThan(6);
  });

  test.each([
    ["never-again", /never call me again/],
    ["wrong-number", /wrong number/],
    ["hostile", /scammers.*idiots/],
  ] as const)("%s says so in its second sentence", (name, expected) => {
    expect(converse(name, ["Hello, this is Ava.", "May I ask you something?"])[1]).toMatch(expected);
  });

  test.each(["Hello, this is Ava.", "Great! Which product are you looking at?", "What is your budget?"])(
    "who asks for a human does so in its second sentence, after “%s” too, and in words that are understood",
    (heard) => {
      const said = converse("asks-for-human", ["Hi, this is Ava.", heard]);
      expect(said.map(findWish)).toEqual([null, "human"]);
    },
  );

  test("told that nobody is free, it goes on and takes leave as the interested customer does", () => {
    const [first = "", ...rest] = SALES_TALK;
    const said = converse("asks-for-human", [first, "One moment, please.", ...rest]);
    expect(said.slice(2)).toEqual(converse("interested", SALES_TALK).slice(1));
    expect(said.slice(2).map(findWish)).not.toContain("human");
  });

  test("the talkative customer never runs out of words", () => {
    expect(
      converse(
        "talkative",
        Array.from({ length: 50 }, () => "Well,"),
      ),
    ).toHaveLength(50);
  });

  test("nobody's line is longer than a breath", () => {
    for (const script of Object.values(SCRIPTS)) {
      for (const { text } of script.lines) expect(text.length).toBeLessThanOrEqual(70);
    }
  });
});
