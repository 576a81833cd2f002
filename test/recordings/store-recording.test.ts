// How a recording comes from the carrier to R2, and what becomes of it at the carrier. The carrier is in the test's hands.

import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { calls, optOuts, organisations } from "../../src/db/schema.ts";
import { CallSession } from "../../src/objects/call-session/call-session.ts";
import { recordingKey } from "../../src/recordings/bucket.ts";
import { place, read, request } from "../support/api.ts";
import { acceptRow } from "../support/call-row.ts";
import { consume } from "../support/consume.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const MIB = 1024 * 1024;
const RECORDING = `RE${"7a".repeat(16)}`;

afterEach(() => {
  vi.restoreAllMocks();
});

/** No chunk fits into the parts of an upload. */
const CHUNK_BYTES = 777_777;

/** So many bytes that all differ from their neighbours; counts what was taken of them, and may break before the end. */
function audioOf(bytes: number, breaksAt = Number.POSITIVE_INFINITY) {
  const audio = { taken: 0, isLetGo: false, body: new ReadableStream<Uint8Array>() };
  audio.body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (audio.taken >= breaksAt) return controller.error(new Error("The carrier is gone"));
        const length = Math.min(CHUNK_BYTES, bytes - audio.taken);
        if (length === 0) return controller.close();
        controller.enqueue(bytesFrom(audio.taken, length));
        audio.taken += length;
      },
      cancel() {
        audio.isLetGo = true;
      },
    },
    { highWaterMark: 0 },
  );
  return audio;
}

function bytesFrom(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = ((offset + index) * 2_654_435_761) >>> 24;
  return bytes;
}

async function sameAudio(stored: R2ObjectBody | null, bytes: number): Promise<boolean> {
  if (stored?.size !== bytes) return false;
  const found = new Uint8Array(await stored.arrayBuffer());
  const expected = bytesFrom(0, bytes);
  return found.every((byte, index) => byte === expected[index]);
}

type Answer = () => Response | Promise<Response>;

/** A call that the carrier has recorded; it answers as it is told. */
async function recordedCall(
  answers: { get?: Answer; delete?: Answer },
  atCarrier: "keep" | "delete" = "keep",
) {
  const org = await createOrganisation({ apiBaseUrl: "https://carrier.example" });
  const db = openDb(env.DB);
  await db
    .update(organisations)
    .set({ recordingsAtCarrier: atCarrier })
    .where(eq(organisations.id, org.orgId));
  const { callId } = await acceptRow(org, null);
  await db.update(calls).set({ carrierRecordingId: RECORDING }).where(eq(calls.id, callId));
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { url, method } = new Request(input, init);
    asked.push(`${method} ${url.replace(/^.*Accounts\/AC\w+\//, "")}`);
    const answer = method === "DELETE" ? answers.delete : answers.get;
    return answer === undefined ? new Response(null, { status: 503 }) : answer();
  });
  const key = recordingKey(org.orgId, callId, RECORDING);
  return {
    org,
    callId,
    asked,
    key,
    stored: () => env.RECORDINGS.get(key),
    row: () => db.select().from(calls).where(eq(calls.id, callId)).get(),
    listen: () => request(`/api/voice/calls/${callId}/recording`, org.apiKey),
    deliver: () =>
      consume("trunkline-call-events", [
        {
          type: "recording_ready",
          call_id: callId,
          carrier_id: org.carrierId,
          recording_id: RECORDING,
          duration_seconds: 5,
        },
      ]),
  };
}

const GET = `GET Recordings/${RECORDING}.mp3`;
const DELETE = `DELETE Recordings/${RECORDING}.json`;
const ACKED = { acked: ["0"], retried: [] };
const RETRIED = { acked: [], retried: ["0"] };
const small = () => new Response(audioOf(1_000).body);

