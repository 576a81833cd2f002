// The judge of the chaos harness finds what it is there to find, and lets pass what a kill may honestly cause.

import { expect, test } from "vitest";
import type { CallRow } from "../chaos/ledgers.ts";
import { judgeCounts, judgeLeftovers } from "../chaos/judge-counts.ts";
import { judgeLines } from "../chaos/judge-lines.ts";
import { judgeLog } from "../chaos/judge-log.ts";
import { judgeStrictness } from "../chaos/judge-run.ts";
import { judgeTalks } from "../chaos/judge-talks.ts";
import { judgeCalls } from "../chaos/judge.ts";
import { planOf } from "../chaos/plan.ts";
import {
  CALL,
  ORG,
  OUTAGE,
  SID,
  soundLedgers,
  soundLine,
  TO,
  type Ledgers,
} from "./support/chaos-ledgers.ts";

const rulesOf = (ledgers: Ledgers): string[] => judgeCalls(ledgers).findings.map(({ rule }) => rule);
const change = (ledgers: Ledgers, to: Partial<CallRow>): void => {
  ledgers.stored.calls = ledgers.stored.calls.map((row) => ({ ...row, ...to }));
};

test("sound ledgers pass", () => {
  const ledgers = soundLedgers();
  expect(judgeCalls(ledgers)).toEqual({ findings: [], deviations: {}, strict: 1 });
  expect(judgeLines(ledgers)).toEqual([]);
  expect(judgeTalks(ledgers)).toEqual([]);
  expect(judgeCounts(ledgers.orgs, ledgers.stored)).toEqual([]);
  expect(judgeLeftovers(ledgers.orgs, ledgers.stored)).toEqual([]);
});

const SPOILT: [name: string, rule: string, spoil: (ledgers: Ledgers) => void][] = [
  ["a lost row", "an acknowledged call is lost", ({ stored }) => void (stored.calls = [])],
  [
    "a second line to the number",
    "a number rang twice",
    ({ orgs }) => orgs[0]?.carrierCalls.push({ ...soundLine(), sid: "CA2" }),
  ],
  [
    "another line in the row",
    "a call does not know its line",
    (all) => change(all, { carrier_call_id: "CA9" }),
  ],
  ["a live row", "a call has not ended", (all) => change(all, { status: "in_progress", ended_at: null })],
  ["another end", "a call ended as it should not", (all) => change(all, { ended_reason: "relay_lost" })],
  ["no analysis", "a call is not analysed", (all) => change(all, { analysis: null })],
  ["no sentiment", "sentiment is judged on connected calls", (all) => change(all, { sentiment: null })],
  [
    "a call that nobody was told of",
    "a call that nobody was told of",
    ({ load }) => void (load.acknowledged = []),
  ],
  [
    "a line that nobody asked for",
    "the carrier rang a number that nobody asked for",
    ({ orgs }) => orgs[0]?.carrierCalls.push({ ...soundLine(), sid: "CA2", to: "+15005560030" }),
  ],
  [
    "a list that lacks the call",
    "the list is not what is stored",
    ({ orgs }) => orgs.forEach((org) => (org.listed = [])),
  ],
  [
    "a caller who is not known",
    "a caller has no call",
    ({ load }) => load.callers.push({ org: 0, from: "+14155551000", behaves: "0030", before: 0, sid: "CA5" }),
  ],
  [
    "a recording that was not stored",
    "a recording was not stored",
    (all) => change(all, { carrier_recording_id: "RE1" }),
  ],
  [
    "a recording that nobody knows",
    "a recording is not known",
    ({ orgs }) => orgs[0]?.carrierRecordings.push({ sid: "RE1", call_sid: SID }),
  ],
  [
    "a recording that is mute",
    "a recording can't be played",
    ({ orgs }) => orgs[0]?.silentRecordings.push(CALL),
  ],
];

test.each(SPOILT)("%s is found", (_name, rule, spoil) => {
  const ledgers = soundLedgers();
  spoil(ledgers);
  expect(rulesOf(ledgers)).toContain(rule);
});

test("what a kill may honestly cause is counted, and only where the call lived through one", () => {
  const ledgers = soundLedgers();
  change(ledgers, { ended_reason: "agent_failed" });
  expect(rulesOf(ledgers)).toEqual(["a call ended as it should not"]);
  ledgers.load.outages.push(OUTAGE);
  expect(judgeCalls(ledgers)).toEqual({ findings: [], deviations: { agent_failed: 1 }, strict: 0 });
});

