import { describe, expect, test } from "vitest";
import { wishesOptOutForSure } from "../../src/agent/opt-out-wish.ts";
import { findWish, type Wish } from "../../src/agent/wishes.ts";
import { SCRIPTS } from "../../src/sandbox/customers.ts";

/** In words that may be meant in no other way, … */
const OPT_OUT_FOR_SURE = [
  "Please never call me again.",
  "Please never call me again. Take me off your list.",
  "I mean it: do not call this number again.",
  "Just take me off your list. Goodbye.",
  "Don't call me anymore.",
  "Please don’t call me again.",
  "please do not call me any more okay",
  "No thanks, and don't ever contact us again!",
  "I'm not interested, don't call again.",
  "Don't you dare call me again.",
  "I told you people never to call me again.",
  "I told you not to call me again.",
  "I asked you to never contact me again.",
  "Could you please never call me again?",
  "You must never call this number again.",
  "Do not call me again, or I will call the police.",
  "Never call me again, just email me.",
  "I don't want you to call me ever again.",
  "I don't want to be called any more.",
  "Could you stop calling my phone?",
  "Stop calling me!",
  "Why don't you stop calling me?",
  "If you don't stop calling me, I'll sue.",
  "Please stop calling us every day.",
  "Stop calling me about my car's warranty.",
  "Quit calling me.",
  "Take me off your list.",
  "Can you take my number off your calling list?",
  "Please remove me from all your lists.",
  "I would like to be removed from your calling list.",
  "Don't contact me again in any way.",
  "Put me on your do not call list.",
  "Unsubscribe me.",
  "How do I unsubscribe?",
];

/** … and in words that most likely mean it. */
const OPT_OUT = [
  "Don't call me.",
  "Please don't call us, thank you!",
  "dont call this number",
  "Do not contact me.",
  "Never contact me.",
  "I don't want you to call me.",
  "I don't want any more calls.",
  "Stop calling!",
  "Stop the calls.",
  "Could you stop these calls?",
  "No more calls, please.",
  "Remove my number.",
  "REMOVE ME",
  "Can you remove my number?",
  "I want to be off the list.",
];

const NO_OPT_OUT = [
  "Why don't you call me next week?",
  "Why don't you call me again tomorrow?",
  "Why don't you call me?",
  "You never call me back!",
  "You people never call back.",
  "They never call me again after a complaint.",
  "You don't call me any more, I thought you had forgotten me.",
  "My kids don't call me.",
  "My kids don't call me any more.",
  "Why did you never call me again?",
  "Why did you stop calling me?",
  "Please don't stop calling me.",
  "Stop calling me names.",
  "Don't call me before noon.",
  "Don't call me again until Friday.",
  "Never call me at work.",
  "If I'm at work, don't call me.",
  "Don't call me, I'll call you.",
  "Stop calling me at work.",
  "Please don't call my office, call my mobile.",
  "Don't call this number again, call my mobile instead.",
  "Please stop calling this number, use the other one.",
  "Don't call my wife.",
  "I never contact my bank.",
  "I don't call this number.",
  "Will I lose my number if I switch?",
  "please don't delete my number",
  "Can you delete my number from the old order?",
  "Lose my number.",
  "Please don't remove me from your list.",
  "I don't want to be removed from your list.",
  "Did you take me off your list?",
  "Will you take me off the list if I order now?",
  "How do I remove my number?",
  "I didn't unsubscribe.",
  "I'd like to unsubscribe from your newsletter.",
  "I had no more calls after that.",
  "I'd stop there. Then call my wife.",
  "Never mind, contact us again.",
];

