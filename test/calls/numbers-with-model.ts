// Each sandbox number, with an agent that thinks with a model: to the end that the contract gives it, as by script.
// A part of numbers.test.ts: most of it is waiting, and so both wait at once.

import { expect, test } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import { place, post, read } from "../support/api.ts";
import { giveOrganisationModel, openTalk, requestsOf } from "../support/model-talks.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { expectTold, listenTo } from "./told-of-calls.ts";

/** How it ends, and how often the model is asked at least; 0: never. What takes longest begins first. */
const ENDINGS = [
  ["0040", "create answers 500", "failed", "submission_unknown", 0],
  ["0036", "stays silent", "connected", "silence", 4],
  ["0001", "not valid", "failed", "invalid_number", 0],
  ["0002", "not reachable", "failed", "unreachable_number", 0],
  ["0004", "blocked", "failed", "destination_blocked", 0],
  ["0010", "busy", "no-answer", "busy", 0],
  ["0011", "rings unanswered", "no-answer", "no_answer", 0],
  ["0012", "declined", "no-answer", "declined", 0],
  ["0013", "fails in the network", "failed", "carrier_failed", 0],
  ["0020", "voicemail", "voicemail", "voicemail", 0],
  ["0021", "fax", "failed", "fax", 0],
  ["0030", "interested", "connected", "agent_hangup", 8],
  ["0032", "opts out", "connected", "dnc_request", 3],
  ["0033", "wrong number", "connected", "wrong_number", 3],
  ["0034", "hostile", "connected", "hostile_caller", 3],
  ["0035", "hangs up in mid-sentence", "connected", "customer_hangup", 2],
  ["0037", "interrupts the agent", "connected", "agent_hangup", 8],
  ["0039", "presses keys", "connected", "agent_hangup", 7],
  ["0041", "the create's answer never comes", "connected", "agent_hangup", 8],
  ["0042", "the create is throttled twice", "connected", "agent_hangup", 8],
  ["0043", "status callbacks are lost", "connected", "agent_hangup", 8],
  ["0044", "status callbacks come three times", "connected", "agent_hangup", 8],
  ["0045", "status callbacks come in reverse order", "connected", "agent_hangup", 8],
  ["0046", "status callbacks come half a minute late", "connected", "agent_hangup", 8],
  ["0047", "the relay is dropped in mid-call", "connected", "agent_hangup", 8],
  ["0048", "callbacks are lost after the answer", "connected", "customer_hangup", 2],
] as const;

export function numbersWithModel(): void {
  test.for(ENDINGS)("%s (%s) ends %s / %s", async ([number, , outcome, reason, turns]) => {
    const { call, requests } = await callTo(number);
    expect(call).toMatchObject({ outcome, ended_reason: reason });
    expect(requests.length).toBeGreaterThanOrEqual(turns);
    if (turns === 0) expect(requests).toEqual([]);
    expect(spokenBy(call, "agent")).not.toMatch(/technical problem|say that again|Standing desks/);
  });

  test("0030 is asked all that the model wants to know, and answers", async () => {
    const { call } = await callTo("0030");
    expect(spokenBy(call, "agent")).toMatch(
      /looking for\?.*important.*budget.*deliver.*which day.*text message.*anything else.*goodbye/is,
    );
    expect(spokenBy(call, "customer")).toMatch(
      /home office.*Comfort.*thousand.*Two weeks.*Saturday.*send it/s,
    );
  });

  test("0038 (never stops talking) ends connected / max_duration", async () => {
    const { call, requests } = await callTo("0038", { max_duration: 5 });
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "max_duration", fault: "none" });
    expect(requests.length).toBeGreaterThan(1);
  });

  test("0031 (asks for a human) is put through where the campaign has somebody", async () => {
    const { call, requests } = await callTo("0031", { transfer_queue: "sales" }, "+15005550090");
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "human_hangup" });
    expect(spokenBy(call, "agent")).toContain("a colleague will be with you");
    expect(requests.length).toBeGreaterThan(2);
  });

  test("0031 (asks for a human) is told so where nobody is free, and talks on", async () => {
    const { call } = await callTo("0031", { transfer_queue: "sales" });
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
    expect(spokenBy(call, "agent")).toContain("none of my colleagues is free");
  });

  test("0031 (asks for a human) talks on where the campaign has no queue", async () => {
    const { call } = await callTo("0031");
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
    expect(spokenBy(call, "agent")).toContain("A colleague will call you back.");
  });
}

/** @param human the phone of somebody in the campaign's queue. */
async function callTo(number: string, campaignConfig: Record<string, unknown> = {}, human?: string) {
  const [talk, org] = await Promise.all([openTalk("persona"), createOrganisation({ campaignConfig })]);
  await giveOrganisationModel(org, talk, { apiKey: "org-key" });
  const { transfer_queue: queue } = campaignConfig;
  if (queue !== undefined) await post("/v1/queues", org.apiKey, { name: queue });
  if (human !== undefined) {
    const person = { name: "Ada", phone: human, presence: "available" };
    await post(`/v1/queues/${String(queue)}/agents`, org.apiKey, person);
  }
  const webhookId = await listenTo(org);
  const callId = await place(org, `+1500555${number}`);
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
  const requests = await requestsOf(talk);
  await expectTold(webhookId, call, "call.ended");
  return { call, requests };
}

function spokenBy({ transcript }: CallRecord, who: "agent" | "customer"): string {
  return transcript
    .filter(({ speaker }) => speaker === who)
    .map(({ text }) => text)
    .join("\n");
}
