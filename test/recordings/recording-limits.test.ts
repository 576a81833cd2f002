// A carrier in hostile hands sends a recording without end, or one that never comes to its end.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { putRecording } from "../../src/recordings/bucket.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const MIB = 1024 * 1024;

/** Sends pieces of a MiB, and then nothing more, nor an end. */
function stalling(pieces: number) {
  const sent = { pieces: 0, isLetGo: false, body: new ReadableStream<Uint8Array>() };
  sent.body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (sent.pieces === pieces) await new Promise(() => {});
        sent.pieces += 1;
        controller.enqueue(new Uint8Array(MIB));
      },
      cancel() {
        sent.isLetGo = true;
      },
    },
    { highWaterMark: 0 },
  );
  return sent;
}

/** How the uploads in parts that were begun ended. */
function watchUploads(): string[] {
  const ends: string[] = [];
  const create = env.RECORDINGS.createMultipartUpload.bind(env.RECORDINGS);
  vi.spyOn(env.RECORDINGS, "createMultipartUpload").mockImplementation(async (...args) => {
    const upload = await create(...args);
    const abort = upload.abort.bind(upload);
    upload.abort = async () => {
      await abort();
      ends.push("aborted");
    };
    return upload;
  });
  return ends;
}

describe.each([
  ["told", 12 * MIB],
  ["not told", null],
])("a recording whose length is %s", (_, lengthBytes) => {
  test("is given up when its time is over, and leaves nothing behind", async () => {
    const [key, ends, sent] = [crypto.randomUUID(), watchUploads(), stalling(7)];
    const limits = { bytes: 100 * MIB, ms: 1_000 };
    const stored = putRecording(env.RECORDINGS, key, { body: sent.body, lengthBytes }, limits);
    await expect(stored).rejects.toThrow("No answer within");
    // The runtime's own pipe, which a told length goes by, lets go of a network's body at once, but not of a test's.
    if (lengthBytes === null) expect(sent.isLetGo).toBe(true);
    expect(sent.pieces).toBe(7);
    expect(ends).toEqual(lengthBytes === null ? ["aborted"] : []);
    expect(await env.RECORDINGS.head(key)).toBeNull();
  });

  test("is given up when it is too long, and leaves nothing behind", async () => {
    const [key, ends, sent] = [crypto.randomUUID(), watchUploads(), stalling(50)];
    const limits = { bytes: 8 * MIB, ms: 60_000 };
    const stored = putRecording(env.RECORDINGS, key, { body: sent.body, lengthBytes }, limits);
    await expect(stored).rejects.toThrow("The recording is too long");
    expect(sent).toMatchObject({ pieces: lengthBytes === null ? 9 : 0, isLetGo: true });
    expect(ends).toEqual(lengthBytes === null ? ["aborted"] : []);
    expect(await env.RECORDINGS.head(key)).toBeNull();
  });
});

test("nobody's recording of a day is too long", async () => {
  const dayOfTwoChannels = (128_000 / 8) * 86_400;
  const refused = putRecording(env.RECORDINGS, "a day", {
    body: new ReadableStream({ start: (controller) => controller.close() }),
    lengthBytes: dayOfTwoChannels,
  });
  // It is taken, and then found to be shorter than was said.
  await expect(refused).rejects.not.toThrow("too long");
});
