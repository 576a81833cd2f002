import { expect, test } from "vitest";
import { callEventSchema, toDeliveries } from "../../src/contract/call-events.ts";
import type { CallRecord } from "../../src/contract/calls.ts";
import { newId } from "../../src/lib/ids.ts";

const ENDED = {
  seq: 2,
  key: "call.ended",
  name: "call.ended",
  atMs: 1_700_000_000_999,
  transfer: null,
} as const;

function recordOf(transcript: CallRecord["transcript"]): CallRecord {
  return {
    uuid: newId("call"),
    call_type: "outbound",
    campaign_uuid: newId("campaign"),
    contact_uuid: null,
    from_number: "+15550010000",
    to_number: "+15005550030",
    status: "ended",
    duration: 5,
    duration_formatted: "00:05",
    outcome: "connected",
    sentiment: null,
    summary: null,
    recording_url: null,
    started_at: "2026-11-22T12:00:00Z",
    ended_at: "2026-11-22T12:00:09Z",
    answered_at: "2026-11-22T12:00:04Z",
    ended_reason: "agent_hangup",
    fault: "none",
    carrier: { carrier_id: newId("carrier"), carrier_call_id: "CA1" },
    transfer: null,
    transcript,
    key_details: { extraction: {}, qms_scores: {} },
  };
}

async function sent(transcript: CallRecord["transcript"]) {
  const subject = {
    orgId: newId("organisation"),
    call: recordOf(transcript),
    bookmark: null,
    contextOf: () => null,
  };
  const [delivery] = await toDeliveries(subject, [ENDED]);
  const body = delivery?.body ?? "";
  return {
    subject,
    delivery,
    bytes: new TextEncoder().encode(body).length,
    event: callEventSchema.parse(JSON.parse(body)),
  };
}

const said = (text: string) => ({ speaker: "agent", text, timestamp: 1 }) as const;

test("an event is the call's record, with its own name, number and time", async () => {
  const { subject, delivery, event } = await sent([said("Hello.")]);
  const { uuid, ...record } = subject.call;
  expect(delivery).toMatchObject({ event: "call.ended", callId: uuid, firedAtMs: ENDED.atMs });
  expect(event).toEqual({
    event: "call.ended",
    fired_at: "2023-11-14T22:13:20Z",
    organisation_uuid: subject.orgId,
    data: { call_uuid: uuid, seq: 2, ...record },
  });
});

test("a body of more than a mebibyte goes without the transcript, and says so", async () => {
  // Three bytes each in UTF-8, and one in memory's own count.
  const long = [said("語".repeat(400_000))];
  const { bytes, event } = await sent(long);
  expect(bytes).toBeLessThan(4_096);
  expect(event.data).toMatchObject({ transcript: [], transcript_omitted: true });
  const fits = await sent([said("語".repeat(300_000))]);
  expect(fits.event.data.transcript).toHaveLength(1);
  expect(fits.event.data).not.toHaveProperty("transcript_omitted");
});
