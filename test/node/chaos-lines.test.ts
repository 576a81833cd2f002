// The judges of lines, talks and sweeps: each finds what it is there to find.

import { expect, test } from "vitest";
import { judgeLines } from "../chaos/judge-lines.ts";
import { judgeSweeps } from "../chaos/judge-sweeps.ts";
import { judgeTalks } from "../chaos/judge-talks.ts";
import type { Verdict } from "../chaos/verdict.ts";
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

const ENDS_LATE = "Tue, 12 May 2026 14:32:40 +0000";
/** Between the call's end and that of the line. */
const LATE_OUTAGE = { ...OUTAGE, fromMs: OUTAGE.fromMs + 28_000, toMs: OUTAGE.toMs + 28_000 };
const HUMAN_LEG = {
  ...soundLine(),
  parent_call_sid: SID,
  to: "+15003000090",
  direction: "outbound-dial",
};
/** A client was told that the call ends, ten seconds before it did. */
const askToEnd = ({ load }: Ledgers): void => {
  const told = { afterMs: 0, status: 200, code: null, transferId: null, atMs: OUTAGE.fromMs + 15_000 };
  load.acknowledged[0]?.deeds.push({ ...told, kind: "end", reason: "workflow_close" });
};
const linesIn = (ledgers: Ledgers) => ledgers.orgs.flatMap(({ carrierCalls }) => carrierCalls);

const SPOILT_LINES: [name: string, rule: string, spoil: (ledgers: Ledgers) => void][] = [
  [
    "a line that goes on",
    "a line outlives its call",
    (all) => linesIn(all).forEach((line) => (line.end_time = ENDS_LATE)),
  ],
  [
    "a human's line that goes on",
    "a line outlives its call",
    ({ orgs, stored }) => {
      for (const session of stored.sessions) session.transfers.push("trf_1");
      orgs[0]?.carrierCalls.push({ ...HUMAN_LEG, sid: "CA2", end_time: ENDS_LATE });
    },
  ],
  [
    "a human who is rung twice for one transfer",
    "a human's phone rang again",
    ({ orgs, stored }) => {
      for (const session of stored.sessions) session.transfers.push("trf_1");
      orgs[0]?.carrierCalls.push({ ...HUMAN_LEG, sid: "CA2" }, { ...HUMAN_LEG, sid: "CA3" });
    },
  ],
  [
    "one line too many",
    "more lines at once than allowed",
    ({ orgs }) => orgs[0]?.carrierCalls.push({ ...soundLine(), sid: "CA2" }),
  ],
  ["an end that is only acknowledged", "a call goes on after its end was acknowledged", askToEnd],
  [
    "hanging up that had to be said again",
    "hanging up was not heard",
    ({ stored }) => stored.sessions.forEach((session) => session.hung_up_again.push(OUTAGE.fromMs + 24_000)),
  ],
];

test.each(SPOILT_LINES)("%s is found", (_name, rule, spoil) => {
  const ledgers = soundLedgers();
  spoil(ledgers);
  expect(judgeLines(ledgers).map((finding) => finding.rule)).toEqual([rule]);
});

test("a line may go on while the power is away, one human after the other be rung, one line follow the other", () => {
  const ledgers = soundLedgers();
  for (const line of linesIn(ledgers)) line.end_time = ENDS_LATE;
  ledgers.load.outages.push(LATE_OUTAGE);
  for (const session of ledgers.stored.sessions) session.transfers.push("trf_1");
  ledgers.orgs[0]?.carrierCalls.push(
    { ...HUMAN_LEG, sid: "CA2" },
    { ...HUMAN_LEG, sid: "CA3", to: "+15003000091" },
    { ...soundLine(), sid: "CA4", start_time: ENDS_LATE, end_time: "Tue, 12 May 2026 14:33:00 +0000" },
  );
  expect(judgeLines(ledgers)).toEqual([]);
});

