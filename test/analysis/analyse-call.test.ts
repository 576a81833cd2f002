// What is left behind by a call that is over, where no model is configured.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { openDb } from "../../src/db/client.ts";
import { ENDED_REASONS, ENDINGS } from "../../src/domain/call/status.ts";
import { newId } from "../../src/lib/ids.ts";
import { CallSession } from "../../src/objects/call-session/call-session.ts";
import { analyseCall } from "../../src/services/analysis/analyse-call.ts";
import { place, read, request } from "../support/api.ts";
import { countTrips } from "../support/d1-trips.ts";
import { ACKED, endedCall, RETRIED, sendToAnalysis, storedCall, type Said } from "../support/ended-call.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const TALK: Said = [
  ["agent", "Hi Priya, this is Aria calling from Luminary Home. Is this a good time to talk?"],
  ["customer", "Yes. I need a desk. How soon could you deliver?"],
  ["agent", "Within a week. Is there anything else I can help you with?"],
  ["customer", "No, that is all. You've been very helpful."],
  ["agent", "Thank you for your time. Have a lovely day. Goodbye!"],
];
const SUMMARY = "Customer interested, delivery timeline query.";

describe("whole calls", () => {
  test("show summary, sentiment and key details, and the breakdown sums to the connected calls", async () => {
    const org = await createOrganisation();
    const metadata = { product_interest: "Standing Desk Pro", cart_value: 850 };
    const numbers = ["0030", "0032", "0033", "0034", "0035", "0010", "0020", "0001"];
    const ids = await Promise.all(numbers.map((nnnn) => place(org, `+1500555${nnnn}`, { metadata })));
    const records = await Promise.all(
      ids.map((callId) =>
        until(
          () => read(org, callId),
          ({ summary }) => summary !== null,
        ),
      ),
    );
    const byNumber = new Map(records.map((record, index) => [numbers[index], record]));
    const judged = records.map(({ summary, sentiment }) => ({ summary, sentiment }));
    expect(judged).toEqual([
      {
        summary: "Customer interested in Standing Desk Pro, delivery timeline query.",
        sentiment: "positive",
      },
      { summary: "Customer asked not to be called again.", sentiment: "negative" },
      { summary: "The number was the wrong one.", sentiment: "neutral" },
      { summary: "Customer was hostile. The agent ended the call.", sentiment: "negative" },
      { summary: "Customer talked with the agent. The customer hung up.", sentiment: "neutral" },
      { summary: "The line was busy.", sentiment: null },
      { summary: "The call was answered by voicemail.", sentiment: null },
      { summary: "The carrier does not know the number.", sentiment: null },
    ]);
    expect(byNumber.get("0030")?.key_details).toEqual({
      extraction: {},
      qms_scores: { opening: 5, energy: expect.any(Number), probing: 5, closing: 5 },
    });
    expect(byNumber.get("0032")?.key_details.extraction).toEqual({ opt_out: true });
    expect(byNumber.get("0010")?.key_details).toEqual({ extraction: {}, qms_scores: {} });
    expect(await (await request("/v1/calls/stats", org.apiKey)).json()).toMatchObject({
      total_calls: 8,
      connected: 5,
      sentiment_breakdown: { positive: 1, neutral: 2, negative: 2 },
    });
    const list = await (await request("/v1/calls?sentiment=positive", org.apiKey)).json();
    expect(list).toMatchObject({ total: 1, calls: [{ uuid: ids[0], sentiment: "positive" }] });
  });

  test.for(ENDED_REASONS)(
    "that end for %s get a summary, and a sentiment if a person was there",
    async (reason) => {
      const org = await createOrganisation();
      const callId = await endedCall(org, reason);
      expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
      const isConnected = ENDINGS[reason].outcome === "connected";
      const { summary, sentiment, key_details: details } = await read(org, callId);
      expect(summary).toMatch(/^[A-Z].{10,200}\.$/);
      expect(["positive", "neutral", "negative"].includes(sentiment ?? "")).toBe(isConnected);
      expect(details).toEqual({ extraction: {}, qms_scores: {} });
    },
  );
});

