// When a call was answered and when it ended: by the carrier's clock, as far as that can be.

import { describe, expect, test } from "vitest";
import { ACCEPTED_MS, CallDrive, SITUATIONS, reportOf } from "../support/call-machine.ts";

const at = (seconds: number): number => ACCEPTED_MS + seconds * 1000;

describe("the carrier's clock", () => {
  const HANDED_OVER = 20;
  const asked = (): CallDrive => new CallDrive().wait(HANDED_OVER).asksToDial();

  type Row = [what: string, arrived: number, byCarrier: number | null, expected: number];
  const ROWS: Row[] = [
    ["no word of the carrier's: the arrival", 35.4, null, 35.4],
    ["the same second: the arrival, which knows the fraction", 35.4, 35, 35.4],
    ["a late arrival: the end of the carrier's second", 65.4, 35, 35.999],
    ["an early arrival: the carrier's second", 34.2, 35, 35],
    ["five seconds before the carrier's time: still that", 30, 35, 35],
    ["longer before it: a wrong clock, so the arrival", 29.999, 35, 29.999],
    ["hours before it: the arrival", 35.4, 3_635, 35.4],
    ["by the carrier in the second before the hand-over: the hand-over", 35.4, 19, 20],
    ["by the carrier five seconds before it: the hand-over", 35.4, 15, 20],
    ["by the carrier longer before it: a wrong clock, so the arrival", 35.4, 14, 35.4],
    ["by the carrier before the acceptance: the arrival", 35.4, -3_600, 35.4],
  ];

  test.for(ROWS)("an answer, %s", ([, arrived, byCarrier, expected]) => {
    const call = asked().wait(arrived - HANDED_OVER);
    call.reports("answered", { atMs: byCarrier === null ? null : at(byCarrier) });
    expect(call.state.answeredAtMs).toBe(at(expected));
  });

  test.for(ROWS)("an end, %s", ([, arrived, byCarrier, expected]) => {
    const call = asked().wait(arrived - HANDED_OVER);
    call.reports("busy", { atMs: byCarrier === null ? null : at(byCarrier) });
    expect(call.state.endedAtMs).toBe(at(expected));
  });

  test("within the second of the hand-over itself, it is not before it", () => {
    const call = new CallDrive()
      .wait(20.5)
      .asksToDial()
      .wait(0.1)
      .reports("busy", { atMs: at(20) });
    expect(call.state.endedAtMs).toBe(at(20.6));
    const late = new CallDrive()
      .wait(20.5)
      .asksToDial()
      .wait(9)
      .reports("busy", { atMs: at(19) });
    expect(late.state.endedAtMs).toBe(at(20.5));
  });

  test("counts from the create that counts, if one was throttled", () => {
    const call = asked().wait(1).accepts({ type: "create_throttled", retryAfterMs: 30_000 });
    call
      .asksToDial()
      .wait(9)
      .reports("busy", { atMs: at(22) });
    expect(call.state).toMatchObject({ requestedAtMs: at(51), endedAtMs: at(60) });
  });

  test("that is wrong does not make of a customer's hang-up the end of the agent's time", () => {
    const call = SITUATIONS.talking()
      .wait(30)
      .reports("completed", { atMs: at(3_600) });
    expect(call.state).toMatchObject({ ending: { reason: "customer_hangup" }, endedAtMs: call.nowMs });
  });
});

