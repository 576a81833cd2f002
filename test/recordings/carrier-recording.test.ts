// A recording that is at the carrier and not, or no longer, in R2 (contract A7). The carrier is in the test's hands.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { optOuts } from "../../src/db/schema.ts";
import { acceptRow, CUSTOMER } from "../support/call-row.ts";
import { read, request } from "../support/api.ts";
import { endFakeCalls, placeFakeCall } from "../support/fake-carrier.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

const ADDRESS = "https://carrier.example";
const AUDIO = "an MP3, for all that anybody knows";
const RECORDING = `RE${"5e".repeat(16)}`;
const ETAG = `"${RECORDING}"`;

afterEach(async () => {
  await endFakeCalls();
  vi.restoreAllMocks();
});

type Recorded = {
  org: Organisation;
  callId: string;
  asked: Request[];
  get(headers?: Record<string, string>, method?: string): Promise<Response>;
};

/** A call whose recording the carrier has, and answers so if it is asked. */
async function recordedAt(
  answer: () => Response | Promise<Response> = () =>
    new Response(AUDIO, { headers: { "content-length": "34" } }),
  columns: { carrier_recording_id?: string | null; recording_key?: string } = {},
): Promise<Recorded> {
  const org = await createOrganisation({ apiBaseUrl: ADDRESS });
  const { callId } = await acceptRow(org, null);
  const { carrier_recording_id: recordingId = RECORDING, recording_key: key = null } = columns;
  await env.DB.prepare("UPDATE calls SET carrier_recording_id = ?, recording_key = ? WHERE id = ?")
    .bind(recordingId, key, callId)
    .run();
  const asked: Request[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    asked.push(new Request(input, init));
    return answer();
  });
  const get = (headers: Record<string, string> = {}, method = "GET") =>
    request(`/api/voice/calls/${callId}/recording`, org.apiKey, { method, headers });
  return { org, callId, asked, get };
}

/** `text()` would complain that audio is no text. */
const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());

const part = () =>
  new Response("MP3", {
    status: 206,
    headers: { "content-range": "bytes 3-5/34", "content-length": "3" },
  });

