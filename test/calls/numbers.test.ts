// Each sandbox number, through HTTP, queue, object and socket, to the end that the contract gives it, and to what its
// customer is told of it. All at once: some of them take the product as long as its patience lasts.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import { TestAccount } from "../sandbox/account.ts";
import { place, read } from "../support/api.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { numbersWithModel } from "./numbers-with-model.ts";
import { expectTold, listenTo, untilTold } from "./told-of-calls.ts";

const ENDINGS = [
  ["0001", "not valid", "failed", "invalid_number", "callee"],
  ["0002", "not reachable", "failed", "unreachable_number", "callee"],
  ["0004", "blocked", "failed", "destination_blocked", "config"],
  ["0010", "busy", "no-answer", "busy", "none"],
  ["0011", "rings unanswered", "no-answer", "no_answer", "none"],
  ["0012", "declined", "no-answer", "declined", "none"],
  ["0013", "fails in the network", "failed", "carrier_failed", "carrier"],
  ["0020", "voicemail", "voicemail", "voicemail", "none"],
  ["0021", "fax", "failed", "fax", "callee"],
  ["0030", "interested", "connected", "agent_hangup", "none"],
  ["0032", "opts out", "connected", "dnc_request", "none"],
  ["0033", "wrong number", "connected", "wrong_number", "none"],
  ["0034", "hostile", "connected", "hostile_caller", "none"],
  ["0035", "hangs up in mid-sentence", "connected", "customer_hangup", "none"],
  ["0036", "stays silent", "connected", "silence", "none"],
  ["0039", "presses keys", "connected", "agent_hangup", "none"],
  ["0080", "is typed, by nobody", "connected", "silence", "none"],
] as const;

/** What happens between us and the carrier only: of what is said, nothing may be lost or changed by it. */
const FAULTY = [
  ["0041", "the create's answer never comes"],
  ["0042", "the create is throttled twice"],
  ["0043", "status callbacks are lost"],
  ["0044", "status callbacks come three times"],
  ["0045", "status callbacks come in reverse order"],
  ["0046", "status callbacks come half a minute late"],
] as const;

const PATIENT = { timeout: 100_000 };

afterAll(() => {
  vi.restoreAllMocks();
});

describe.concurrent("sandbox numbers, with a model", PATIENT, numbersWithModel);