describe("a recording whose length the carrier does not tell", () => {
  test.for([
    ["nothing", 0, null],
    ["less than a part", 4 * MIB, null],
    ["a part and a bit", 5 * MIB + 1, 2],
    ["two parts to the byte", 10 * MIB, 2],
    ["three parts", 12 * MIB, 3],
  ] as const)("is stored whole: %s", async ([, bytes, parts]) => {
    const call = await recordedCall({ get: () => new Response(audioOf(bytes).body) });
    expect(await call.deliver()).toMatchObject(ACKED);
    const stored = await call.stored();
    expect(stored?.httpMetadata?.contentType).toBe("audio/mpeg");
    expect(/-(\d+)$/.exec(stored?.etag ?? "")?.[1] ?? null).toBe(parts === null ? null : String(parts));
    expect(await sameAudio(stored, bytes)).toBe(true);
    expect(await call.row()).toMatchObject({ recordingKey: call.key, carrierRecordingId: RECORDING });
  });

  test("is not held in memory: no more of it is taken than the part that is being sent", async () => {
    const audio = audioOf(23 * MIB);
    const call = await recordedCall({ get: () => new Response(audio.body) });
    const taken: number[] = [];
    const create = env.RECORDINGS.createMultipartUpload.bind(env.RECORDINGS);
    vi.spyOn(env.RECORDINGS, "createMultipartUpload").mockImplementation(async (...args) => {
      const upload = await create(...args);
      return new Proxy(upload, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => {
            if (name === "uploadPart") taken.push(audio.taken);
            return value.apply(target, given);
          };
        },
      });
    });
    expect(await call.deliver()).toMatchObject(ACKED);
    expect(taken).toHaveLength(5);
    for (const [index, bytes] of taken.entries()) {
      expect(bytes).toBeLessThanOrEqual((index + 1) * 5 * MIB + 2 * CHUNK_BYTES);
    }
  });

  test.for([
    ["its first part", 2 * MIB],
    ["a later part", 7 * MIB],
  ] as const)("that breaks off in %s leaves nothing behind, and is fetched again", async ([, breaksAt]) => {
    const audios = [audioOf(12 * MIB, breaksAt), audioOf(12 * MIB)];
    const aborts: unknown[] = [];
    const call = await recordedCall({ get: () => new Response(audios.shift()?.body ?? null) });
    const create = env.RECORDINGS.createMultipartUpload.bind(env.RECORDINGS);
    vi.spyOn(env.RECORDINGS, "createMultipartUpload").mockImplementation(async (...args) => {
      const upload = await create(...args);
      const abort = upload.abort.bind(upload);
      upload.abort = async () => {
        aborts.push(await abort());
      };
      return upload;
    });
    expect(await call.deliver()).toMatchObject(RETRIED);
    expect(await call.stored()).toBeNull();
    expect((await call.row())?.recordingKey).toBeNull();
    expect(aborts).toHaveLength(breaksAt < 5 * MIB ? 0 : 1);
    expect(await call.deliver()).toMatchObject(ACKED);
    expect(await sameAudio(await call.stored(), 12 * MIB)).toBe(true);
  });

  test("takes no more memory than it needs, though it were ten of them at once", async () => {
    const call = await recordedCall({ get: () => new Response(audioOf(100_000).body) });
    const put = vi.spyOn(env.RECORDINGS, "put");
    expect(await call.deliver()).toMatchObject(ACKED);
    const held: unknown = put.mock.calls[0]?.[1];
    if (!(held instanceof Uint8Array)) throw new Error("It was not stored in one piece");
    expect(held.length).toBe(100_000);
    expect(held.buffer.byteLength).toBeLessThan(MIB);
  });

  test("is let go of where R2 does not take it", async () => {
    const audio = audioOf(12 * MIB);
    const call = await recordedCall({ get: () => new Response(audio.body) });
    vi.spyOn(env.RECORDINGS, "createMultipartUpload").mockRejectedValue(new Error("R2 is away"));
    expect(await call.deliver()).toMatchObject(RETRIED);
    expect(audio.isLetGo).toBe(true);
    expect(await call.stored()).toBeNull();
  });
});

test("a recording of known length is let go of where R2 does not take it", async () => {
  const audio = audioOf(12 * MIB);
  const headers = { "content-length": String(12 * MIB) };
  const call = await recordedCall({ get: () => new Response(audio.body, { headers }) });
  vi.spyOn(env.RECORDINGS, "put").mockRejectedValue(new Error("R2 is away"));
  expect(await call.deliver()).toMatchObject(RETRIED);
  await until(
    async () => audio.isLetGo,
    (isLetGo) => isLetGo,
  );
  expect(await call.stored()).toBeNull();
});

test("a recording that is shorter than the carrier said leaves nothing behind", async () => {
  const headers = { "content-length": "2000" };
  const call = await recordedCall({ get: () => new Response(audioOf(1_000).body, { headers }) });
  expect(await call.deliver()).toMatchObject(RETRIED);
  expect(await call.stored()).toBeNull();
  expect((await call.row())?.recordingKey).toBeNull();
});

