import { describe, expect, test } from "vitest";
import { ENDINGS, type EndedReason } from "../../src/domain/call/status.ts";
import { classifyRefusal } from "../../src/telephony/twilio/errors.ts";

/** Twilio's codes by what they mean for a call (https://www.twilio.com/docs/api/errors). */
const MEANINGS: [meaning: string, reason: EndedReason, codes: number[]][] = [
  ["the credentials are wrong", "carrier_credentials", [20003]],
  ["the account may not do so", "carrier_credentials", [10001, 20005, 20006, 20008, 20403, 20404]],
  ["a trial account's feature", "carrier_credentials", [10002]],
  ["a trial account calls a number it did not verify", "destination_blocked", [21219]],
  ["To is no number", "invalid_number", [13223, 13226, 21201, 21211, 21217, 21401]],
  ["To can't be reached", "unreachable_number", [13224, 21214, 32009]],
  ["To is a premium number", "destination_blocked", [21202]],
  ["To's country is not enabled", "destination_blocked", [13227, 21203, 21215, 32205]],
  ["To is on Twilio's block list", "destination_blocked", [13225, 21216]],
  ["From is not ours to show", "caller_id_refused", [13214, 13247, 21210, 21212, 21213]],
  ["our request is wrong", "carrier_rejected", [20004, 21205, 21206, 21208, 21209, 21218, 21220, 21609]],
  ["SIP settings", "carrier_rejected", [13243, 13254, 21221, 21222, 21223, 21224, 21225]],
];

const ROWS = MEANINGS.flatMap(([meaning, reason, codes]) => codes.map((code) => ({ code, meaning, reason })));

describe("what Twilio's refusal of a call means", () => {
  test.each(ROWS)("$code ($meaning): $reason", ({ code, reason }) => {
    expect(classifyRefusal(400, code)).toEqual({ kind: "refused", reason });
  });

  test("what the customer of a number, or the owner of the account, must mend is not called the carrier's fault", () => {
    const blamed = ROWS.filter(({ reason }) => ENDINGS[reason].fault === "carrier").map(
      ({ meaning }) => meaning,
    );
    expect([...new Set(blamed)]).toEqual(["our request is wrong", "SIP settings"]);
  });

  test.each([
    [429, null],
    [429, 20429],
    [429, 99_999],
    [429, 21211],
    [400, 20429],
    [400, 10004],
    [403, 10004],
  ])("HTTP %i with code %s: it may be asked again", (status, code) => {
    expect(classifyRefusal(status, code)).toEqual({ kind: "throttled" });
  });

  test.each([
    [500, null],
    [500, 20500],
    [502, null],
    [503, 20503],
    [504, null],
    [520, null],
    [599, null],
    [408, null],
    [500, 21211],
    [503, 20003],
    [408, 21215],
  ])("HTTP %i with code %s: nobody knows whether a phone rings", (status, code) => {
    expect(classifyRefusal(status, code)).toEqual({ kind: "unknown" });
  });

  test.each([
    [400, null, "carrier_rejected"],
    [400, 21_999, "carrier_rejected"],
    [403, null, "carrier_credentials"],
    [404, null, "carrier_credentials"],
    [422, 0, "carrier_rejected"],
    [401, null, "carrier_credentials"],
    [401, 99_999, "carrier_credentials"],
    [401, 20003, "carrier_credentials"],
    [499, null, "carrier_rejected"],
  ])("HTTP %i with code %s, which says nothing more: %s", (status, code, reason) => {
    expect(classifyRefusal(status, code)).toEqual({ kind: "refused", reason });
  });
});
