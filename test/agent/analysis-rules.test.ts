// What plain rules make of a call, by its words and its end.

import { describe, expect, test } from "vitest";
import type { AnalysedCall } from "../../src/agent/analysis/analysed-call.ts";
import { analyseByRules } from "../../src/agent/analysis/rules.ts";
import { campaignConfigSchema } from "../../src/contract/campaign-config.ts";
import type { Transfer } from "../../src/contract/transfers.ts";
import { ENDINGS, type EndedReason } from "../../src/domain/call/status.ts";

type Said = readonly (readonly ["agent" | "customer", string])[];

function callOf(endedReason: EndedReason, said: Said, changes: Partial<AnalysedCall> = {}): AnalysedCall {
  return {
    callType: "outbound",
    outcome: ENDINGS[endedReason].outcome,
    endedReason,
    turns: said.map(([speaker, text], index) => ({ speaker, text, timestamp: index })),
    details: {},
    organisationName: "Luminary Home",
    agentName: "Aria",
    language: "en-US",
    config: campaignConfigSchema.parse({}),
    contact: { name: "Priya Kumar", preferredLanguage: null, metadata: {} },
    transfer: null,
    ...changes,
  };
}

const customerSays = (...lines: string[]): Said => lines.map((line) => ["customer", line] as const);
const withProduct = {
  contact: {
    name: null,
    preferredLanguage: null,
    metadata: { product_interest: "Standing Desk Pro\n\u0000" },
  },
};

const BRIDGED: Transfer = {
  transfer_id: "trf_1",
  target: "sales",
  status: "completed",
  agent_brief: null,
  human_agent: null,
  requested_at: "2026-05-12T14:32:01Z",
  bridged_at: "2026-05-12T14:32:09Z",
  ended_at: null,
};

describe("the summary", () => {
  test.for<[string, AnalysedCall]>([
    [
      "Customer interested in Standing Desk Pro, delivery timeline query.",
      callOf("agent_hangup", customerSays("I'd like one. How soon could you deliver?"), withProduct),
    ],
    [
      "Customer interested, price and payment queries. The customer hung up.",
      callOf("customer_hangup", customerSays("I want it!", "How much is it? Can I pay later?")),
    ],
    [
      "Customer had price and payment queries.",
      callOf("agent_hangup", customerSays("How much? Can I pay later?")),
    ],
    [
      "Customer had an appointment query.",
      callOf("agent_hangup", customerSays("Can I visit your showroom?")),
    ],
    [
      "Customer not interested. The customer hung up.",
      callOf("customer_hangup", customerSays("I’m not interested."), withProduct),
    ],
    ["Customer asked to be called another time.", callOf("agent_hangup", customerSays("It's a bad time."))],
    ["Customer talked with the agent.", callOf("agent_hangup", customerSays("Yes?", "I see."))],
    [
      "Customer asked for a human. A human agent of sales took the call over.",
      callOf("human_hangup", customerSays("I want to talk to a human."), { transfer: BRIDGED }),
    ],
    [
      "Customer asked not to be called again.",
      callOf("dnc_request", customerSays("Stop calling."), withProduct),
    ],
    ["The number was the wrong one.", callOf("wrong_number", customerSays("Wrong number!"))],
    [
      "Customer was hostile. The agent ended the call.",
      callOf("hostile_caller", customerSays("You idiots!")),
    ],
    ["A person was on the line and said nothing.", callOf("silence", [["agent", "Hello?"]])],
    ["Customer pressed keys and said nothing.", callOf("silence", customerSays("[pressed 1 2 #]"))],
    [
      "Customer talked with the agent. The line fell silent.",
      callOf("silence", customerSays("Who is this?", "Hm.")),
    ],
    [
      "Customer talked with the agent. A workflow closed the call.",
      callOf("workflow_close", customerSays("Yes, speaking.")),
    ],
    [
      "The call was answered by voicemail.",
      callOf("voicemail", customerSays("I'd like to order. Leave a message.")),
    ],
    [
      "The call was answered by voicemail, and the agent left a message.",
      callOf("voicemail", [["agent", "This is Aria. Please call us back."]]),
    ],
    ["Nobody answered the call.", callOf("no_answer", [])],
  ])("%s", ([summary, call]) => {
    expect(analyseByRules(call).summary).toBe(summary);
  });

  test("is one line of 500 characters at most, whatever the product is called", () => {
    const metadata = { product_interest: `${"x ".repeat(400)}\ud83d\ude00` };
    const contact = { name: null, preferredLanguage: null, metadata };
    const { summary } = analyseByRules(callOf("agent_hangup", customerSays("I want it."), { contact }));
    expect(summary.length).toBeLessThanOrEqual(500);
    expect(summary.isWellFormed()).toBe(true);
    expect(summary).not.toMatch(/\p{Cc}/u);
  });

  test("says nothing of what is noted about a caller's number: it is no proof of who calls", () => {
    const call = callOf("agent_hangup", customerSays("I want it."), { ...withProduct, callType: "inbound" });
    expect(analyseByRules(call).summary).toBe("Customer interested.");
  });
});