describe.concurrent("sandbox numbers", PATIENT, () => {
  // It takes longest, so it begins first.
  test("0040 (create answers 500) ends failed / submission_unknown, and nothing ever rang", async () => {
    const { call, org } = await callTo("0040");
    expect(call).toMatchObject({ outcome: "failed", ended_reason: "submission_unknown", fault: "carrier" });
    expect(await recordsOf(org)).toEqual([]);
  });

  test.for(ENDINGS)("%s (%s) ends %s / %s / %s", async ([number, , outcome, reason, fault]) => {
    const { call } = await callTo(number);
    expect(call).toMatchObject({ outcome, ended_reason: reason, fault });
  });

  test.for(FAULTY)("%s (%s) rings once, and the talk is as without fault", async ([number]) => {
    const [faultless, { call, org }] = await Promise.all([callTo("0030"), callTo(number)]);
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup", fault: "none" });
    expect(wordsOf(call)).toEqual(wordsOf(faultless.call));
    expect(wordsOf(call).length).toBeGreaterThan(10);
    const [record, ...others] = await recordsOf(org);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ sid: call.carrier.carrier_call_id, status: "completed" });
    expect(timesOf(call)).toEqual(timesOfRecord(record));
  });

  test("0030 (interested): its customer is told when the recording can be fetched, and where", async () => {
    const { call, org, webhookId } = await callTo("0030");
    const told = await untilTold(webhookId, call.uuid, "call.recording_ready");
    const ready = told.find(({ event }) => event.event === "call.recording_ready");
    const { recording_url: url } = await read(org, call.uuid);
    expect(url).not.toBeNull();
    expect(ready?.event.data.recording_url).toBe(url);
    const analyzed = told.find(({ event }) => event.event === "call.analyzed");
    expect(analyzed?.event.data).toMatchObject({ sentiment: "positive", summary: expect.any(String) });
  });

  test("0037 (interrupts the agent): the transcript holds only what was heard of it", async () => {
    const { call } = await callTo("0037");
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup", fault: "none" });
    const [greeting, interruption, next] = call.transcript;
    const whole = "Hi, this is Aria calling from Luminary Home. Is this a good time to talk?";
    expect(greeting).toMatchObject({ speaker: "agent", text: whole.slice(0, greeting?.text.length) });
    expect(Math.abs((greeting?.text.length ?? 0) - whole.length / 2)).toBeLessThan(2);
    expect(interruption).toMatchObject({
      speaker: "customer",
      text: expect.stringMatching(/^Sorry to cut in/),
    });
    expect(next?.speaker).toBe("agent");
  });

  test("0038 (never stops talking) ends connected / max_duration", async () => {
    const { call } = await callTo("0038", { max_duration: 5 });
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "max_duration", fault: "none" });
  });

  test("0042 is asked for three times", async () => {
    const { org } = await callTo("0042");
    const account = env.SANDBOX_ACCOUNT.getByName(org.accountSid);
    const counts = await runInDurableObject(account, (_, { storage }) =>
      storage.sql.exec("SELECT count FROM creates").toArray(),
    );
    expect(counts).toEqual([{ count: 0 }]);
  });

  test("0047 (relay dropped in mid-call): the talk is resumed, and nothing said twice", async () => {
    const [faultless, { call, org }] = await Promise.all([callTo("0030"), callTo("0047")]);
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup", fault: "none" });
    const texts = call.transcript.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    // These people listen many times faster than words are estimated to take: mostly nothing counts as heard of what
    // was dropped, and it is said again; where something does, the agent says what has happened.
    expect(texts.filter((text) => /the line dropped/.test(text)).length).toBeLessThanOrEqual(1);
    const said = texts.filter((text) => !/the line dropped/.test(text));
    expect(said.length).toBe(faultless.call.transcript.length);
    const customerOf = (record: CallRecord) => wordsOf(record).filter(([speaker]) => speaker === "customer");
    expect(customerOf(call)).toEqual(customerOf(faultless.call));
    expect(await recordsOf(org)).toHaveLength(1);
  });

  test("0048 (all callbacks lost after the answer): its times are those of the carrier's record", async () => {
    const { call, org } = await callTo("0048");
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "customer_hangup", fault: "none" });
    const [record, ...others] = await recordsOf(org);
    expect(others).toEqual([]);
    expect(timesOf(call)).toEqual(timesOfRecord(record));
  });
});

async function callTo(
  number: string,
  campaignConfig: Record<string, unknown> = {},
): Promise<{ call: CallRecord; org: Organisation; webhookId: string }> {
  const org = await createOrganisation({ campaignConfig });
  const webhookId = await listenTo(org);
  const callId = await place(org, `+1500555${number}`);
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
  await expectTold(webhookId, call, "call.analyzed");
  return { call, org, webhookId };
}

function wordsOf({ transcript }: CallRecord): [speaker: string, text: string][] {
  return transcript.map(({ speaker, text }) => [speaker, text]);
}

/** The carrier's own records of an organisation's calls. */
async function recordsOf(org: Organisation): Promise<Record<string, unknown>[]> {
  const body = await new TestAccount(org.accountSid).json("Calls.json");
  return Array.isArray(body["calls"]) ? body["calls"] : [];
}

function timesOf(call: CallRecord) {
  return { endedAt: Date.parse(call.ended_at ?? ""), duration: call.duration };
}

function timesOfRecord(record: Record<string, unknown> | undefined) {
  return { endedAt: Date.parse(String(record?.["end_time"])), duration: Number(record?.["duration"]) };
}