describe("a recording at the carrier", () => {
  test("is streamed from there, with our credentials there and nothing of them here", async () => {
    const secret = { "x-account": "AC-secret", "set-cookie": "a=b", "content-type": "audio/x-mpeg" };
    const { org, asked, get } = await recordedAt(() => new Response(AUDIO, { headers: secret }));
    const response = await get();
    expect([response.status, await textOf(response)]).toEqual([200, AUDIO]);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${ADDRESS}/2010-04-01/Accounts/${org.accountSid}/Recordings/${RECORDING}.mp3`,
    ]);
    const credentials = btoa(`${org.accountSid}:${org.authToken}`);
    expect(asked[0]?.headers.get("authorization")).toBe(`Basic ${credentials}`);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({ "content-type": "audio/mpeg", etag: ETAG, "accept-ranges": "bytes" });
    expect(headers).not.toHaveProperty("x-account");
    expect(headers).not.toHaveProperty("set-cookie");
    expect(JSON.stringify(headers)).not.toContain(org.accountSid);
  });

  test.each([
    ["a part of it", part, 206, "MP3", "bytes 3-5/34"],
    ["the whole, if that is what the carrier sends", () => new Response(AUDIO), 200, AUDIO, null],
    [
      "no such part",
      () => new Response("?", { status: 416, headers: { "content-range": "bytes */34" } }),
      416,
      "",
      "bytes */34",
    ],
  ])("answers a range with %s", async (_, answer, status, body, contentRange) => {
    const { asked, get } = await recordedAt(answer);
    const response = await get({ range: "bytes = 3-5" });
    expect([response.status, await textOf(response)]).toEqual([status, body]);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(response.headers.get("etag")).toBe(ETAG);
    expect(asked[0]?.headers.get("range")).toBe("bytes=3-5");
  });

  test.each([
    ["several ranges", { range: "bytes=0-1,4-5" }, null],
    ["another unit", { range: "seconds=0-1" }, null],
    ["a range with more white space than sense", { range: `bytes=1-${" ".repeat(100)}2` }, null],
    ["a range of another recording", { range: "bytes=3-5", "if-range": '"another"' }, null],
    ["a range of this recording", { range: "bytes=3-5", "if-range": ETAG }, "bytes=3-5"],
    ["the last bytes", { range: "bytes=-5" }, "bytes=-5"],
    ["all from there on", { range: "bytes=5-" }, "bytes=5-"],
  ])("asks the carrier for the right part: %s", async (_, headers, range) => {
    const { asked, get } = await recordedAt(range === null ? undefined : part);
    expect((await get(headers)).status).toBe(range === null ? 200 : 206);
    expect(asked[0]?.headers.get("range")).toBe(range);
  });

  test("is not offered any more once its carrier account is deleted", async () => {
    const { org, callId, get } = await recordedAt();
    expect((await read(org, callId)).recording_url).not.toBeNull();
    await env.DB.prepare("UPDATE carriers SET deleted_at = 1 WHERE id = ?").bind(org.carrierId).run();
    expect((await read(org, callId)).recording_url).toBeNull();
    const list = await (await request("/v1/calls", org.apiKey)).json();
    expect(list).toMatchObject({ calls: [{ uuid: callId, recording_url: null }] });
    expect((await get()).status).toBe(404);
    // What is stored here is ours.
    await env.DB.prepare("UPDATE calls SET recording_key = 'x' WHERE id = ?").bind(callId).run();
    expect((await read(org, callId)).recording_url).not.toBeNull();
  });

  test("answers HEAD without a body, and lets go of the carrier's", async () => {
    let isLetGo = false;
    const body = new ReadableStream({
      cancel() {
        isLetGo = true;
      },
    });
    const { get } = await recordedAt(() => new Response(body));
    const response = await get({}, "HEAD");
    expect([response.status, await textOf(response)]).toEqual([200, ""]);
    expect(response.headers.get("etag")).toBe(ETAG);
    expect(isLetGo).toBe(true);
  });

  test.each([
    ["it is the one that the asker has", { "if-none-match": `"another", W/${ETAG}` }, 304],
    ["the asker has any", { "if-none-match": "*" }, 304],
    ["the asker means another", { "if-match": '"another"' }, 412],
    ["the asker means a weak one", { "if-match": `W/${ETAG}` }, 412],
  ])("is not fetched where %s", async (_, headers: Record<string, string>, status) => {
    const { asked, get } = await recordedAt();
    const response = await get(headers);
    expect([response.status, response.headers.get("etag"), asked]).toEqual([status, ETAG, []]);
  });

  test.each([
    ["the asker has another", { "if-none-match": '"another"' }],
    ["the asker means this one", { "if-match": `"another", ${ETAG}` }],
  ])("is fetched where %s", async (_, headers: Record<string, string>) => {
    const { get } = await recordedAt();
    expect((await get(headers)).status).toBe(200);
  });

  test.each([
    ["can't be reached", () => Promise.reject(new TypeError("No route"))],
    ["is out of order", () => new Response("?", { status: 500 })],
    ["does not know us any more", () => new Response("?", { status: 401 })],
    [
      "sends us elsewhere",
      () => new Response(null, { status: 307, headers: { location: "https://x.example" } }),
    ],
  ])("is unavailable while the carrier %s", async (_, answer) => {
    const { get, asked } = await recordedAt(answer);
    const response = await get();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(asked).toHaveLength(1);
  });

  test("that is not there any more is none", async () => {
    const { get } = await recordedAt(() => new Response("?", { status: 404 }));
    const response = await get();
    expect([response.status, await response.json()]).toMatchObject([404, { code: "recording_not_found" }]);
  });

  test("is withheld from who opted out, and from strangers, and the carrier is not asked", async () => {
    const { org, callId, asked, get } = await recordedAt();
    const other = await createOrganisation();
    const stranger = await request(`/api/voice/calls/${callId}/recording`, other.apiKey);
    expect([stranger.status, await stranger.json()]).toMatchObject([404, { code: "recording_not_found" }]);
    await openDb(env.DB).insert(optOuts).values({ orgId: org.orgId, phone: CUSTOMER, createdAt: 1 });
    expect((await get()).status).toBe(404);
    expect((await get({ "if-none-match": ETAG })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  test("takes the place of one that is missing in R2", async () => {
    const { get } = await recordedAt(undefined, { recording_key: "gone.mp3" });
    expect(await textOf(await get())).toBe(AUDIO);
  });

  test("has no say where it is in R2", async () => {
    await env.RECORDINGS.put("here.mp3", "stored");
    const { asked, get } = await recordedAt(undefined, { recording_key: "here.mp3" });
    expect(await textOf(await get())).toBe("stored");
    expect(asked).toEqual([]);
  });
});

test("a recording that is missing in R2 and unknown at the carrier is none", async () => {
  const { asked, get } = await recordedAt(undefined, {
    recording_key: "gone.mp3",
    carrier_recording_id: null,
  });
  const response = await get();
  expect([response.status, await response.json()]).toMatchObject([404, { code: "recording_not_found" }]);
  expect(asked).toEqual([]);
});

test("a call's recording can be heard once the carrier tells of it, though nobody comes to store it", async () => {
  vi.spyOn(env.CALL_EVENTS, "send").mockResolvedValue({
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
  });
  const call = await placeFakeCall({}, (asked) =>
    asked === `GET Recordings/${RECORDING}.mp3` ? new Response(AUDIO) : new Response(null, { status: 503 }),
  );
  await call.callBack("status", { CallStatus: "completed", CallDuration: "7" });
  expect((await read(call.org, call.callId)).recording_url).toBeNull();
  const notice = { RecordingSid: RECORDING, RecordingStatus: "completed", RecordingDuration: "7" };
  expect((await call.callBack("recording", notice)).status).toBeLessThan(300);
  const { recording_url: url } = await until(
    () => read(call.org, call.callId),
    ({ recording_url }) => recording_url !== null,
  );
  const response = await request(new URL(url ?? "").pathname, call.org.apiKey);
  expect([response.status, await textOf(response)]).toEqual([200, AUDIO]);
  const row = await inD1.calls.findFirst({
    where: (table, { eq }) => eq(table.id, call.callId),
  });
  expect(row).toMatchObject({ carrierRecordingId: RECORDING, recordingSeconds: 7, recordingKey: null });
});