test("a kill may cut hanging up off, its confirmation be lost; an end that was refused is none", () => {
  const ledgers = soundLedgers();
  askToEnd(ledgers);
  for (const session of ledgers.stored.sessions) session.hung_up_again.push(OUTAGE.fromMs + 24_000);
  ledgers.load.outages.push({ ...OUTAGE, fromMs: OUTAGE.fromMs + 20_000, toMs: OUTAGE.toMs + 20_000 });
  expect(judgeLines(ledgers)).toEqual([]);
  const refused = soundLedgers();
  for (const session of refused.stored.sessions) session.hung_up_again.push(OUTAGE.fromMs + 30_000);
  askToEnd(refused);
  for (const deed of refused.load.acknowledged[0]?.deeds ?? []) deed.status = 409;
  expect(judgeLines(refused)).toEqual([]);
});

const SPOILT_TALKS: [name: string, rule: string, spoil: (ledgers: Ledgers) => void][] = [
  [
    "a transcript that lacks its last turn",
    "a transcript is not what was heard",
    ({ stored }) =>
      stored.sessions.forEach(({ lines }) => lines.push({ speaker: "agent", text: "Goodbye." })),
  ],
  [
    "a transcript that is missing",
    "a transcript is not what was heard",
    ({ stored }) => void (stored.transcripts = []),
  ],
  [
    "a transcript in another order",
    "a transcript is not what was heard",
    ({ stored }) => stored.sessions.forEach((session) => (session.lines = session.lines.toReversed())),
  ],
  [
    "a talk that nobody was at",
    "a talk is not whole",
    ({ stored }) => {
      stored.transcripts = [];
      for (const session of stored.sessions) session.lines = [];
    },
  ],
  [
    "a wish that was forgotten",
    "who asked not to be called again is not opted out",
    ({ stored }) => stored.calls.forEach((row) => (row.ended_reason = "dnc_request")),
  ],
];

test.each(SPOILT_TALKS)("%s is found", (_name, rule, spoil) => {
  const ledgers = soundLedgers();
  spoil(ledgers);
  expect(judgeTalks(ledgers).map((finding) => finding.rule)).toContain(rule);
});

test("a talk may be short in an outage, or if somebody ended it; what was not heard is no turn", () => {
  const ledgers = soundLedgers();
  const [session] = ledgers.stored.sessions;
  if (session === undefined) throw new Error("There is one");
  session.lines = [{ speaker: "agent", text: "" }];
  ledgers.stored.transcripts = [];
  expect(judgeTalks(ledgers)).toHaveLength(1);
  ledgers.load.outages.push(OUTAGE);
  expect(judgeTalks(ledgers)).toEqual([]);
  ledgers.load.outages.pop();
  const done = { afterMs: 0, status: 200, code: null, transferId: null, atMs: 0 };
  ledgers.load.acknowledged[0]?.deeds.push({ ...done, kind: "end", reason: "dnc_request" });
  ledgers.stored.calls.forEach((row) => (row.ended_reason = "dnc_request"));
  ledgers.stored.optOuts.push({ org_id: ORG, phone: TO });
  expect(judgeTalks(ledgers)).toEqual([]);
});

function sweep(lines: object[], outages = [OUTAGE]): Verdict {
  const verdict: Verdict = { findings: [], deviations: {}, strict: 0 };
  const log = ["no JSON", ...lines.map((line) => JSON.stringify(line))].join("\n");
  judgeSweeps(verdict, { log, calls: soundLedgers().stored.calls, outages });
  return verdict;
}

test("what sweeps put right is found where no kill left it", () => {
  const slots = { level: "info", event: "slots_swept", carrier_id: "car_1", released: 1 };
  const orphans = { level: "info", event: "orphans_swept", asked: 1, given_up: 1 };
  const givenUp = { level: "error", event: "call_given_up", call_id: CALL };
  const atBeginning = { ...OUTAGE, fromMs: OUTAGE.fromMs - 5_000 };
  expect(
    sweep(
      [
        { ...slots, released: 0 },
        { ...orphans, given_up: 0 },
      ],
      [],
    ),
  ).toMatchObject({ findings: [] });
  expect(sweep([slots, orphans, givenUp], []).findings).toHaveLength(3);
  expect(sweep([slots, slots]).findings).toHaveLength(1);
  expect(sweep([givenUp]).findings).toHaveLength(1);
  expect(sweep([slots, orphans, givenUp], [atBeginning])).toEqual({
    findings: [],
    deviations: { "slots swept": 1, "call given up": 1 },
    strict: 0,
  });
});