describe("a recording that is not to stay at the carrier", () => {
  beforeEach(() => {
    vi.spyOn(CallSession.prototype, "recordingStored");
  });
  /** What the call's object heard of its recording. */
  const heard = () => vi.mocked(CallSession.prototype.recordingStored).mock.calls.map(([, what]) => what);
  const STORED = { isAudible: true, isDone: false };
  const DONE = { isAudible: true, isDone: true };

  test("is deleted there once it is here, and the row and the call's object know", async () => {
    const found: unknown[] = [];
    const call = await recordedCall(
      {
        get: small,
        delete: async () => {
          found.push((await call.row())?.recordingKey, (await call.stored())?.size, heard());
          return new Response(null, { status: 204 });
        },
      },
      "delete",
    );
    expect(await call.deliver()).toMatchObject(ACKED);
    expect(call.asked).toEqual([GET, DELETE]);
    expect(found).toEqual([call.key, 1_000, [STORED]]);
    expect(await call.row()).toMatchObject({ recordingKey: call.key, carrierRecordingId: null });
    expect(heard()).toEqual([STORED, DONE]);
    expect((await read(call.org, call.callId)).recording_url).not.toBeNull();
    expect((await (await call.listen()).arrayBuffer()).byteLength).toBe(1_000);
  });

  test("is not fetched again for a message that comes twice, and what is gone there is deleted", async () => {
    const answers = [204, 404];
    const gone = () => new Response(null, { status: answers.shift() ?? 500 });
    const call = await recordedCall({ get: small, delete: gone }, "delete");
    await call.deliver();
    // As the call's object does before it sends again.
    await openDb(env.DB)
      .update(calls)
      .set({ carrierRecordingId: RECORDING })
      .where(eq(calls.id, call.callId));
    expect(await call.deliver()).toMatchObject(ACKED);
    expect(call.asked).toEqual([GET, DELETE, DELETE]);
    expect(await call.row()).toMatchObject({ recordingKey: call.key, carrierRecordingId: null });
    expect(heard()).toEqual([STORED, DONE, STORED, DONE]);
  });

  test.for([
    ["refuses", () => Response.json({ code: 20009 }, { status: 400 })],
    ["is out of order", () => new Response("?", { status: 500 })],
    ["can't be reached", () => Promise.reject(new TypeError("No route"))],
  ] as const)("is deleted later if the carrier %s, and can be heard meanwhile", async ([, answer]) => {
    const answers: Answer[] = [answer, () => new Response(null, { status: 204 })];
    const call = await recordedCall({ get: small, delete: () => (answers.shift() ?? answer)() }, "delete");
    expect(await call.deliver()).toMatchObject(RETRIED);
    expect(heard()).toEqual([STORED]);
    expect((await call.row())?.carrierRecordingId).toBe(RECORDING);
    expect((await (await call.listen()).arrayBuffer()).byteLength).toBe(1_000);
    expect(await call.deliver()).toMatchObject(ACKED);
    expect(call.asked).toEqual([GET, DELETE, DELETE]);
    expect((await call.row())?.carrierRecordingId).toBeNull();
    expect(heard()).toEqual([STORED, STORED, DONE]);
  });

  test("is fetched again where R2 has lost it, before anything is deleted", async () => {
    const call = await recordedCall(
      { get: small, delete: () => new Response(null, { status: 500 }) },
      "delete",
    );
    await call.deliver();
    await env.RECORDINGS.delete(call.key);
    await call.deliver();
    expect(call.asked).toEqual([GET, DELETE, GET, DELETE]);
    expect((await call.stored())?.size).toBe(1_000);
  });
});

test.for(["keep", "delete"] as const)(
  "a recording of a customer who has opted out is stored, and nobody is told: %s",
  async (atCarrier) => {
    const heard = vi.spyOn(CallSession.prototype, "recordingStored");
    const deleted = () => new Response(null, { status: 204 });
    const call = await recordedCall({ get: small, delete: deleted }, atCarrier);
    const row = await call.row();
    await openDb(env.DB)
      .insert(optOuts)
      .values({ orgId: call.org.orgId, phone: row?.toNumber ?? "", createdAt: 1 });
    expect(await call.deliver()).toMatchObject(ACKED);
    expect((await call.stored())?.size).toBe(1_000);
    expect((await call.listen()).status).toBe(404);
    expect(heard.mock.lastCall).toEqual([RECORDING, { isAudible: false, isDone: true }]);
    expect(heard.mock.calls.some(([, what]) => what?.isAudible !== false)).toBe(false);
  },
);

test("a recording that may stay at the carrier stays there", async () => {
  const call = await recordedCall({ get: small });
  await call.deliver();
  await call.deliver();
  expect(call.asked).toEqual([GET]);
  expect((await call.row())?.carrierRecordingId).toBe(RECORDING);
});

test("a whole call's recording is here and no longer at the sandbox", async () => {
  const org = await createOrganisation();
  const db = openDb(env.DB);
  await db
    .update(organisations)
    .set({ recordingsAtCarrier: "delete" })
    .where(eq(organisations.id, org.orgId));
  const callId = await place(org, "+15005550035");
  const row = await until(
    () => db.select().from(calls).where(eq(calls.id, callId)).get(),
    (stored) => stored?.recordingKey !== null && stored?.carrierRecordingId === null,
  );
  expect((await request(`/api/voice/calls/${callId}/recording`, org.apiKey)).status).toBe(200);
  const recording = row?.recordingKey?.split("/").at(-1)?.replace(".mp3", "") ?? "";
  expect(await atSandbox(org, `Recordings/${recording}.mp3`)).toBe(404);
});

async function atSandbox(org: Organisation, path: string): Promise<number> {
  const authorization = `Basic ${btoa(`${org.accountSid}:${org.authToken}`)}`;
  const url = `http://localhost:8787/sandbox/2010-04-01/Accounts/${org.accountSid}/${path}`;
  return (await exports.default.fetch(url, { headers: { authorization } })).status;
}
