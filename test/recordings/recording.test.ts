// GET /api/voice/calls/{call_uuid}/recording (contract A7), from the carrier's callback to the client's ear.

import { env } from "cloudflare:workers";
import { beforeAll, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { optOuts } from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, read, request } from "../support/api.ts";
import { playTimeOf } from "../support/mp3.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

let org: Organisation;
let path = "";
let size = 0;
let duration = 0;

beforeAll(async () => {
  org = await createOrganisation();
  const callId = await place(org, "+15005550035");
  await stored(callId);
  const call = await read(org, callId);
  path = new URL(call.recording_url ?? "").pathname;
  duration = call.duration ?? 0;
  size = (await (await request(path, org.apiKey)).arrayBuffer()).byteLength;
});

/** Settles when the recording is in R2. */
async function stored(callId: string): Promise<void> {
  await until(
    () => inD1.calls.findFirst({ where: (table, { eq }) => eq(table.id, callId) }),
    (row) => (row?.recordingKey ?? null) !== null,
  );
}

const get = (headers: Record<string, string> = {}, method = "GET") =>
  request(path, org.apiKey, { method, headers });

test("is a valid MP3 of the call's length", async () => {
  const response = await get();
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("audio/mpeg");
  expect(response.headers.get("content-length")).toBe(String(size));
  const seconds = playTimeOf(new Uint8Array(await response.arrayBuffer()));
  expect(Math.abs(seconds - Math.max(1, duration))).toBeLessThanOrEqual(1);
});

test("answers HEAD with the same headers and no body", async () => {
  const response = await get({}, "HEAD");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe(String(size));
  expect((await response.arrayBuffer()).byteLength).toBe(0);
});

test("opens no body for a HEAD, which nobody would read", async () => {
  const open = vi.spyOn(env.RECORDINGS, "get");
  for (const range of ["", "bytes=0-9"]) {
    const response = await get(range === "" ? {} : { range }, "HEAD");
    expect(response.headers.get("content-length")).toBe(range === "" ? String(size) : "10");
  }
  expect(open).not.toHaveBeenCalled();
  open.mockRestore();
});

test("plays on a page of another origin, and other answers are for no page but ours", async () => {
  const policyOf = async (asked: string, key: string | null) =>
    (await request(asked, key)).headers.get("cross-origin-resource-policy");
  expect(await policyOf(path, org.apiKey)).toBe("cross-origin");
  expect(await policyOf(path, null)).toBe("cross-origin");
  expect(await policyOf("/v1/calls", org.apiKey)).toBe("same-origin");
});

test.for([
  ["from the middle", "bytes=100-199", 100, 199],
  ["to the end", "bytes=144-", 144, null],
  ["the last bytes", "bytes=-100", -100, null],
  ["past the end", "bytes=100-99999999", 100, null],
] as const)("serves a range: %s", async ([, range, from, to]) => {
  const response = await get({ range });
  const first = from < 0 ? size + from : from;
  const last = to ?? size - 1;
  expect(response.status).toBe(206);
  expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/${size}`);
  expect((await response.arrayBuffer()).byteLength).toBe(last - first + 1);
});

test.for([
  `bytes=1-${" ".repeat(100)}2`,
  `bytes=${"0".repeat(100)}1-2`,
  "bytes=-",
  "bytes=1 2-3",
  "bytes=3-2",
  "1-2",
])("sends the whole where the range is no sensible one: %s", async (range) => {
  const response = await get({ range });
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBe(size);
});

test("refuses a range that begins past the end: 416", async () => {
  const response = await get({ range: "bytes=99999999-" });
  expect(response.status).toBe(416);
  expect(response.headers.get("content-range")).toBe(`bytes */${size}`);
});

test.for([
  ["the same", (etag: string) => etag, 206],
  ["another", () => '"another"', 200],
] as const)("serves a part only of the recording that is meant: %s", async ([, nameOf, status]) => {
  const etag = (await get({}, "HEAD")).headers.get("etag") ?? "";
  const response = await get({ range: "bytes=0-99", "if-range": nameOf(etag) });
  expect(response.status).toBe(status);
  expect((await response.arrayBuffer()).byteLength).toBe(status === 206 ? 100 : size);
});

test("sends nothing again to who has it: 304", async () => {
  const etag = (await get({}, "HEAD")).headers.get("etag") ?? "";
  const response = await get({ "if-none-match": etag });
  expect(response.status).toBe(304);
  expect(response.headers.get("etag")).toBe(etag);
});

test.for([
  ["another is meant", { "if-match": '"another"' }, 412],
  ["a tag is meant that is none", { "if-match": "a" }, 412],
  ["this one is meant, but weakly", { "if-match": "W/ETAG" }, 412],
  ["another is meant, and this one had", { "if-match": '"another"', "if-none-match": "ETAG" }, 412],
  ["any is meant", { "if-match": "*" }, 200],
  [
    "this one is had, and a part asked for that there is not",
    { "if-none-match": "W/ETAG", range: "bytes=99999999-" },
    304,
  ],
  ["a tag is had that is none", { "if-none-match": 'a, "' }, 200],
  ["it must be old", { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }, 200],
] as const)("goes by the entity tag: %s", async ([, headers, status]) => {
  const etag = (await get({}, "HEAD")).headers.get("etag") ?? "";
  const sent = Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)] as const);
  expect((await get(Object.fromEntries(sent))).status).toBe(status);
});

test("takes the key from the query, for players that can't set headers", async () => {
  expect((await request(`${path}?token=${org.apiKey}`, null)).status).toBe(200);
  expect((await request(`${path}?token=tl_k_wrong`, null)).status).toBe(401);
});

test("is nobody else's: 404 for another organisation and for a call that is none", async () => {
  const other = await createOrganisation();
  expect((await request(path, other.apiKey)).status).toBe(404);
  expect((await request(`/api/voice/calls/${newId("call")}/recording`, org.apiKey)).status).toBe(404);
  expect((await request("/api/voice/calls/nonsense/recording", org.apiKey)).status).toBe(404);
});

test("is withheld from the moment the contact opts out: 404", async () => {
  const own = await createOrganisation();
  const callId = await place(own, "+15005550035");
  await stored(callId);
  const where = `/api/voice/calls/${callId}/recording`;
  expect((await request(where, own.apiKey)).status).toBe(200);
  await openDb(env.DB).insert(optOuts).values({ orgId: own.orgId, phone: "+15005550035", createdAt: 1 });
  expect((await request(where, own.apiKey)).status).toBe(404);
});

test("is not withheld because the number opted out of another organisation's calls", async () => {
  const other = await createOrganisation();
  await openDb(env.DB).insert(optOuts).values({ orgId: other.orgId, phone: "+15005550035", createdAt: 1 });
  expect((await get()).status).toBe(200);
});

test("does not exist for a call that nobody answered, nor for a campaign that does not record", async () => {
  const silent = await createOrganisation({ campaignConfig: { record: false } });
  const ids = [await place(org, "+15005550010"), await place(silent, "+15005550035")];
  for (const [index, caller] of [org, silent].entries()) {
    const callId = ids[index] ?? "";
    const call = await until(
      () => read(caller, callId),
      ({ status }) => status === "ended",
    );
    expect(call.recording_url).toBeNull();
    expect((await request(`/api/voice/calls/${callId}/recording`, caller.apiKey)).status).toBe(404);
  }
});
