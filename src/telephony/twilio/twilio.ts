// The Twilio adapter: drives Twilio, Twilio-compatible services, and the sandbox. It knows neither the
// product's bindings nor its database.

import { z } from "zod";
import { describeError } from "../../lib/log.ts";
import type {
  CallConditions,
  CommandResult,
  CreateCall,
  CreateResult,
  LookupResult,
  RecordingList,
  RecordingResult,
  TelephonyProvider,
} from "../provider.ts";
import {
  callRecordSchema,
  parseAnswerRequest,
  parseDialEnd,
  parseHumanRequest,
  parseInbound,
  parseRecording,
  parseRelayEnd,
  parseStatus,
  recordingListSchema,
  recordingListOf,
  reportOf,
  sid,
  timeOf,
} from "./callbacks.ts";
import { renderTwiml } from "./documents.ts";
import { CALL_OVER_CODES, classifyRefusal } from "./errors.ts";
import { RETRY_OVERRIDES } from "./retry-overrides.ts";
import { open, request, type RestAnswer, type RestOptions } from "./rest.ts";
import { signatureJudge } from "./signature.ts";

/** The wait after a 429 that names none, and its spread: calls throttled together must not return together. */
const THROTTLE_BASE_MS = 2_000;
const THROTTLE_SPREAD_MS = 3_000;

/** Twilio's clock and ours may differ by this when a lost call is looked for. */
const CLOCK_SKEW_MS = 2_000;

const listSchema = z.object({ calls: z.array(z.unknown()) });
const createdSchema = z.object({ sid: sid("CA") });

export function createTwilioProvider(options: RestOptions): TelephonyProvider {
  const { accountSid, authToken } = options;
  return {
    createCall: async (call) => createResultOf(await request(options, "POST", "Calls", createForm(call))),
    hangUp: (id) => updateCall(options, id, { Status: "completed" }),
    redirect: (id, instruction) => updateCall(options, id, { Twiml: renderTwiml(instruction) }),
    takeCharge: (id, conditions) => updateCall(options, id, conditionsForm(conditions)),
    setTimeLimit: (id, seconds) => updateCall(options, id, { TimeLimit: String(seconds) }),
    findCall: (query) => findCall(options, query),
    fetchCall: async (id) => lookupResultOf(await request(options, "GET", `Calls/${id}`)),
    listRecordings: (id) => listRecordings(options, id),
    fetchRecording: (id, range) => fetchRecording(options, id, range),
    deleteRecording: (id) => deleteRecording(options, id),
    renderDocument: (instruction) => ({ contentType: "text/xml", body: renderTwiml(instruction) }),
    isAuthentic: signatureJudge(authToken),
    parseInbound: (body) => parseInbound(body, accountSid),
    parseAnswerRequest: (body) => parseAnswerRequest(body, accountSid),
    parseStatus: (body) => parseStatus(body, accountSid),
    parseRelayEnd: (body) => parseRelayEnd(body, accountSid),
    parseRecording: (body) => parseRecording(body, accountSid),
    parseHumanRequest: (body) => parseHumanRequest(body, accountSid),
    parseDialEnd: (body) => parseDialEnd(body, accountSid),
  };
}

function createForm(call: CreateCall): URLSearchParams {
  const form = new URLSearchParams({
    To: call.to,
    From: call.from,
    Url: call.urls.answer + RETRY_OVERRIDES,
    Method: "POST",
    StatusCallback: call.urls.status + RETRY_OVERRIDES,
    StatusCallbackMethod: "POST",
    Timeout: String(call.ringTimeoutSeconds),
    TimeLimit: String(call.timeLimitSeconds),
    MachineDetection: call.machineDetection === "message_end" ? "DetectMessageEnd" : "Enable",
  });
  for (const event of ["initiated", "ringing", "answered", "completed"]) {
    form.append("StatusCallbackEvent", event);
  }
  return form;
}

function conditionsForm({ timeLimitSeconds, statusUrl }: CallConditions): Record<string, string> {
  return {
    TimeLimit: String(timeLimitSeconds),
    StatusCallback: statusUrl + RETRY_OVERRIDES,
    StatusCallbackMethod: "POST",
  };
}

function createResultOf(answer: RestAnswer): CreateResult {
  if (answer.kind === "lost") return { kind: "unknown", detail: answer.detail };
  if (answer.kind === "ok") {
    const created = createdSchema.safeParse(answer.json);
    return created.success
      ? { kind: "accepted", carrierCallId: created.data.sid }
      : { kind: "unknown", detail: "an answer without a sid" };
  }
  const refusal = classifyRefusal(answer.httpStatus, answer.code);
  const carrierCode = `${answer.httpStatus}/${answer.code ?? "-"}`;
  switch (refusal.kind) {
    case "throttled": {
      const waitMs = (answer.retryAfterMs ?? THROTTLE_BASE_MS) + Math.random() * THROTTLE_SPREAD_MS;
      return { kind: "throttled", retryAfterMs: Math.round(waitMs) };
    }
    case "unknown":
      return { kind: "unknown", detail: carrierCode };
    case "refused":
      return { kind: "refused", reason: refusal.reason, carrierCode };
  }
}