describe("a message", () => {
  test("that comes twice, or for a call that was analysed, changes nothing", async () => {
    const org = await createOrganisation();
    const callId = await endedCall(org, "agent_hangup", TALK);
    const confirmed = vi.spyOn(CallSession.prototype, "callAnalysed");
    await Promise.all([sendToAnalysis(callId), sendToAnalysis(callId)]);
    const before = await storedCall(callId);
    expect(before).toMatchObject({ summary: SUMMARY, sentiment: "positive" });
    expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
    expect(await storedCall(callId)).toEqual(before);
    expect(confirmed).toHaveBeenCalledTimes(3);
  });

  test("that comes before the row says that the call has ended is tried again", async () => {
    const org = await createOrganisation();
    const ended = await endedCall(org, "agent_hangup", TALK);
    const confirmed = vi.spyOn(CallSession.prototype, "callAnalysed");
    const live = newId("call");
    await env.DB.prepare(
      `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at)
       VALUES (?, ?, ?, ?, 'outbound', '+1', '+14155550111', 'in_progress', 1)`,
    )
      .bind(live, org.orgId, org.campaignId, org.carrierId)
      .run();
    expect(await sendToAnalysis(live)).toMatchObject(RETRIED);
    expect(await storedCall(live)).toMatchObject({ summary: null, analysis: null });
    expect(confirmed).not.toHaveBeenCalled();
    expect(await sendToAnalysis(ended)).toMatchObject(ACKED);
  });

  test("about a call that is none is done with", async () => {
    expect(await sendToAnalysis(newId("call"))).toMatchObject(ACKED);
  });

  test("that finds D1 away is tried again", async () => {
    const org = await createOrganisation();
    const callId = await endedCall(org, "agent_hangup", TALK);
    const away = vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("D1 is away");
    });
    expect(await sendToAnalysis(callId)).toMatchObject({ ...RETRIED, delays: [30] });
    away.mockRestore();
    expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
    expect((await storedCall(callId))?.summary).toBe(SUMMARY);
  });

  test("whose work is done and whose confirmation fails is confirmed the next time", async () => {
    const org = await createOrganisation();
    const callId = await endedCall(org, "agent_hangup", TALK);
    const failing = vi.spyOn(CallSession.prototype, "callAnalysed").mockRejectedValue(new Error("Restarted"));
    expect(await sendToAnalysis(callId)).toMatchObject(RETRIED);
    expect((await storedCall(callId))?.summary).toBe(SUMMARY);
    failing.mockRestore();
    expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
  });

  test("costs one read and one write", async () => {
    const org = await createOrganisation();
    const callId = await endedCall(org, "customer_hangup", [["customer", "Stop calling me!"]]);
    const log: string[] = [];
    const context = { env, config: readConfig(env), db: openDb(countTrips(env.DB, log)) };
    const message = { type: "call_ended" as const, call_id: callId };
    await analyseCall(context, message, 1);
    expect(log).toEqual(["query", "batch"]);
    const other = await endedCall(org, "agent_hangup", TALK);
    log.length = 0;
    await analyseCall(context, { ...message, call_id: other }, 1);
    expect(log).toEqual(["query", "query"]);
    log.length = 0;
    await analyseCall(context, message, 1);
    expect(log).toEqual(["query"]);
  });
});

describe("what the agent recorded", () => {
  test.for([
    ["of a talk", "agent_hangup"],
    ["of a call that was lost before anybody spoke", "no_answer"],
  ] as const)("%s is the base of the extraction, fit to be stored whatever it is", async ([, reason]) => {
    const org = await createOrganisation();
    const callId = await endedCall(org, reason);
    const nest = (depth: number): unknown => (depth === 0 ? 1 : { a: nest(depth - 1) });
    const details = { day: "Sat\u0000urday\ud800", deep: nest(2_000), list: [1, null], "a\u0000b": true };
    vi.spyOn(CallSession.prototype, "snapshot").mockReturnValue({
      seq: 1,
      facts: {} as never,
      turns: [],
      details: JSON.stringify(details),
    });
    expect(await sendToAnalysis(callId)).toMatchObject(ACKED);
    vi.restoreAllMocks();
    const { extraction } = (await read(org, callId)).key_details;
    expect(extraction).toMatchObject({ day: "Saturday\ufffd", list: [1, null], ab: true });
    expect(Object.keys(extraction).toSorted()).toEqual(["ab", "day", "deep", "list"]);
  });
});