test("an outage before the call was handed over excuses nothing that came later", () => {
  const ledgers = soundLedgers();
  ledgers.load.outages.push(OUTAGE);
  change(ledgers, { ended_reason: "agent_failed" });
  for (const line of ledgers.orgs.flatMap(({ carrierCalls }) => carrierCalls)) {
    line.start_time = "Tue, 12 May 2026 14:33:02 +0000";
    line.end_time = "Tue, 12 May 2026 14:33:31 +0000";
  }
  expect(rulesOf(ledgers)).toEqual(["a call ended as it should not"]);
});

test("an outage after the line's end excuses nothing", () => {
  const ledgers = soundLedgers();
  ledgers.load.outages.push({ ...OUTAGE, fromMs: OUTAGE.fromMs + 28_000, toMs: OUTAGE.toMs + 28_000 });
  change(ledgers, { ended_reason: "agent_failed" });
  expect(rulesOf(ledgers)).toEqual(["a call ended as it should not"]);
});

test("a call may end as submission_unknown if the carrier has none, never if it rang", () => {
  const ledgers = soundLedgers();
  ledgers.load.outages.push(OUTAGE);
  change(ledgers, { ended_reason: "submission_unknown", outcome: "failed", sentiment: null });
  expect(rulesOf(ledgers)).toEqual(["a call ended as it should not"]);
  for (const org of ledgers.orgs) org.carrierCalls = [];
  expect(judgeCalls(ledgers)).toEqual({ findings: [], deviations: { submission_unknown: 1 }, strict: 0 });
});

test("who declined was busy, if a kill took the only word of it", () => {
  const ledgers = soundLedgers();
  ledgers.load.acknowledged = ledgers.load.acknowledged.map((call) =>
    Object.assign(call, { behaves: "0012" }),
  );
  change(ledgers, { ended_reason: "busy", outcome: "no-answer", sentiment: null });
  expect(rulesOf(ledgers)).toEqual(["a call ended as it should not"]);
  ledgers.load.outages.push(OUTAGE);
  expect(rulesOf(ledgers)).toEqual([]);
});

test("a call ends by its own clock if each question about it fell into an outage, and not else", () => {
  const ledgers = soundLedgers();
  change(ledgers, { ended_reason: "max_duration" });
  ledgers.load.outages = [OUTAGE];
  const ask = (...times: number[]): string[] => {
    for (const session of ledgers.stored.sessions) session.asked_carrier_ms = times;
    return rulesOf(ledgers);
  };
  expect(ask()).toEqual(["a call ended as it should not"]);
  expect(ask(OUTAGE.fromMs - 2_000)).toEqual([]);
  expect(ask(OUTAGE.fromMs - 2_000, OUTAGE.fromMs - 30_000)).toEqual(["a call ended as it should not"]);
});

test("no number's behaviour excuses that the carrier was never asked", () => {
  const ledgers = soundLedgers();
  ledgers.load.acknowledged = ledgers.load.acknowledged.map((call) =>
    Object.assign(call, { behaves: "0040" }),
  );
  change(ledgers, { ended_reason: "submission_unknown", outcome: "failed", sentiment: null });
  for (const org of ledgers.orgs) org.carrierCalls = [];
  expect(rulesOf(ledgers)).toEqual([]);
  for (const session of ledgers.stored.sessions) session.requested_at_ms = null;
  expect(rulesOf(ledgers)).toEqual(["the carrier was never asked for a call"]);
});

test.each([
  ["was never asked", null],
  ["was asked after the kill", OUTAGE.fromMs + 2_000],
  ["had long answered", OUTAGE.fromMs - 16_000],
])("a call may not end as submission_unknown if the carrier %s", (_name, askedMs) => {
  const ledgers = soundLedgers();
  ledgers.load.outages.push(OUTAGE);
  change(ledgers, { ended_reason: "submission_unknown", outcome: "failed", sentiment: null });
  for (const org of ledgers.orgs) org.carrierCalls = [];
  for (const session of ledgers.stored.sessions) session.requested_at_ms = askedMs;
  expect(rulesOf(ledgers)).toContain("a call ended as it should not");
});