const SAID: [Wish, string[]][] = [
  [
    "wrong_number",
    [
      "You have the wrong number, nobody by that name lives here.",
      "Wrong person.",
      "There is no one with that name here.",
      "Nobody of that name.",
      "She doesn't live here.",
    ],
  ],
  [
    "hostile",
    ["You people are scammers. Get lost, you idiots!", "Shut up!", "This is harassment.", "What a scam."],
  ],
  [
    "human",
    [
      "Can I talk to a real person?",
      "Let me speak to a human, please.",
      "I'd like to talk to someone.",
      "Could I speak with a representative?",
      "Is there a live person?",
      "Can I speak to a person?",
      "Let me talk to an agent.",
      "Get me an operator.",
    ],
  ],
  [
    "later",
    [
      "It's a bad time.",
      "This is not a good time.",
      "Call me back tomorrow.",
      "Can you call later?",
      "I'm not interested.",
      "I'm busy right now.",
      "Not now.",
    ],
  ],
  [
    "done",
    [
      "Bye!",
      "Goodbye.",
      "Thank you so much. Goodbye!",
      "No, that's everything. You've been very helpful.",
      "Thats all.",
      "Nothing else.",
      "No, thank you.",
      "That is all.",
      "That’s everything.",
    ],
  ],
];

describe.for(SAID)("%s", ([wish, sentences]) => {
  test.for(sentences)("%s", (sentence) => {
    expect(findWish(sentence)).toBe(wish);
  });
});

describe("opt_out", () => {
  test.for(OPT_OUT_FOR_SURE)("for sure: %s", (sentence) => {
    expect(findWish(sentence)).toBe("opt_out");
    expect(wishesOptOutForSure(sentence)).toBe(true);
  });

  test.for(OPT_OUT)("most likely: %s", (sentence) => {
    expect(findWish(sentence)).toBe("opt_out");
    expect(wishesOptOutForSure(sentence)).toBe(false);
  });

  test.for(NO_OPT_OUT)("not at all: %s", (sentence) => {
    expect(findWish(sentence)).not.toBe("opt_out");
  });

  test("is understood of every word that the sandbox's customer has for it", () => {
    const { lines, farewell = [] } = SCRIPTS["never-again"];
    const said = [...lines.slice(1).map(({ text }) => text), ...farewell];
    expect(said.map(findWish)).toEqual(said.map(() => "opt_out"));
  });

  test("is found at the end of very long words, and soon", () => {
    // Looked at as one sentence, these would take minutes.
    const words = "and don't you call me this number on my phone ".repeat(10_000);
    expect(findWish(`${words}today.`)).toBeNull();
    expect(findWish(`${words}today. Never call me again.`)).toBe("opt_out");
  });
});

describe("no wish", () => {
  test.for([
    "",
    "Hello?",
    "Hello! Yes, this is a good time, go ahead.",
    "I'm looking for a new sofa for the living room.",
    "Comfort matters most. It has to seat four of us.",
    "What does it cost? I'd like to stay under two thousand.",
    "How soon could you deliver? Two weeks would be fine.",
    "Saturday morning suits me best.",
    "By e-mail, please: sam@example.com.",
    "What do you want?",
    "I never said so.",
    "Don't worry about it.",
    "Who gave you my number?",
    "That is a real bargain.",
    "We spoke to the shop.",
    "I am interested.",
    "No, the green one.",
    "Everything is fine.",
    "The wrong colour, I think.",
    "My sister always said we should have bought the green one.",
    "He bought it in a little shop near the harbour, years ago.",
    "Callum will call you when it has arrived.",
    "I'd stop there. Then call my wife.",
    "It is off the shelf.",
    "I don't have my phone with me.",
    "I never got your call.",
    "I don't mind you calling at all.",
    "Don't hesitate to call.",
    "I picked one from the list.",
    "Don't take me off hold.",
    "I'd like the scampi.",
    "I am not an idiot, I compared the prices.",
    "I was told the wrong number of chairs.",
    "That's all right, go ahead.",
    "That's it exactly, I love the colour!",
    "No problem, thank you, go on.",
    "I'm not interested in the green one, but the blue one is nice.",
  ])("%s", (sentence) => {
    expect(findWish(sentence)).toBeNull();
  });
});

test("the weightiest wish wins, wherever it stands", () => {
  expect(findWish("Wrong number, you idiots. Never call again. Bye!")).toBe("opt_out");
  expect(findWish("Get lost, this is the wrong number. Goodbye.")).toBe("wrong_number");
  expect(findWish("Goodbye, you idiots.")).toBe("hostile");
  expect(findWish("Not interested. Bye!")).toBe("later");
});
