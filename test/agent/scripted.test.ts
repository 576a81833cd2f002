// The scripted agent's whole part. `Talk` plays both sides as the relay would write them down.

import { describe, expect, test } from "vitest";
import type { BrainOutput } from "../../src/agent/brain.ts";
import { scriptedBrain, scriptedTurn } from "../../src/agent/scripted.ts";
import type { CallPlan } from "../../src/contract/call-plan.ts";
import type { Moment } from "../../src/domain/call/events.ts";
import type { Line } from "../../src/domain/transcript.ts";
import { planOf, type PlanChanges } from "../support/plans.ts";

class Talk {
  readonly lines: Line[] = [];
  readonly plan: CallPlan;

  constructor(changes?: PlanChanges) {
    this.plan = planOf(changes);
  }

  /** The agent's turn: its words, as they stand in the transcript, and the reason if it ends the call. */
  turn(moment: Moment): { words: string; end: string | null } {
    const outputs = scriptedTurn({ moment, lines: this.lines, plan: this.plan });
    const words = outputs.map((output) => (output.type === "words" ? output.text : "")).join("");
    const last = outputs.at(-1);
    this.lines.push({ speaker: "agent", text: words, atMs: this.lines.length });
    return { words, end: last?.type === "end_call" ? last.reason : null };
  }

  opens(): string {
    return this.turn("opened").words;
  }

  hears(text: string): { words: string; end: string | null } {
    this.lines.push({ speaker: "customer", text, atMs: this.lines.length });
    return this.turn("customer_spoke");
  }

  /** The customer cut the agent off: only so much of its last line was heard. */
  cutsOff(heard: string): this {
    const index = this.lines.findLastIndex((line) => line.speaker === "agent");
    const line = this.lines[index];
    if (line !== undefined) this.lines[index] = { ...line, text: heard };
    return this;
  }
}

const PART = [
  "Hi Dana, this is Aria calling from Luminary Home. Is this a good time to talk?",
  "Great, thank you. I saw that you were looking at the Standing Desk Pro. What do you like about it?",
  "That makes sense. What matters most to you: comfort, price or delivery?",
  "Good to know. Your basket comes to $1,290. Does that fit your budget?",
  "Understood. How soon would you need it?",
  "We can do that. Which day suits you best?",
  "Perfect. Shall I send you the details by text message?",
  "Wonderful. Is there anything else I can help you with?",
];
const DANA = { name: "Dana Scully", metadata: { product_interest: "Standing Desk Pro", cart_value: 1290 } };
const ANSWERS = ["Yes.", "The colour.", "Comfort.", "It does.", "In two weeks.", "Saturday.", "Yes, please."];

describe("a conversation", () => {
  test("goes by stages, with what is known of the contact, to a goodbye", () => {
    const talk = new Talk({ contact: DANA });
    const said = [talk.opens(), ...ANSWERS.map((answer) => talk.hears(answer).words)];
    expect(said).toEqual(PART);
    expect(talk.hears("No, that's everything.")).toEqual({
      words: "Thank you for your time. Have a lovely day. Goodbye!",
      end: "agent_hangup",
    });
  });

  test("needs neither name nor metadata", () => {
    const talk = new Talk();
    expect(talk.opens()).toBe("Hi, this is Aria calling from Luminary Home. Is this a good time to talk?");
    expect(talk.hears("Yes.").words).toBe("Great, thank you. What are you looking for at the moment?");
    talk.hears("A desk.");
    expect(talk.hears("Price.").words).toBe("Good to know. Do you have a budget in mind?");
  });

  test.for([
    ["another type", { product_interest: 7, cart_value: "1290" }],
    ["nothing in them", { product_interest: "  ", cart_value: null }],
    ["no finite number", { product_interest: null, cart_value: Number.NaN }],
  ] as const)("takes metadata with %s for none", ([, metadata]) => {
    const talk = new Talk({ contact: { metadata } });
    talk.opens();
    const said = ["Yes.", "A desk.", "Price."].map((answer) => talk.hears(answer).words).join(" ");
    expect(said).toContain("What are you looking for at the moment?");
    expect(said).toContain("Do you have a budget in mind?");
  });

  test("is the same every time, whoever takes it up", () => {
    const [first, second] = [new Talk({ contact: DANA }), new Talk({ contact: DANA })];
    expect([first.opens(), first.hears("Yes.")]).toEqual([second.opens(), second.hears("Yes.")]);
  });

  test("comes as the brain's stream, sentence by sentence", async () => {
    const outputs: BrainOutput[] = [];
    const asked = { moment: "opened" as const, lines: [], plan: planOf({ contact: DANA }) };
    const turn = { ...asked, details: {}, secondsLeft: null, byScript: false };
    for await (const output of scriptedBrain.takeTurn(turn, new AbortController().signal))
      outputs.push(output);
    expect(outputs).toEqual([
      { type: "words", text: "Hi Dana, this is Aria calling from Luminary Home." },
      { type: "words", text: " Is this a good time to talk?" },
    ]);
  });
});

