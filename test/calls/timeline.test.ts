// GET /v1/calls/{call_uuid}/events: what happened to a call, while it lives and after.

import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { callTimelineSchema } from "../../src/contract/call-timeline.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, read, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { aCall } from "../support/path-objects.ts";
import { until } from "../support/wait.ts";

async function timeline({ apiKey }: Organisation, callId: string) {
  const response = await request(`/v1/calls/${callId}/events`, apiKey);
  expect(response.status).toBe(200);
  return callTimelineSchema.parse(await response.json());
}

test("a call's course can be followed, and read once it is over", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550030");
  expect((await timeline(org, callId)).events[0]).toMatchObject({ type: "accepted", call_type: "outbound" });
  const live = await until(
    () => timeline(org, callId),
    ({ events }) => events.some(({ type }) => type === "answered"),
  );
  expect(live.events.map(({ type }) => type)).not.toContain("ended");
  const { events, total } = await until(
    () => timeline(org, callId),
    ({ events: told }) =>
      ["analyzed", "recording_ready"].every((name) => told.some(({ type }) => type === name)),
  );
  expect(total).toBe(events.length);
  expect(events.map(({ type }) => type).slice(0, 6)).toEqual([
    "accepted",
    "dialing",
    "ringing",
    "answered",
    "recording_started",
    "ended",
  ]);
  const call = await read(org, callId);
  expect(events[0]?.at).toBe(call.started_at);
  expect(events[3]?.at).toBe(call.answered_at);
  expect(events[5]).toMatchObject({ at: call.ended_at, outcome: "connected", ended_reason: "agent_hangup" });
});

test("where nobody answers, no answer is told of", async () => {
  const org = await createOrganisation();
  const callId = await place(org, "+15005550010");
  const { events } = await until(
    () => timeline(org, callId),
    (told) => told.events.some(({ type }) => type === "ended"),
  );
  const types = events.map(({ type }) => type).filter((type) => type !== "analyzed");
  expect(types).toEqual(["accepted", "dialing", "ended"]);
});

test("a call that no object knows has what its record tells", async () => {
  const org = await createOrganisation();
  const { call_uuid: callId = "" } = await aCall(org);
  const { answered_at, ended_at, started_at } = await read(org, callId);
  expect(await timeline(org, callId)).toEqual({
    events: [
      { type: "accepted", at: started_at, call_type: "outbound" },
      { type: "answered", at: answered_at, answered_by: "person" },
      { type: "ended", at: ended_at, outcome: "connected", ended_reason: "agent_hangup", fault: "none" },
    ],
    total: 3,
  });
});

test("of one whose object can't be asked nothing is told, rather than a part: 503", async () => {
  const org = await createOrganisation();
  const { call_uuid: callId = "" } = await aCall(org);
  const spy = vi.spyOn(env.CALL_SESSION, "getByName").mockImplementation(() => {
    throw new Error("away");
  });
  const response = await request(`/v1/calls/${callId}/events`, org.apiKey);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await response.json()).toMatchObject({ code: "unavailable" });
  expect(spy).toHaveBeenCalledTimes(2);
  vi.restoreAllMocks();
  expect((await timeline(org, callId)).total).toBe(3);
});

test("is for its organisation's readers alone", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  const writer = await createKey(org.orgId, ["voice:calls:write"]);
  const { call_uuid: callId = "" } = await aCall(org);
  const status = async (id: string, key: string | null) =>
    (await request(`/v1/calls/${id}/events`, key)).status;
  expect(await status(callId, null)).toBe(401);
  expect(await status(callId, writer)).toBe(403);
  expect(await status(callId, other.apiKey)).toBe(404);
  expect(await status(newId("call"), org.apiKey)).toBe(404);
  expect(await status(newId("campaign"), org.apiKey)).toBe(404);
  expect(await status("nonsense", org.apiKey)).toBe(404);
});
