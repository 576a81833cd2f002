// A customer calls in, without objects or network.

import { describe, expect, test } from "vitest";
import { Drive, ended, RELAY, START_MS } from "./drive.ts";

const rings = (call: Drive) => call.state.status === "ringing" && call.state.answeredAtMs === null;

describe("an inbound call", () => {
  test("rings from the start and asks its number's VoiceUrl what to do", () => {
    const call = Drive.inbound("0030").until((state) => state.request !== null);
    expect(rings(call)).toBe(true);
    expect(call.state.request).toMatchObject({ url: "https://own.example/answer", method: "POST" });
    expect(call.state.request?.params).toEqual({
      CallSid: call.state.sid,
      AccountSid: call.state.accountSid,
      From: "+15005550006",
      Caller: "+15005550006",
      To: "+15550010000",
      Called: "+15550010000",
      CallStatus: "ringing",
      Direction: "inbound",
      ApiVersion: "2010-04-01",
      ...Object.fromEntries(
        ["From", "Caller", "To", "Called"].flatMap((party) => [
          [`${party}City`, ""],
          [`${party}State`, ""],
          [`${party}Zip`, ""],
          [`${party}Country`, "US"],
        ]),
      ),
    });
  });

  test("is answered by the first verb that needs the line, and reports nothing but its end", () => {
    const call = Drive.inbound("0030").until((state) => state.request !== null);
    call.nowMs += 400;
    call.document(RELAY);
    expect(call.state).toMatchObject({ status: "in-progress", answeredAtMs: call.nowMs });
    call.apply({ type: "relay-opened", sessionId: call.sessionId }).says("Welcome! How can I help?");
    call.until((state) => state.customer.memory.said.length === 1);
    expect(call.frames[0]).toMatchObject({ type: "setup", direction: "inbound" });
    expect(call.callbacks).toEqual([]);
    call.apply({ type: "change", change: { kind: "end" } });
    expect(call.callbacks).toEqual([["0", "completed", "200"]]);
  });

  test.each([
    ["<Reject/>", "no-answer"],
    ["<Reject reason='rejected'/>", "no-answer"],
    ["<Reject reason='busy'/>", "busy"],
  ])("%s ends it unanswered as %s", (verb, status) => {
    const call = Drive.inbound("0030").document(`<Response>${verb}</Response>`);
    expect(call.state).toMatchObject({ status, answeredAtMs: null });
    expect(call.posts.at(-1)?.params).toMatchObject({ CallStatus: status, CallDuration: "0" });
  });

  test.each(["<Hangup/>", "", "<Say>No.</Say><Reject/>"])("“%s” answers it and then ends it", (verbs) => {
    const call = Drive.inbound("0030").document(`<Response>${verbs}</Response>`).until(ended);
    expect(call.state.status).toBe("completed");
    expect(call.state.answeredAtMs).not.toBeNull();
  });

  test("pauses and redirects before the answer let it ring on", () => {
    const call = Drive.inbound("0030").document(
      "<Response><Pause length='3'/><Redirect>/on</Redirect></Response>",
    );
    expect(rings(call)).toBe(true);
    call.until((state) => state.request !== null);
    expect(rings(call)).toBe(true);
    expect(call.state.request?.url).toBe("https://own.example/on");
    expect(call.document(RELAY).state.status).toBe("in-progress");
  });

  test("a caller lets it ring for a minute, at any speed", () => {
    const call = Drive.inbound("0030", {}, 40);
    while (!ended(call.state)) {
      if (call.state.request === null) call.tick();
      else call.document("<Response><Pause length='10'/><Redirect>/on</Redirect></Response>");
    }
    expect(call.state).toMatchObject({ status: "no-answer", answeredAtMs: null });
    expect(call.nowMs - START_MS).toBeGreaterThanOrEqual(60_000);
    expect(call.nowMs - START_MS).toBeLessThan(61_000);
  });

  test("that minute does not bound a call that was answered: its time limit does", () => {
    const call = Drive.inbound("0036", { timeLimitSeconds: 120 }).document(RELAY);
    call.apply({ type: "relay-opened", sessionId: call.sessionId }).until(ended);
    expect(call.state.status).toBe("completed");
    expect(call.nowMs - (call.state.answeredAtMs ?? 0)).toBe(120_000);
  });

  test("a VoiceUrl that fails is made good by the fallback, else by an apology", () => {
    const fallback = { url: "https://own.example/fallback", method: "POST" as const };
    for (const order of [{ fallback }, {}]) {
      const call = Drive.inbound("0030", order).until((state) => state.request !== null);
      const outcome = { kind: "failed" as const, errorCode: 11200 };
      call.apply({ type: "document", requestId: call.state.request?.id ?? 0, outcome });
      if ("fallback" in order) {
        expect(rings(call)).toBe(true);
        expect(call.state.request).toMatchObject({ ...fallback, params: { ErrorCode: "11200" } });
        continue;
      }
      expect(call.until(ended).state).toMatchObject({ status: "completed", speech: [{ who: "agent" }] });
    }
  });

  test.each([
    ["0032", /never call me/],
    ["0033", /wrong number/],
    ["0034", /scammers/],
  ])("%s is who calls, whatever number is called", (behaves, words) => {
    const call = Drive.inbound(behaves, { to: "+15005550010" }).document(RELAY);
    call.apply({ type: "relay-opened", sessionId: call.sessionId });
    call.says("Welcome!").until(() => call.prompts.length === 1);
    call.says("How can I help?").until(() => call.prompts.length === 2);
    expect(call.prompts[1]).toMatch(words);
  });

  test("the carrier's faults come along: 0048 loses the end", () => {
    const call = Drive.inbound("0048").document(RELAY);
    call.apply({ type: "relay-opened", sessionId: call.sessionId }).says("Welcome!");
    call.until((state) => state.customer.memory.said.length === 1).says("How can I help you today?");
    expect(call.until(ended).posts).toEqual([]);
  });
});