describe("farewells", () => {
  test.for([
    ["Never call me again.", "dnc_request", /taken your number off our list\. Goodbye\.$/],
    ["You have the wrong number.", "wrong_number", /wrong number\. Goodbye\.$/],
    ["Get lost, you idiots!", "hostile_caller", /sorry to have bothered you\. Goodbye\.$/],
    ["It's a bad time.", "agent_hangup", /^No problem at all\./],
    ["Bye.", "agent_hangup", /Goodbye!$/],
  ] as const)("“%s” ends the call: %s", ([sentence, reason, words]) => {
    for (const before of [[], ["Yes."], ANSWERS]) {
      const talk = new Talk();
      talk.opens();
      for (const answer of before) talk.hears(answer);
      const farewell = talk.hears(sentence);
      expect(farewell.end).toBe(reason);
      expect(farewell.words).toMatch(words);
    }
  });

  test("a wish spread over two utterances is heard", () => {
    const talk = new Talk();
    talk.opens();
    talk.lines.push({ speaker: "customer", text: "Would you take me", atMs: 1 });
    expect(talk.hears("off your list").end).toBe("dnc_request");
  });

  test("an earlier wish, already answered, is not heard again", () => {
    const talk = new Talk();
    talk.opens();
    expect(talk.hears("Can I talk to a human?").end).toBeNull();
    expect(talk.hears("Fine.").words).toMatch(/^Great, thank you\./);
  });

  test("who asks for a human is promised one, and asked again what was asked", () => {
    const talk = new Talk();
    talk.opens();
    talk.hears("Yes.");
    expect(talk.hears("Let me talk to a real person.")).toEqual({
      words: "I will ask a colleague to call you back. What are you looking for at the moment?",
      end: null,
    });
  });

  test("a customer who rambles on never makes it say goodbye", () => {
    const talk = new Talk();
    talk.opens();
    for (let turn = 0; turn < 60; turn += 1) {
      const answer = talk.hears("On Monday the neighbour's cat sat on our old armchair again.");
      expect(answer.end).toBeNull();
      expect(answer.words).not.toMatch(/bye|lovely day/i);
      expect(answer.words).not.toBe("");
    }
    expect(talk.lines.at(-1)?.text).toBe("I see. Please tell me more.");
  });
});

describe("silence", () => {
  test("is met with a question, then with a goodbye", () => {
    const talk = new Talk();
    talk.opens();
    expect(talk.turn("silence")).toEqual({ words: "Hello, are you still there?", end: null });
    expect(talk.turn("silence_end")).toEqual({
      words: "I can't hear you, so I will hang up now. Goodbye.",
      end: "silence",
    });
  });

  test("does not cost a stage", () => {
    const talk = new Talk();
    talk.opens();
    talk.turn("silence");
    expect(talk.hears("Yes, I am.").words).toMatch(/^Great, thank you\./);
  });
});

describe("a conversation that was cut", () => {
  test("resumes with the question that stood", () => {
    const talk = new Talk({ contact: DANA });
    talk.opens();
    talk.hears("Yes.");
    expect(talk.turn("resumed").words).toBe(
      "Sorry, the line dropped for a moment. What do you like about it?",
    );
    expect(talk.turn("resumed").words).toBe(
      "Sorry, the line dropped for a moment. What do you like about it?",
    );
    expect(talk.hears("The colour.").words).toBe(PART[2]);
  });

  test("resumes before a word was said", () => {
    expect(new Talk().turn("resumed").words).toBe(
      "Sorry, the line dropped for a moment. Is this a good time to talk?",
    );
  });

  test.for(["Hi Dana,", "Hi", "Hi Dana, this is Aria calling from Luminary Home. Is this"])(
    "a greeting heard only as “%s” was still said",
    (heard) => {
      const talk = new Talk({ contact: DANA });
      talk.opens();
      expect(talk.cutsOff(heard).hears("Sorry to cut in, is this about the desk?").words).toBe(PART[1]);
    },
  );

  test("each stage is still counted when each was cut off after a word", () => {
    const talk = new Talk({ contact: DANA });
    const said = [talk.opens()];
    for (const answer of ANSWERS) {
      talk.cutsOff((talk.lines.at(-1)?.text ?? "").split(" ").slice(0, 1).join(" "));
      said.push(talk.hears(answer).words);
    }
    expect(said).toEqual(PART);
  });

  test("words of which nothing was heard are said again", () => {
    const talk = new Talk({ contact: DANA });
    talk.opens();
    expect(talk.cutsOff("").hears("Hello?").words).toBe(PART[0]);
  });
});

