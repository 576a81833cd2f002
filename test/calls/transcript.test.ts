// GET /v1/calls/{call_uuid} and …/transcript (contract A3, A4), while the call lives and after.

import { expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { place, read, request } from "../support/api.ts";
import { createKey, createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

test("a live call is shown as it stands, and its transcript so far", async () => {
  const org = await createOrganisation({ campaignConfig: { max_duration: 8 } });
  const callId = await place(org, "+15005550036", { contact_name: "Priya Kumar" });
  const call = await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length > 0,
  );
  expect(call).toMatchObject({
    uuid: callId,
    call_type: "outbound",
    campaign_uuid: org.campaignId,
    contact_uuid: expect.stringMatching(/^cst_/),
    from_number: "+15550010000",
    to_number: "+15005550036",
    status: "in_progress",
    duration: null,
    duration_formatted: null,
    outcome: null,
    sentiment: null,
    summary: null,
    recording_url: null,
    ended_at: null,
    ended_reason: null,
    fault: null,
    transfer: null,
    key_details: { extraction: {}, qms_scores: {} },
    carrier: { carrier_id: org.carrierId, carrier_call_id: expect.stringMatching(/^CA[0-9a-f]{32}$/) },
  });
  expect(call.started_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(call.transcript[0]).toMatchObject({ speaker: "agent", text: expect.stringContaining("Hi Priya") });
  const response = await request(`/v1/calls/${callId}/transcript`, org.apiKey);
  expect(await response.json()).toEqual(call.transcript);
});

test("an ended call's transcript comes as JSON, as text and as WebVTT", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550033");
  const call = await until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
  const get = (query: string) => request(`/v1/calls/${callId}/transcript${query}`, org.apiKey);
  expect(await (await get("")).json()).toEqual(call.transcript);
  const times = call.transcript.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));

  const text = await get("?format=text");
  expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await text.text()).toContain(
    "customer: You have the wrong number, nobody by that name lives here.\n",
  );
  const vtt = await get("?format=vtt");
  expect(vtt.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
  expect(await vtt.text()).toMatch(/^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}\n<v agent>Hi/);
  const other = await get("?format=pdf");
  expect([other.status, await other.json()]).toMatchObject([422, { code: "validation_failed" }]);
});

test.for(["", "/transcript"])(
  "GET /v1/calls/{id}%s is for its organisation's readers alone",
  async (suffix) => {
    const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
    const writer = await createKey(org.orgId, ["voice:calls:write"]);
    const callId = await place(org, "+15005550010");
    const status = async (id: string, key: string | null) =>
      (await request(`/v1/calls/${id}${suffix}`, key)).status;
    expect(await status(callId, null)).toBe(401);
    expect(await status(callId, writer)).toBe(403);
    expect(await status(callId, other.apiKey)).toBe(404);
    expect(await status(newId("call"), org.apiKey)).toBe(404);
    expect(await status(newId("campaign"), org.apiKey)).toBe(404);
    expect(await status("nonsense", org.apiKey)).toBe(404);
    expect(await status(callId.toUpperCase(), org.apiKey)).toBe(404);
  },
);
