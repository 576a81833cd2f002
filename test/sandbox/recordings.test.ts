// Recordings and the deletion of records, over REST.

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { TestAccount } from "./account.ts";
import { APP, app, heardAt, PATIENT, place, useApplication } from "./application.ts";

useApplication();

const PAUSE = { Url: "", Twiml: "<Response><Pause length='600'/></Response>" };
const RECORDED = { Url: "", Twiml: "<Response><Say>Hello.</Say></Response>", Record: "true" };

let account: TestAccount;
beforeEach(() => ({ account } = app));

async function recordingsIn(path: string): Promise<Record<string, unknown>[]> {
  const { recordings } = await account.json(path);
  return Array.isArray(recordings) ? recordings : [];
}

async function untilStatus(sid: string, status: string): Promise<void> {
  await vi.waitUntil(async () => (await account.json(`Calls/${sid}.json`))["status"] === status, PATIENT);
}

async function remove(path: string): Promise<[number, unknown]> {
  const answer = await account.request(path, undefined, { method: "DELETE" });
  return [answer.status, answer.status === 204 ? null : await answer.json()];
}

async function recordedCall(to = "+15005550030"): Promise<string> {
  const sid = await place(account, to, RECORDED);
  await vi.waitUntil(
    async () => (await recordingsIn(`Recordings.json?CallSid=${sid}`))[0]?.["status"] === "completed",
    PATIENT,
  );
  return sid;
}

describe("starting a recording in mid-call", () => {
  test("is refused while it rings, done once, and calls back when it is ready", async () => {
    const callback = { RecordingStatusCallback: `${APP}/recording`, RecordingChannels: "dual" };
    const sid = await place(account, "+15005550036", PAUSE);
    const early = await account.request(`Calls/${sid}/Recordings.json`, callback);
    expect([early.status, await early.json()]).toMatchObject([400, { code: 21220 }]);
    await untilStatus(sid, "in-progress");

    const answer = await account.request(`Calls/${sid}/Recordings.json`, callback);
    expect(answer.status).toBe(201);
    const started = await answer.json<Record<string, unknown>>();
    expect(started).toMatchObject({
      sid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      call_sid: sid,
      status: "in-progress",
      source: "StartCallRecordingAPI",
      channels: 2,
      track: "both",
      duration: null,
      uri: `/2010-04-01/Accounts/${account.sid}/Calls/${sid}/Recordings/${String(started["sid"])}.json`,
    });
    expect(await account.json(`Calls/${sid}/Recordings.json`, {})).toMatchObject({
      sid: started["sid"],
      channels: 2,
    });
    expect(await recordingsIn("Recordings.json")).toMatchObject([
      { sid: started["sid"], status: "in-progress" },
    ]);

    await account.json(`Calls/${sid}.json`, { Status: "completed" });
    await vi.waitUntil(() => heardAt("/recording").length > 0, PATIENT);
    expect(heardAt("/recording")).toMatchObject([
      {
        RecordingSid: started["sid"],
        RecordingStatus: "completed",
        RecordingSource: "StartCallRecordingAPI",
      },
    ]);
    const media = await account.request(`Recordings/${String(started["sid"])}.mp3`);
    expect(media.headers.get("Content-Type")).toBe("audio/mpeg");
    expect((await media.arrayBuffer()).byteLength).toBeGreaterThan(144);
    const late = await account.request(`Calls/${sid}/Recordings.json`, {});
    expect([late.status, await late.json()]).toMatchObject([400, { code: 21220 }]);
  });

  test("of an unknown call: 404", async () => {
    const answer = await account.request(`Calls/CA${"0".repeat(32)}/Recordings.json`, {});
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 20404 }]);
  });
});