async function updateCall(
  options: RestOptions,
  carrierCallId: string,
  form: Record<string, string>,
): Promise<CommandResult> {
  const answer = await request(options, "POST", `Calls/${carrierCallId}`, new URLSearchParams(form));
  if (answer.kind === "ok") return { kind: "done" };
  if (answer.kind === "lost") return { kind: "failed", detail: answer.detail, httpStatus: null };
  if (answer.code !== null && CALL_OVER_CODES.includes(answer.code)) return { kind: "already_over" };
  const { httpStatus, code } = answer;
  return { kind: "failed", detail: `${httpStatus}/${code ?? "-"}`, httpStatus };
}

/**
 * Filtered by our own reading of `date_created`: Twilio's StartTime filter takes no call that is still
 * queued, for it has not started.
 */
async function findCall(
  options: RestOptions,
  query: { to: string; from: string; sinceMs: number },
): Promise<LookupResult> {
  const parameters = new URLSearchParams({ To: query.to, From: query.from, PageSize: "20" });
  const answer = await request(options, "GET", "Calls", parameters);
  // There always is a list, if perhaps an empty one: a 404 is a wrong address, not an answer.
  if (answer.kind === "error")
    return { kind: "failed", detail: `${answer.httpStatus}/${answer.code ?? "-"}` };
  if (answer.kind === "lost") return { kind: "failed", detail: answer.detail };
  const list = listSchema.safeParse(answer.json);
  if (!list.success) return { kind: "failed", detail: "an unreadable list" };
  const since = Math.floor(query.sinceMs / 1000) * 1000 - CLOCK_SKEW_MS;
  const records = list.data.calls.flatMap((call) => callRecordSchema.safeParse(call).data ?? []);
  const found = records
    .toSorted((a, b) => (timeOf(b.date_created) ?? 0) - (timeOf(a.date_created) ?? 0))
    .find((call) => (timeOf(call.date_created) ?? 0) >= since && !endedBefore(call, query.sinceMs));
  if (found !== undefined) return { kind: "found", report: reportOf(found) };
  // One that can't be read may be the one that is looked for.
  const allRead = records.length === list.data.calls.length;
  return allRead ? { kind: "none" } : { kind: "failed", detail: "an unreadable call in the list" };
}

/** A call that was over before ours was asked for is an earlier one to the same number. */
function endedBefore(call: z.infer<typeof callRecordSchema>, sinceMs: number): boolean {
  const endedAtMs = timeOf(call.end_time);
  return endedAtMs !== null && endedAtMs + 999 < sinceMs;
}

function lookupResultOf(answer: RestAnswer): LookupResult {
  if (answer.kind === "lost") return { kind: "failed", detail: answer.detail };
  if (answer.kind === "error") {
    if (answer.httpStatus === 404) return { kind: "none" };
    return { kind: "failed", detail: `${answer.httpStatus}/${answer.code ?? "-"}` };
  }
  const record = callRecordSchema.safeParse(answer.json);
  return record.success
    ? { kind: "found", report: reportOf(record.data) }
    : { kind: "failed", detail: "an unreadable record" };
}

/** A call that the carrier has forgotten has none that could be fetched. */
async function listRecordings(options: RestOptions, carrierCallId: string): Promise<RecordingList> {
  const answer = await request(options, "GET", `Calls/${carrierCallId}/Recordings`);
  if (answer.kind === "lost") return { kind: "failed", detail: answer.detail };
  if (answer.kind === "error") {
    if (answer.httpStatus === 404) return { kind: "listed", ready: [], isAwaited: false };
    return { kind: "failed", detail: `${answer.httpStatus}/${answer.code ?? "-"}` };
  }
  const list = recordingListSchema.safeParse(answer.json);
  if (!list.success) return { kind: "failed", detail: "an unreadable list" };
  return { kind: "listed", ...recordingListOf(list.data, carrierCallId) };
}

/** One that is not there any more is deleted. */
async function deleteRecording(options: RestOptions, recordingId: string): Promise<CommandResult> {
  const answer = await request(options, "DELETE", `Recordings/${recordingId}`);
  if (answer.kind === "ok") return { kind: "done" };
  if (answer.kind === "lost") return { kind: "failed", detail: answer.detail, httpStatus: null };
  const { httpStatus, code } = answer;
  return httpStatus === 404
    ? { kind: "done" }
    : { kind: "failed", detail: `${httpStatus}/${code ?? "-"}`, httpStatus };
}

async function fetchRecording(
  options: RestOptions,
  recordingId: string,
  range: string | undefined,
): Promise<RecordingResult> {
  try {
    const response = await open(options, `Recordings/${recordingId}.mp3`, range);
    return await recordingResultOf(response, range !== undefined);
  } catch (error) {
    return { kind: "failed", detail: describeError(error) };
  }
}

async function recordingResultOf(response: Response, isPartAsked: boolean): Promise<RecordingResult> {
  const { status, headers, body } = response;
  const contentRange = headers.get("content-range");
  const isPart = status === 206 && isPartAsked && contentRange !== null;
  if ((status === 200 || isPart) && body !== null) {
    const length = headers.get("content-length");
    const lengthBytes = length === null ? null : Number(length);
    return { kind: "found", body, lengthBytes, contentRange: isPart ? contentRange : null };
  }
  // A body that nobody reads would keep its connection.
  await body?.cancel();
  if (status === 404) return { kind: "none" };
  if (status === 416 && isPartAsked) return { kind: "unsatisfiable", contentRange };
  return { kind: "failed", detail: String(status) };
}
