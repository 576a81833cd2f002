import { describe, expect, test } from "vitest";
import { findWish, type Wish } from "../../src/agent/wishes.ts";

const SAID: [Wish, string[]][] = [
  [
    "opt_out",
    [
      "Please never call me again.",
      "Please never call me again. Take me off your list.",
      "Don't call me anymore.",
      "dont call this number",
      "Do not contact me.",
      "Stop calling!",
      "Could you stop calling my phone?",
      "Take me off your list.",
      "Remove my number.",
      "REMOVE ME",
      "I want to be off the list.",
      "Please don’t call me again.",
      "Quit calling me.",
      "Unsubscribe me.",
      "Lose my number.",
      "Delete my number, please.",
    ],
  ],
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
