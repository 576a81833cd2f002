// `<Gather>`, on the line of who was dialled and on the call's own.

import { describe, expect, test } from "vitest";
import { Drive, ended } from "./drive.ts";
import { dial, handedOver, isBridged } from "./handover.ts";

describe("<Gather>", () => {
  const gather = (attributes: string, then = "<Hangup/>") =>
    `<Response><Gather action="/keys" ${attributes}><Say>Press.</Say><Pause length="2"/></Gather>${then}</Response>`;
  const asked = (human: string, document: string) => handedOver(dial(human)).whisper(document);
  const answered = (call: Drive) =>
    call.until(() => call.leg.request !== null || ended(call.leg)).leg.request;

  test.each([
    ["one key is enough", 'numDigits="1"'],
    ["any number, ended by the key for it", ""],
    ["more than are pressed, ended by the key for it", 'numDigits="4" finishOnKey="*"'],
    ["any number, ended by a pause", 'finishOnKey=""'],
  ])("%s", (_, attributes) => {
    const call = asked("0090", gather(attributes));
    const sinceMs = call.nowMs;
    expect(answered(call)).toMatchObject({ url: "https://own.example/keys", params: { Digits: "1" } });
    expect(call.nowMs - sinceMs).toBeGreaterThan(2400);
  });

  test("waits for its timeout after the last word, then the next verb has its turn", () => {
    const call = asked("0091", gather('timeout="7"', "<Pause length='1'/>"));
    const sinceMs = call.nowMs;
    expect(isBridged(call.until(() => isBridged(call) || ended(call.leg)))).toBe(true);
    expect(call.nowMs - sinceMs).toBe(400 + 2000 + 7000 + 1000);
  });

  test("asks its action without keys only if it is told to", () => {
    expect(answered(asked("0091", gather("")))).toBeNull();
    const asking = asked("0091", gather('actionOnEmptyResult="true"'));
    expect(answered(asking)).toMatchObject({ params: { Digits: "" } });
  });

  test("is over when its time is: a key that comes late is none for the next", () => {
    const next = gather('input="speech" timeout="9"').replaceAll(/<\/?Response>/g, "");
    expect(answered(asked("0090", gather('timeout="0"', next)))).toBeNull();
  });

  test("hears no keys where it listens for words alone", () => {
    expect(answered(asked("0090", gather('input="speech"')))).toBeNull();
  });

  test("works on the call's own line as well", () => {
    const call = new Drive("+15005550090").document(gather('numDigits="1"'));
    call.until((state) => state.request !== null);
    expect(call.state.request?.params).toMatchObject({ Digits: "1", CallSid: call.state.sid });
    expect(new Drive("+15005550030").document(gather("")).until(ended).state.status).toBe("completed");
  });
});
