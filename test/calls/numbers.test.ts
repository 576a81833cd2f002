// Each sandbox number, through HTTP, queue, object and socket, to the end that the contract gives it.

import { describe, expect, test } from "vitest";
import { place, read } from "../support/api.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

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
] as const;

describe("sandbox numbers", () => {
  test.for(ENDINGS)("%s (%s) ends %s / %s / %s", async ([number, , outcome, reason, fault]) => {
    const org = await createOrganisation();
    const callId = await place(org, `+1500555${number}`);
    const call = await until(
      () => read(org, callId),
      ({ status }) => status === "ended",
    );
    expect(call).toMatchObject({ outcome, ended_reason: reason, fault });
  });

  test("0038 (never stops talking) ends connected / max_duration", async () => {
    const org = await createOrganisation({ campaignConfig: { max_duration: 5 } });
    const callId = await place(org, "+15005550038");
    const call = await until(
      () => read(org, callId),
      ({ status }) => status === "ended",
    );
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "max_duration", fault: "none" });
  });
});