test("nothing excuses a recording that nobody knows: neither a kill, nor a number whose callbacks are lost", () => {
  const ledgers = soundLedgers();
  ledgers.orgs[0]?.carrierRecordings.push({ sid: "RE1", call_sid: SID });
  ledgers.load.outages.push(OUTAGE);
  expect(rulesOf(ledgers)).toEqual(["a recording is not known"]);
  change(ledgers, { to_number: "+15005550048" });
  expect(rulesOf(ledgers)).toContain("a recording is not known");
});

test("a run in which too few calls were judged strictly fails", () => {
  const verdict = { ...judgeCalls(soundLedgers()), strict: 2 };
  const calls = planOf({ calls: 10, kills: 1, seed: 1 }).calls;
  judgeStrictness(verdict, { calls, calmFrom: 8 });
  expect(verdict.findings).toEqual([]);
  judgeStrictness(verdict, { calls, calmFrom: 7 });
  expect(verdict.findings.map(({ rule }) => rule)).toEqual(["too little was judged strictly"]);
});

test("what was acknowledged of workflows is there", () => {
  const ledgers = soundLedgers();
  const done = { afterMs: 0, status: 200, code: null, transferId: null, atMs: 0 };
  const [call] = ledgers.load.acknowledged;
  call?.deeds.push({ ...done, kind: "metadata", patch: { extraction: { budget: 1000 } } });
  call?.deeds.push({ ...done, kind: "end", reason: "dnc_request" });
  expect(rulesOf(ledgers)).toEqual(["an acknowledged opt-out is lost"]);
  ledgers.stored.optOuts.push({ org_id: ORG, phone: TO });
  expect(rulesOf(ledgers)).toEqual([]);
  call?.deeds.push({ ...done, kind: "metadata", patch: { extraction: { note: 1 } } });
  expect(rulesOf(ledgers)).toEqual(["what a workflow wrote is lost"]);
});

test("counts that are not the count are found", () => {
  const { orgs, stored } = soundLedgers();
  const [rollup, contact, org] = [stored.rollups[0], stored.contacts[0], orgs[0]];
  if (rollup === undefined || contact === undefined || org === undefined) throw new Error("All are there");
  rollup.connected_positive += 1;
  contact.total_calls = 2;
  org.stats.avg_duration_seconds = 21;
  expect(judgeCounts(orgs, stored).map(({ rule }) => rule)).toEqual([
    "a rollup is not the count",
    "a contact's total_calls is not the count",
    "the statistics are not the count",
  ]);
});

test("what is left behind is found", () => {
  const { orgs, stored } = soundLedgers();
  stored.owed.push({ call_id: CALL, key: "project", attempts: 3 });
  stored.slots.push({ call_id: CALL });
  stored.reservations.push({ call_id: CALL, human_id: "hum_1" });
  stored.onBoard.push({ call_id: CALL });
  stored.heldLocks.push({ path: "/v1/calls", key: "one" });
  stored.deadLetters.push({ queue: "trunkline-dial", call_id: CALL });
  for (const org of orgs) Object.assign(org, { liveTotal: 1, boardTotal: 1, humansInCall: 1 });
  for (const line of orgs.flatMap(({ carrierCalls }) => carrierCalls)) line.end_time = null;
  expect(judgeLeftovers(orgs, stored)).toHaveLength(10);
});

test.each([
  ["a number", '{"event":"x","to":"15005550030"}', "the log shows a phone number"],
  ["another number", '{"to":"+4915112345678"}', "the log shows a number in E.164"],
  ["one of a URL", "GET /x?To=%2B4915112345678", "the log shows a number in E.164"],
  ["an API key", "key tl_k_0123456789abcdef", "the log shows an API key"],
  ["a token", "?token=tl_t_abcdefghijk.lmn", "the log shows a token"],
  ["a webhook's secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "the log shows a webhook's secret"],
  ["a carrier's token", "auth 0a1b2c3d", "the log shows a secret: carrier token"],
])("%s in the log is found", (_name, line, rule) => {
  const what = { secrets: { "carrier token": "0a1b2c3d" }, phones: [TO] };
  const harmless = '{"event":"call_status","call_id":"cal_1","to":"+…30","key":"tl_k_…"}';
  expect(judgeLog(harmless, what)).toEqual([]);
  expect(judgeLog(`${harmless}\n${line}`, what).map((finding) => finding.rule)).toContain(rule);
});
