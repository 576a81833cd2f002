// What a call's object tells of the call's course, step by step.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { fires, leaveCalls, opens, ringing, runsOut, takenOn, talking } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import { asks, bridged, dialling, hangsUp, requestTransfer, staffQueue } from "../support/live-transfer.ts";

afterEach(leaveCalls);

async function typesOf(call: LiveCall): Promise<string[]> {
  return (await call.session.timeline()).events.map(({ type }) => type);
}

describe("the timeline", () => {
  test("tells of a call from its acceptance to its end, each step once", async () => {
    const call = await takenOn();
    expect(await typesOf(call)).toEqual(["accepted"]);
    await fires(call);
    expect(await typesOf(call)).toEqual(["accepted", "dialing"]);
    await call.report("ringing");
    await call.report("ringing");
    call.wait(3_000);
    await call.report("answered");
    call.wait(2_400);
    await call.answer();
    await opens(call);
    const { events } = await call.session.timeline();
    expect(events.slice(2)).toMatchObject([
      { type: "ringing" },
      { type: "answered", answered_by: "person" },
      { type: "recording_started", offset: 2.4 },
    ]);
    await runsOut(call);
    await call.session.callAnalysed();
    await call.session.recordingStored("RE1");
    await call.session.recordingStored("RE1");
    const { events: all, total } = await call.session.timeline();
    expect(total).toBe(all.length);
    expect(all.slice(5)).toMatchObject([
      { type: "ended", outcome: "connected", fault: "none" },
      { type: "analyzed" },
      { type: "recording_ready" },
    ]);
  });

  test("goes by the record's times, and never backwards", async () => {
    const call = await ringing();
    call.wait(5_000);
    // The carrier's clock has the answer before the ringing that was heard of late.
    await call.report("answered", { atMs: Date.now() - 4_000, answeredBy: "person" });
    await call.answer();
    await opens(call);
    await runsOut(call);
    const { events } = await call.session.timeline();
    const { facts } = (await call.session.snapshot()) ?? {};
    const at = (type: string) => Date.parse(events.find((event) => event.type === type)?.at ?? "") / 1000;
    expect(at("answered")).toBe(facts?.answeredAt);
    expect(at("ended")).toBe(facts?.endedAt);
    const times = events.map((event) => event.at);
    expect(times).toEqual(times.toSorted());
  });

  test("of a call that is not to be recorded says nothing of a recording", async () => {
    const { call } = await talking({ campaignConfig: { record: false } });
    expect(await typesOf(call)).not.toContain("recording_started");
    expect(await typesOf(call)).toContain("answered");
  });

  test("has each step of a transfer, and no number of a human", async () => {
    const { call } = await dialling(2);
    await asks(call, "whisper");
    await hangsUp(call);
    await call.rest();
    await asks(call, "whisper");
    await asks(call, "accept");
    await call.rest();
    const { events } = await call.session.timeline();
    const from = events.findIndex(({ type }) => type === "transfer_requested");
    expect(events.slice(from)).toMatchObject([
      {
        type: "transfer_requested",
        target: "sales",
        requested_by: "client",
        agent_brief: expect.any(String),
      },
      { type: "transfer_announced", human_agent: { name: "Human 0" } },
      { type: "human_ringing", human_agent: { name: "Human 0" } },
      { type: "human_answered", human_agent: { name: "Human 0" } },
      { type: "human_unavailable", human_agent: { name: "Human 0" } },
      { type: "human_ringing", human_agent: { name: "Human 1" } },
      { type: "human_answered", human_agent: { name: "Human 1" } },
      { type: "bridged", human_agent: { name: "Human 1" } },
    ]);
    expect(JSON.stringify(events)).not.toContain("+1");
  });

  test("says that nobody was free", async () => {
    const { call } = await talking();
    await requestTransfer(call, await staffQueue(call, 0));
    expect((await call.session.timeline()).events.slice(-2)).toMatchObject([
      { type: "transfer_requested" },
      { type: "transfer_failed", reason: "no_agents" },
    ]);
  });

  test("says that nobody took the call", async () => {
    const { call } = await dialling(1);
    await hangsUp(call);
    await call.rest();
    expect((await call.session.timeline()).events.slice(-2)).toMatchObject([
      { type: "human_unavailable", human_agent: { name: "Human 0" } },
      { type: "transfer_failed", reason: "not_accepted" },
    ]);
  });

  test("tells who asked for the end, and that the customer is not called again", async () => {
    const { call } = await talking();
    await call.session.requestEnd("dnc_request");
    expect((await call.session.timeline()).events.slice(-2)).toMatchObject([
      { type: "end_requested", reason: "dnc_request" },
      { type: "opted_out" },
    ]);
    await runsOut(call);
    const { events } = await call.session.timeline();
    expect(events.find(({ type }) => type === "ended")).toMatchObject({ ended_reason: "dnc_request" });
    expect(events.filter(({ type }) => type === "opted_out")).toHaveLength(1);
  });

  test("outlives the object's death", async () => {
    const { call } = await bridged(1);
    const before = await call.session.timeline();
    expect(before.total).toBeGreaterThan(5);
    await call.evict();
    expect(await call.session.timeline()).toEqual(before);
  });

  test("leaves out what it can't read, and says so in the log", async () => {
    const call = await ringing();
    const before = await typesOf(call);
    const logged = vi.spyOn(console, "error");
    await runInDurableObject(call.session, (_object, { storage }) => {
      storage.sql.exec(`INSERT INTO timeline (at_ms, body) VALUES (0, '{"type":"of_tomorrow"}'), (0, '{')`);
    });
    await call.report("answered");
    await call.answer();
    expect(await typesOf(call)).toEqual([...before, "answered", "recording_started"]);
    const lines = logged.mock.calls.filter(([line]) => String(line).includes("timeline_event_unreadable"));
    expect(lines).toHaveLength(2);
  });

  test("of a call that never came is empty", async () => {
    const session = env.CALL_SESSION.getByName(newId("call"));
    expect(await session.timeline()).toEqual({ events: [], total: 0 });
  });
});