describe("times", () => {
  test("callbacks half a minute late don't stretch the call", () => {
    const call = SITUATIONS.placed()
      .wait(40)
      .reports("answered", { atMs: at(10) })
      .isAnswered()
      .wait(30)
      .reports("completed", { atMs: at(41), durationSeconds: 31 });
    expect(call.state).toMatchObject({
      answeredAtMs: at(10) + 999,
      endedAtMs: at(41) + 999,
      durationSeconds: 31,
    });
  });

  test("a report that comes after the answer request still tells when the phone was picked up", () => {
    const call = SITUATIONS.placed()
      .wait(9)
      .isAnswered()
      .wait(5)
      .reports("answered", { atMs: at(6) });
    expect(call.state.answeredAtMs).toBe(at(6) + 999);
  });

  test("a pick-up that is reported again does not move", () => {
    const call = SITUATIONS.pickedUp();
    const { answeredAtMs } = call.state;
    expect(call.wait(5).reports("answered").state.answeredAtMs).toBe(answeredAtMs);
  });

  test.for([-3_600, -1, 3_600])(
    "an answer %i seconds off by the carrier's clock leaves times in order",
    (by) => {
      const call = SITUATIONS.ringing().wait(5);
      call.reports("answered", { atMs: call.nowMs + by * 1000 }).isAnswered();
      expect(call.due("max_duration")).toBeGreaterThan(590);
      const { answeredAtMs, endedAtMs, requestedAtMs } = call.wait(9).reports("completed").state;
      expect(answeredAtMs).toBeGreaterThanOrEqual(requestedAtMs ?? Number.NaN);
      expect(endedAtMs).toBeGreaterThanOrEqual(answeredAtMs ?? Number.NaN);
    },
  );

  test("talk time is no longer than from answer to end", () => {
    const call = SITUATIONS.placed()
      .wait(9)
      .isAnswered()
      .wait(20)
      .reports("completed", { durationSeconds: 26 });
    expect(call.state).toMatchObject({ answeredAtMs: at(4), endedAtMs: at(30), durationSeconds: 26 });
  });

  test.for([
    ["as measured", 20, 20, 10],
    ["rounded up", 20.4, 21, 10],
    ["rounded up from the last millisecond on", 20.001, 21, 10],
    ["a whole second too long", 20, 21, 9],
    ["more than rounded", 20.4, 22, 8.4],
  ] as const)("a count that is %s: %d s, told as %i s", ([, spanSeconds, durationSeconds, answered]) => {
    const call = SITUATIONS.placed().wait(9).isAnswered().wait(spanSeconds);
    call.reports("completed", { durationSeconds });
    expect(call.state).toMatchObject({
      answeredAtMs: at(answered),
      endedAtMs: at(10 + spanSeconds),
      durationSeconds,
    });
  });

  test("an answer is never before the hand-over, and a count beyond that is cut to a second more", () => {
    const call = new CallDrive().wait(20).asksToDial().wait(9).isAnswered().wait(30);
    call.reports("completed", { durationSeconds: 3_600 });
    expect(call.state).toMatchObject({
      requestedAtMs: at(20),
      answeredAtMs: at(20),
      endedAtMs: at(59),
      durationSeconds: 40,
    });
  });

  test("a count that goes back to just that hand-over is believed", () => {
    const call = new CallDrive().wait(20).asksToDial().wait(9).isAnswered().wait(30);
    call.reports("completed", { durationSeconds: 39 });
    expect(call.state).toMatchObject({ answeredAtMs: at(20), durationSeconds: 39 });
  });

  test("the carrier's count of talk time beats ours", () => {
    const call = SITUATIONS.talking().wait(30).reports("completed", { durationSeconds: 17 });
    expect(call.state.durationSeconds).toBe(17);
  });

  test("without it, talk time is what was measured, in whole seconds", () => {
    const call = SITUATIONS.talking().wait(30.9).reports("completed");
    expect(call.state.durationSeconds).toBe(32);
  });

  test("the end before the answer, by order of arrival, is an answered call with the carrier's times", () => {
    const call = SITUATIONS.placed()
      .wait(60)
      .reports("completed", { atMs: at(50), durationSeconds: 30 });
    expect(call.state).toMatchObject({
      answeredAtMs: at(20) + 999,
      endedAtMs: at(50) + 999,
      durationSeconds: 30,
      ending: { reason: "customer_hangup", outcome: "connected" },
    });
    expect(call.accepts(reportOf("answered", { atMs: at(20) })).state.answeredAtMs).toBe(at(20) + 999);
  });
});