describe("listing recordings", () => {
  test("pages through the account's, newest first", async () => {
    const sids = [];
    for (const to of ["+15002000030", "+15002010030", "+15002020030"]) sids.push(await recordedCall(to));
    const seen: unknown[] = [];
    let path: string | null = "Recordings.json?PageSize=2";
    while (path !== null) {
      const body = await account.json(path);
      seen.push(...(await recordingsIn(path)).map((recording) => recording["call_sid"]));
      const next = body["next_page_uri"];
      path = typeof next === "string" ? next.replace(`/2010-04-01/Accounts/${account.sid}/`, "") : null;
    }
    expect(seen).toEqual(sids.toReversed());
  });

  test("filters by call and day", async () => {
    const [sid, other] = [await recordedCall(), await recordedCall("+15002000030")];
    const day = new Date().toISOString().slice(0, 10);
    const minuteAgo = new Date(Date.now() - 60_000).toISOString();
    const inAMinute = new Date(Date.now() + 60_000).toISOString();
    const callsIn = async (path: string) =>
      (await recordingsIn(path)).map((recording) => String(recording["call_sid"])).toSorted();
    expect(await callsIn(`Recordings.json?CallSid=${sid}`)).toEqual([sid]);
    for (const filter of [`DateCreated=${day}`, `DateCreated>=${minuteAgo}`, `DateCreated<=${inAMinute}`]) {
      expect(await callsIn(`Recordings.json?${filter}`)).toEqual([sid, other].toSorted());
      expect(await callsIn(`Calls/${sid}/Recordings.json?${filter}`)).toEqual([sid]);
    }
    for (const filter of [
      "DateCreated=2020-01-01",
      `DateCreated>=${inAMinute}`,
      `DateCreated<=${minuteAgo}`,
    ]) {
      expect(await callsIn(`Recordings.json?${filter}`)).toEqual([]);
      expect(await callsIn(`Calls/${sid}/Recordings.json?${filter}`)).toEqual([]);
    }
    expect((await account.request("Recordings.json?DateCreated=soon")).status).toBe(400);
  });

  test("a call's own list is a page like any other", async () => {
    const sid = await recordedCall();
    const path = `/2010-04-01/Accounts/${account.sid}/Calls/${sid}/Recordings.json`;
    expect(await account.json(`Calls/${sid}/Recordings.json?PageSize=20`)).toMatchObject({
      recordings: [{ call_sid: sid, source: "OutboundAPI", track: "both" }],
      first_page_uri: `${path}?PageSize=20&Page=0`,
      next_page_uri: null,
      page_size: 20,
      page: 0,
    });
    expect(await recordingsIn(`Calls/${sid}/Recordings.json?Page=1`)).toEqual([]);
  });
});

describe("a call's recording by its own address", () => {
  test("is read and deleted there; under another call there is none", async () => {
    const [sid, other] = [await recordedCall(), await recordedCall("+15002000030")];
    const name = `RE${sid.slice(2)}`;
    const path = `Calls/${sid}/Recordings/${name}.json`;
    const elsewhere = `Calls/${other}/Recordings/${name}.json`;
    expect((await account.request(elsewhere)).status).toBe(404);
    expect(await remove(elsewhere)).toMatchObject([404, { code: 20404 }]);
    expect(await account.json(path)).toMatchObject({ sid: name, status: "completed" });
    expect(await remove(path)).toEqual([204, null]);
    expect((await account.request(path)).status).toBe(404);
    expect((await account.request(`Recordings/${name}.json`)).status).toBe(404);
    expect(await recordingsIn("Recordings.json")).toMatchObject([{ call_sid: other }]);
  });

  test("cannot be deleted before it is complete", async () => {
    const sid = await place(account, "+15005550036", { ...PAUSE, Record: "true" });
    await untilStatus(sid, "in-progress");
    expect(await remove(`Recordings/RE${sid.slice(2)}.json`)).toMatchObject([400, { code: 20009 }]);
    await account.json(`Calls/${sid}.json`, { Status: "completed" });
  });
});

describe("deleting a call", () => {
  test("is for calls that have ended; the recording stays", async () => {
    const live = await place(account, "+15005550036", PAUSE);
    expect(await remove(`Calls/${live}.json`)).toMatchObject([400, { code: 20009, status: 400 }]);
    const sid = await recordedCall();
    expect(await remove(`Calls/${sid}.json`)).toEqual([204, null]);
    expect((await account.request(`Calls/${sid}.json`)).status).toBe(404);
    expect(await remove(`Calls/${sid}.json`)).toMatchObject([404, { code: 20404 }]);
    expect(await account.json("Calls.json")).toMatchObject({ calls: [{ sid: live }] });
    expect(await recordingsIn("Recordings.json")).toMatchObject([{ call_sid: sid }]);
    expect((await account.request(`Recordings/RE${sid.slice(2)}.mp3`)).status).toBe(200);
    await account.json(`Calls/${live}.json`, { Status: "completed" });
  });
});

test("a status callback that an update names is called at the end", async () => {
  const sid = await place(account, "+15005550036", {
    ...PAUSE,
    StatusCallback: "",
    StatusCallbackEvent: "completed",
  });
  await account.json(`Calls/${sid}.json`, { StatusCallback: `${APP}/later` });
  await account.json(`Calls/${sid}.json`, { Status: "completed" });
  await vi.waitUntil(() => heardAt("/later").length > 0, PATIENT);
  expect(heardAt("/later")).toMatchObject([{ CallSid: sid, CallStatus: "canceled", SequenceNumber: "0" }]);
});
