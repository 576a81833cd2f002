// A call ends while a second party is dialled, told or talked to; and every call ends.

import { array, assert, boolean, constantFrom, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { hasEnded, liveLeg, nextTimer } from "../../src/sandbox/call-state.ts";
import { Drive, ended, RELAY } from "./drive.ts";
import { ACCEPTED, AUTO, BY_KEY, dial, handedOver } from "./handover.ts";

describe("the call ends before its <Dial>", () => {
  const stages: [string, string, () => Drive, Record<string, string>][] = [
    ["while it rings", "canceled", () => handedOver(dial("0011")), { DialCallStatus: "canceled" }],
    [
      "during the whisper",
      "completed",
      () => handedOver(dial("0090")).whisper(BY_KEY),
      { DialCallStatus: "no-answer", DialBridged: "false" },
    ],
    [
      "in the bridge",
      "completed",
      () => handedOver(dial("0090")).whisper(ACCEPTED),
      { DialCallStatus: "completed", DialBridged: "true" },
    ],
  ];

  test.each(stages)("%s, by a REST hang-up: who was dialled is off too", (_, legStatus, reach, told) => {
    const call = reach();
    call.nowMs += 500;
    call.apply({ type: "change", change: { kind: "end" } });
    expect(call.state).toMatchObject({ status: "completed", dial: null, request: null });
    expect(call.leg).toMatchObject({ status: legStatus, endedAtMs: call.nowMs });
    const action = call.posts.find(({ url }) => url.endsWith("/dial-end?transfer=1"));
    expect(action?.params).toMatchObject({ CallStatus: "completed", DialCallSid: call.leg.sid, ...told });
    expect(call.posts.at(-2)?.params).toMatchObject({ CallStatus: "completed", CallSid: call.state.sid });
  });

  test.each(stages)("%s, by its time limit", (_stage, _legStatus, reach) => {
    const call = reach();
    call.apply({ type: "change", change: { kind: "limit", seconds: 1 } }).until(ended);
    expect(call.leg.endedAtMs).toBe(call.state.endedAtMs);
    expect(liveLeg(call.state)).toBeUndefined();
  });

  test.each(stages)(
    "%s, by another document: who was dialled is off, and the action not asked",
    (...stage) => {
      const [, legStatus, reach] = stage;
      const call = reach().apply({ type: "change", change: { kind: "replace", twiml: RELAY } });
      expect(call.leg.status).toBe(legStatus);
      expect(call.state).toMatchObject({ status: "in-progress", dial: null, request: null });
      expect(call.state.relay?.phase).toBe("connecting");
      expect(call.posts.some(({ url }) => url.includes("/dial-end"))).toBe(false);
    },
  );

  test("whoever was dialled can be hung up on by REST, and the call goes on", () => {
    const ringing = handedOver(dial("0011")).until((state) => liveLeg(state)?.status === "ringing");
    ringing.applyToLeg({ type: "change", change: { kind: "end" } });
    expect(ringing.state.request?.params).toMatchObject({ DialCallStatus: "canceled" });
    const talking = handedOver(dial("0090")).whisper(ACCEPTED);
    talking.applyToLeg({ type: "change", change: { kind: "end" } });
    expect(talking.state.request?.params).toMatchObject({ DialCallStatus: "completed", DialBridged: "true" });
  });

  test("what comes for a line that is over changes nothing", () => {
    const call = handedOver(dial("0090")).until((state) => liveLeg(state)?.request !== null);
    const { request } = call.leg;
    call.applyToLeg({ type: "change", change: { kind: "end" } });
    const before = call.state;
    const outcome = { kind: "document" as const, body: ACCEPTED };
    call.applyToLeg({ type: "document", requestId: request?.id ?? 0, outcome });
    expect(call.state).toEqual(before);
  });
});

test("a document that dials and dials again, to nobody, runs out of lines, and the call ends", () => {
  const dials = "<Dial>+15005550001</Dial>".repeat(150);
  const call = handedOver(`<Response>${dials}</Response>`).until(ended);
  expect(call.state.status).toBe("completed");
  expect(new Set(call.state.legs.map(({ sid }) => sid)).size).toBe(100);
});

test("call and line end once, within their limits, whatever the application does", () => {
  const humans = ["0090", "0091", "0092", "0093", "0011", "0013", "0020", "0038", "0048", "0001"];
  const documents = [
    ...humans.map((human) => dial(human)),
    dial("0090", { attributes: 'answerOnBridge="true"', whisper: "" }),
    dial("0092", { next: "<Redirect>/again</Redirect>" }),
    BY_KEY,
    AUTO,
    ACCEPTED,
    RELAY,
    "<",
  ];
  const moves = ["tick", "tick", "own", "leg", "end-relay", "replace", "end", "end-leg", "limit"] as const;
  const step = property(
    boolean(),
    constantFrom("0030", "0035", "0036", "0038"),
    array(
      constantFrom(...moves).chain((move) => constantFrom(...documents).map((body) => ({ move, body }))),
      {
        maxLength: 60,
      },
    ),
    (inbound, customer, steps) => {
      const limit = { timeLimitSeconds: 120 };
      const call = inbound ? Drive.inbound(customer, limit, 5) : new Drive(`+1500777${customer}`, limit, 5);
      for (const { move, body } of steps) {
        act(call, move, body);
        holds(call);
      }
      while (!ended(call.state)) {
        expect(call.tick()).toBe(true);
        holds(call);
      }
      while (call.tick());
      for (const one of [call.state, ...call.state.legs]) expect(hasEnded(one)).toBe(true);
      expect(call.callbacks.filter((row) => row[2] !== undefined)).toHaveLength(1);
      for (const { fromMs, toMs } of call.state.speech) expect(toMs).toBeGreaterThanOrEqual(fromMs);
    },
  );
  assert(step, { numRuns: 500 });

  /** Whoever lives has a timer of its own, and there is a line to a second party only in a `<Dial>`. */
  function holds({ state }: Drive): void {
    if (ended(state)) expect(liveLeg(state)).toBeUndefined();
    else expect(nextTimer(state)).toBeDefined();
    const live = state.legs.filter((leg) => !hasEnded(leg));
    expect(live).toEqual(state.dial === null ? [] : [liveLeg(state)]);
    for (const leg of live) expect(nextTimer(leg)).toBeDefined();
  }

  function act(call: Drive, move: (typeof moves)[number], body: string): void {
    const { sessionId } = call;
    const outcome = { kind: "document" as const, body };
    switch (move) {
      case "tick":
        call.tick();
        return;
      case "own":
        call.apply({ type: "document", requestId: call.state.request?.id ?? 0, outcome });
        return;
      case "leg":
        if (call.state.legs.length === 0) return;
        call.applyToLeg({ type: "document", requestId: call.leg.request?.id ?? 0, outcome });
        return;
      case "end-relay":
        call.apply({ type: "relay-closed", sessionId, end: { status: "ended", handoffData: "{}" } });
        return;
      case "replace":
        if (call.state.status !== "in-progress") return;
        call.apply({ type: "change", change: { kind: "replace", twiml: body } });
        return;
      case "end":
        call.apply({ type: "change", change: { kind: "end" } });
        return;
      case "end-leg":
        if (call.state.legs.length > 0) call.applyToLeg({ type: "change", change: { kind: "end" } });
        return;
      case "limit":
        call.apply({ type: "change", change: { kind: "limit", seconds: 120 } });
    }
  }
});
