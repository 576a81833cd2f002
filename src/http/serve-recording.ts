// A recording on its way to the listener. RFC 9110: conditions (13), then ranges (14); `If-Range` asks for the whole
// where the recording is another. Conditions are judged here, and by the entity tag alone: R2 fails on headers that are
// malformed, and nobody is told of a date that a recording was last modified.

import type { Context } from "hono";
import type { CarrierRecording, StoredRecording } from "../services/recordings/read-recording.ts";
import { parseByteRange, readByteRange, type ByteRange } from "./byte-range.ts";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

const SERVED = { "accept-ranges": "bytes", "cache-control": "private, no-cache" };

export async function serveFromStorage(c: Context<AppEnv>, { head, read }: StoredRecording) {
  const headers = { ...SERVED, etag: head.httpEtag };
  const unmet = unmetCondition(c, head.httpEtag);
  if (unmet !== null) return c.body(null, unmet, headers);
  const range = parseByteRange(rangeFor(c, head.httpEtag), head.size);
  if (range.kind === "unsatisfiable") {
    return c.body(null, 416, { ...headers, "content-range": `bytes */${head.size}` });
  }
  const part =
    range.kind === "part" ? { offset: range.first, length: range.last - range.first + 1 } : undefined;
  const length = { "content-type": "audio/mpeg", "content-length": String(part?.length ?? head.size) };
  const sent = { ...headers, ...length, ...contentRangeOf(writtenRange(range, head.size)) };
  const status = part === undefined ? 200 : 206;
  // Nobody would read what is opened for a HEAD.
  if (c.req.method === "HEAD") return c.body(null, status, sent);
  const body = await read(part);
  return body === null ? noRecording(c) : c.body(body, status, sent);
}

/** A carrier that can't send a part sends the whole, which an asker for a part must be ready for. */
export async function serveFromCarrier(c: Context<AppEnv>, { recordingId, read }: CarrierRecording) {
  const etag = `"${recordingId}"`;
  const headers = { ...SERVED, etag };
  const unmet = unmetCondition(c, etag);
  if (unmet !== null) return c.body(null, unmet, headers);
  const recording = await read(singleRange(rangeFor(c, etag)));
  switch (recording.kind) {
    case "none":
      return noRecording(c);
    case "failed": {
      const detail = "The recording is not here yet, and the carrier that has it can't be reached.";
      return problem(c, { code: "unavailable", detail }, { "retry-after": "5" });
    }
    case "unsatisfiable":
      return c.body(null, 416, { ...headers, ...contentRangeOf(recording.contentRange) });
    case "found": {
      const { body, lengthBytes, contentRange } = recording;
      const length = lengthBytes === null ? {} : { "content-length": String(lengthBytes) };
      const sent = { ...headers, "content-type": "audio/mpeg", ...length, ...contentRangeOf(contentRange) };
      const status = contentRange === null ? 200 : 206;
      if (c.req.method !== "HEAD") return c.body(body, status, sent);
      // Nobody will read it, and the carrier would go on sending.
      await body.cancel();
      return c.body(null, status, sent);
    }
  }
}

export function noRecording(c: Context<AppEnv>) {
  return problem(c, { code: "recording_not_found", detail: "There is no recording of this call." });
}

/** 412: it is not the one that must be; 304: it is the one that the asker has. */
function unmetCondition(c: Context<AppEnv>, etag: string): 412 | 304 | null {
  const [ifMatch, ifNoneMatch] = [c.req.header("if-match"), c.req.header("if-none-match")];
  if (ifMatch !== undefined && !names(ifMatch, etag)) return 412;
  return ifNoneMatch !== undefined && names(ifNoneMatch.replaceAll("W/", ""), etag) ? 304 : null;
}

function rangeFor(c: Context<AppEnv>, etag: string): string | undefined {
  const ifRange = c.req.header("if-range");
  return ifRange === undefined || ifRange === etag ? c.req.header("range") : undefined;
}

/** Of several at once the carrier would make a body of many parts, which is no recording. */
function singleRange(header: string | undefined): string | undefined {
  const range = readByteRange(header);
  return range === null ? undefined : `bytes=${range.from}-${range.to}`;
}

function writtenRange(range: ByteRange, size: number): string | null {
  return range.kind === "part" ? `bytes ${range.first}-${range.last}/${size}` : null;
}

function contentRangeOf(contentRange: string | null): Record<string, string> {
  return contentRange === null ? {} : { "content-range": contentRange };
}

/** Whether a list of entity tags has this one; a weak one (`W/"…"`) is another. */
function names(list: string, etag: string): boolean {
  return list.split(",").some((entry) => [etag, "*"].includes(entry.trim()));
}