describe("the recording's disclosure", () => {
  const disclosure = "This call is recorded.";
  test.for([
    ["recorded and disclosed", { record: true, recording_disclosure: disclosure }, true],
    ["not recorded", { record: false, recording_disclosure: disclosure }, false],
    ["recorded, with nothing to say", { record: true }, false],
  ] as const)("%s", ([, config, isSaid]) => {
    const greeting = new Talk({ config }).opens();
    expect(greeting.includes(disclosure)).toBe(isSaid);
    expect(greeting).toMatch(/^Hi, this is Aria.*Is this a good time to talk\?$/);
    expect(greeting).not.toMatch(/ {2}|undefined/);
  });

  test("is said once", () => {
    const talk = new Talk({ config: { recording_disclosure: disclosure } });
    talk.opens();
    for (const answer of ANSWERS) expect(talk.hears(answer).words).not.toContain(disclosure);
  });

  test.for(["Hi, this is Aria", "Hi, this is Aria calling from Luminary Home. This call is", "Hi"])(
    "is said in the next turn where the greeting was cut at %j, and the script goes on",
    (heard) => {
      const talk = new Talk({ config: { recording_disclosure: disclosure } });
      talk.opens();
      expect(talk.cutsOff(heard).hears("Yes.").words).toBe(
        `${disclosure} Great, thank you. What are you looking for at the moment?`,
      );
      expect(talk.hears("A desk.").words).toBe(
        "That makes sense. What matters most to you: comfort, price or delivery?",
      );
    },
  );

  test("that is cut again is said again, and costs no stage", () => {
    const talk = new Talk({ config: { recording_disclosure: disclosure } });
    talk.opens();
    talk.cutsOff("Hi, this is").hears("Yes.");
    const [again] = [talk.cutsOff("This call").hears("Yes.").words];
    expect(again).toBe(`${disclosure} Great, thank you. What are you looking for at the moment?`);
    expect(talk.cutsOff(`${disclosure} Great,`).hears("A desk.").words).toMatch(/^That makes sense\./);
  });

  test.for([
    ["silence", `${disclosure} Hello, are you still there?`],
    ["resumed", `${disclosure} Sorry, the line dropped for a moment. Is this a good time to talk?`],
    ["transferring", "One moment please, I am connecting you with a colleague."],
    ["time_almost_up", ""],
  ] as const)("owed in the moment %s", ([moment, words]) => {
    const talk = new Talk({ config: { recording_disclosure: disclosure } });
    talk.opens();
    expect(talk.cutsOff("Hi, this is").turn(moment).words).toBe(words);
  });

  test("that was heard is not in a greeting that comes after it", () => {
    const talk = new Talk({ config: { recording_disclosure: disclosure } });
    talk.lines.push({ speaker: "agent", text: disclosure, atMs: 0 });
    expect(talk.hears("Hello?").words).toBe(
      "Hi, this is Aria calling from Luminary Home. Is this a good time to talk?",
    );
  });
});

describe("time that is almost up", () => {
  test("is no reason to say anything", () => {
    expect(scriptedTurn({ moment: "time_almost_up", lines: [], plan: planOf() })).toEqual([]);
  });
});

describe("a talk that began without the script", () => {
  const line = (speaker: Line["speaker"], text: string): Line => ({ speaker, text, atMs: 0 });
  const begun = [line("agent", "Good morning, I am Aria."), line("customer", "Morning.")];
  const wordsOf = (moment: Moment, lines: Line[]) =>
    scriptedTurn({ moment, lines, plan: planOf() })
      .map((output) => (output.type === "words" ? output.text : ""))
      .join("");

  test("is taken up after the greeting", () => {
    expect(wordsOf("customer_spoke", begun)).toBe(
      "Great, thank you. What are you looking for at the moment?",
    );
  });

  test("is taken up with the same question where the line dropped", () => {
    expect(wordsOf("resumed", begun)).toBe(
      "Sorry, the line dropped for a moment. What are you looking for at the moment?",
    );
  });

  test("goes on by the script from there", () => {
    const next = wordsOf("customer_spoke", begun);
    const lines = [...begun, line("agent", next), line("customer", "A desk.")];
    expect(wordsOf("customer_spoke", lines)).toBe(
      "That makes sense. What matters most to you: comfort, price or delivery?",
    );
  });

  test.for(["Hello, are you still there?", "Sorry, the line", ""])(
    "is none in which the agent has only said %j: it greets",
    (said) => {
      const lines = [line("agent", said), line("customer", "Hello?")];
      expect(wordsOf("customer_spoke", lines)).toMatch(/^Hi, this is Aria/);
    },
  );
});
