// Recordings in R2, an object each.

import { withDeadline } from "../lib/deadline.ts";
import { logError } from "../lib/log.ts";

export function recordingKey(orgId: string, callId: string, recordingId: string): string {
  return `${orgId}/${callId}/${recordingId}.mp3`;
}

/** R2 wants all parts of an upload equally long but the last, and none shorter than this. */
const PART_BYTES = 5 * 1024 * 1024;
/** Most recordings are much smaller than a part, and a batch of them is stored at once. */
const FIRST_BUFFER_BYTES = 64 * 1024;
const OPTIONS = { httpMetadata: { contentType: "audio/mpeg" } };

/** Two channels of a whole day are three quarters of it, and arrive in much less than ten minutes. */
const LIMITS = { bytes: 2_000_000_000, ms: 600_000 };

/**
 * Streams into R2: at once where the length is known, as R2 asks, else part by part, so that no more than one part is
 * held. An object appears whole or not at all; not at all, too, where the body has no end in length or in time: whoever
 * owns the carrier's address may send what they like.
 */
export async function putRecording(
  bucket: R2Bucket,
  key: string,
  { body, lengthBytes }: { body: ReadableStream<Uint8Array>; lengthBytes: number | null },
  limits = LIMITS,
): Promise<void> {
  if (lengthBytes === null) return putInParts(bucket, key, new PartReader(body, limits));
  if (lengthBytes > limits.bytes) {
    await body.cancel();
    throw tooLong();
  }
  const fixed = new FixedLengthStream(lengthBytes);
  await withDeadline(limits.ms, async (late) => {
    // A body that nobody reads would keep its connection.
    const refused = new AbortController();
    const stored = bucket.put(key, fixed.readable, OPTIONS).catch((error: unknown) => {
      refused.abort(error);
      throw error;
    });
    const signal = AbortSignal.any([late, refused.signal]);
    await Promise.all([stored, body.pipeTo(fixed.writable, { signal })]);
  });
}

function tooLong(): Error {
  return new Error("The recording is too long");
}

async function putInParts(bucket: R2Bucket, key: string, parts: PartReader): Promise<void> {
  try {
    const first = await parts.read();
    if (first.length < PART_BYTES) await bucket.put(key, first, OPTIONS);
    else await upload(await bucket.createMultipartUpload(key, OPTIONS), first, parts);
  } catch (error) {
    // It is the same with a body that is read by hand.
    await parts.cancel();
    throw error;
  }
}

async function upload(target: R2MultipartUpload, first: Uint8Array, parts: PartReader): Promise<void> {
  try {
    const uploaded: R2UploadedPart[] = [];
    for (let part = first; part.length > 0; part = await parts.read()) {
      uploaded.push(await target.uploadPart(uploaded.length + 1, part));
    }
    await target.complete(uploaded);
  } catch (error) {
    // What is left behind is nobody's object, but it is stored until R2 clears it away.
    await target
      .abort()
      .catch((failure: unknown) => logError("upload_not_aborted", failure, { key: target.key }));
    throw error;
  }
}

/** Cuts a body into parts; fails where it is longer, or takes longer, than it may. */
class PartReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #endsAtMs: number;
  #bytesLeft: number;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  /** Was read, and did not fit into the part before. */
  #rest: Uint8Array = new Uint8Array();

  constructor(body: ReadableStream<Uint8Array>, limits: typeof LIMITS) {
    this.#reader = body.getReader();
    this.#endsAtMs = Date.now() + limits.ms;
    this.#bytesLeft = limits.bytes;
  }

  /** The next part, shorter than others if it is the last, and empty behind that. It is overwritten by the next one. */
  async read(): Promise<Uint8Array> {
    let length = 0;
    while (length < PART_BYTES) {
      const chunk = this.#rest.length > 0 ? this.#rest : await this.#next();
      if (chunk === undefined) break;
      const fitting = chunk.subarray(0, PART_BYTES - length);
      this.#makeRoom(length, fitting.length);
      this.#buffer.set(fitting, length);
      length += fitting.length;
      this.#rest = chunk.subarray(fitting.length);
    }
    return this.#buffer.subarray(0, length);
  }

  async #next(): Promise<Uint8Array | undefined> {
    const leftMs = Math.max(0, this.#endsAtMs - Date.now());
    const { value } = await withDeadline(leftMs, () => this.#reader.read());
    this.#bytesLeft -= value?.length ?? 0;
    if (this.#bytesLeft < 0) throw tooLong();
    return value;
  }

  /** For so many bytes behind the `length` that are there: twice as much each time, to a part at most. */
  #makeRoom(length: number, more: number): void {
    if (length + more <= this.#buffer.length) return;
    const wanted = Math.max(length + more, 2 * this.#buffer.length);
    const larger = new Uint8Array(Math.min(PART_BYTES, wanted));
    larger.set(this.#buffer.subarray(0, length));
    this.#buffer = larger;
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => null);
  }
}
