import { describe, expect, test } from "vitest";
import { CALL_SID, fakeTwilio, RECORDING_SID, refusal } from "./fake-twilio.ts";

describe("listing the recordings of a call", () => {
  const listed = (...recordings: object[]) => Response.json({ recordings });
  const one = (status: string, duration: string | null = null) => ({ sid: RECORDING_SID, status, duration });
  const notice = { carrierCallId: CALL_SID, recordingId: RECORDING_SID, durationSeconds: 24 };
  const nothing = { kind: "listed", ready: [], isAwaited: false };

  test.each([
    ["one", () => listed(one("completed", "24")), { ...nothing, ready: [notice] }],
    [
      "one of unknown length",
      () => listed(one("completed")),
      { ...nothing, ready: [{ ...notice, durationSeconds: 0 }] },
    ],
    ["one that is being made", () => listed(one("processing")), { ...nothing, isAwaited: true }],
    [
      "one of each",
      () => listed(one("in-progress"), one("completed", "24")),
      { kind: "listed", ready: [notice], isAwaited: true },
    ],
    ["one that never came to be", () => listed(one("absent")), nothing],
    ["one that was deleted", () => listed(one("deleted", "24")), nothing],
    ["none", () => listed(), nothing],
    ["no such call", () => refusal(404, 20404), nothing],
    ["refused", () => refusal(401, 20003), { kind: "failed", detail: "401/20003" }],
    ["no list", () => Response.json({ sid: CALL_SID }), { kind: "failed", detail: "an unreadable list" }],
    [
      "one without an id",
      () => listed({ status: "completed" }),
      { kind: "failed", detail: "an unreadable list" },
    ],
    ["no answer", () => new TypeError("No route"), { kind: "failed", detail: "TypeError: No route" }],
  ])("answers as a value: %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.listRecordings(CALL_SID)).toEqual(result);
  });
});