describe("the sentiment", () => {
  test.for([
    ["positive", "That's perfect, thank you."],
    ["positive", "You've been very helpful."],
    ["positive", "Not bad! That sounds good."],
    ["neutral", "Yes, this is a good time."],
    ["neutral", "It's a bad time, call me tomorrow."],
    ["neutral", "No, thank you."],
    ["neutral", "I see."],
    ["neutral", "You have the wrong number."],
    ["negative", "I am not happy with that."],
    ["negative", "I’m not very interested."],
    ["negative", "This is a waste of my time."],
    ["negative", "I'm fed up and angry, thanks."],
    ["negative", "Great, another scam."],
    ["negative", "Thank you, but please never call me again."],
  ] as const)("is %s for: %s", ([sentiment, line]) => {
    expect(analyseByRules(callOf("agent_hangup", customerSays(line))).sentiment).toBe(sentiment);
  });

  test.for([
    ["hostile_caller", "negative"],
    ["dnc_request", "negative"],
    ["wrong_number", "neutral"],
    ["silence", "neutral"],
    ["voicemail", null],
    ["fax", null],
    ["busy", null],
  ] as const)("of a call that ended for %s and has no words is %s", ([reason, sentiment]) => {
    expect(analyseByRules(callOf(reason, [])).sentiment).toBe(sentiment);
  });

  test("is the customer's: the agent's own words are none", () => {
    const said: Said = [["agent", "Wonderful, great, perfect!"], ...customerSays("Hm.")];
    expect(analyseByRules(callOf("agent_hangup", said)).sentiment).toBe("neutral");
  });
});

describe("the extraction", () => {
  test("has what was recorded, and what rules can tell, and nothing else", () => {
    const said = customerSays(
      "Could I speak with a representative?",
      "Take me off your list.",
      "Wrong number.",
    );
    const call = callOf("agent_hangup", said, { details: { day: "Saturday", opt_out: "yes, by mail too" } });
    expect(analyseByRules(call).extraction).toEqual({
      asked_for_human: true,
      wrong_number: true,
      day: "Saturday",
      opt_out: "yes, by mail too",
    });
    expect(analyseByRules(callOf("agent_hangup", customerSays("Hello."))).extraction).toEqual({});
  });

  test("hears no wish of a machine", () => {
    const call = callOf("voicemail", customerSays("Wrong number? Never call me again."), {
      details: { a: 1 },
    });
    expect(analyseByRules(call)).toMatchObject({ extraction: { a: 1 }, qmsScores: {}, optOut: false });
  });
});

const OPENING = "Hi Priya, this is Aria calling from Luminary Home. Is this a good time?";
const scoresOf = (said: Said, changes: Partial<AnalysedCall> = {}, reason: EndedReason = "agent_hangup") =>
  analyseByRules(callOf(reason, said, changes)).qmsScores;

describe("the scores", () => {
  test("of a whole talk", () => {
    const said: Said = [
      ["agent", OPENING],
      ["customer", "Yes, go ahead please, I have all the time in the world."],
      ["agent", "What do you need? And when?"],
      ["customer", "A desk, on Saturday."],
      ["agent", "Is there anything else?"],
      ["customer", "No."],
      ["agent", "Thank you. Goodbye!"],
    ];
    expect(scoresOf(said)).toEqual({ opening: 5, energy: 4, probing: 3, closing: 5 });
  });

  test.for([
    [5, OPENING, {}],
    [3, "This is Aria. Is this a good time?", {}],
    [2, "What do you want?", { record: false }],
    [4, OPENING, { recording_disclosure: "This call is recorded." }],
    [5, `This call is recorded. ${OPENING}`, { recording_disclosure: "This call is recorded." }],
  ] as const)("%i for an opening", ([score, opening, config]) => {
    const campaign = campaignConfigSchema.parse(config);
    expect(scoresOf([["agent", opening]], { config: campaign })).toMatchObject({ opening: score });
  });

  test("are left out where rules can't tell", () => {
    expect(scoresOf([])).toEqual({});
    expect(scoresOf([["agent", OPENING]], {}, "customer_hangup")).not.toHaveProperty("closing");
    expect(scoresOf([["agent", OPENING]])).toMatchObject({ closing: 0 });
    expect(scoresOf([["agent", OPENING]])).not.toHaveProperty("energy");
    const keys = scoresOf([
      ["agent", OPENING],
      ["customer", "[pressed 1 2 3 4 5 6 #]"],
    ]);
    expect(keys).not.toHaveProperty("energy");
    const german = scoresOf(
      [
        ["agent", "Guten Tag!"],
        ["customer", "Ja?"],
        ["agent", "Passt es?"],
      ],
      { language: "de-DE" },
    );
    expect(Object.keys(german).toSorted()).toEqual(["energy", "probing"]);
  });

  test("are those of the criteria that the campaign names", () => {
    const config = campaignConfigSchema.parse({
      qms_criteria: [
        { name: "probing" },
        { name: "empathy" },
        { name: "opening", description: "In rhyme" },
        { name: "toString" },
      ],
    });
    expect(scoresOf([["agent", OPENING]], { config })).toEqual({ probing: 0 });
  });
});
