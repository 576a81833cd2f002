// Twilio's REST API, by plain fetch. https://www.twilio.com/docs/voice/api/call-resource

import { z } from "zod";
import { bounded } from "../../lib/bounded.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { describeError } from "../../lib/log.ts";

export type RestOptions = {
  accountSid: string;
  authToken: string;
  /** What stands for https://api.twilio.com. */
  apiBaseUrl: string;
  fetch: typeof fetch;
};

/** `lost`: no answer came, or none that can be read; what was asked may or may not have been done. */
export type RestAnswer =
  | { kind: "ok"; json: unknown }
  | { kind: "error"; httpStatus: number; code: number | null; retryAfterMs: number | null }
  | { kind: "lost"; detail: string };

/** A create that takes longer is an answer lost. Below the machine's own `create_answer` timer. */
const TIMEOUT_MS = 15_000;
/** A page of twenty calls is a tenth of it. Whoever owns the address may send without end. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

const errorSchema = z.object({ code: z.number().nullish() });

export async function request(
  options: RestOptions,
  method: "GET" | "POST" | "DELETE",
  path: string,
  form?: URLSearchParams,
): Promise<RestAnswer> {
  try {
    return await withDeadline(TIMEOUT_MS, async (signal) =>
      readAnswer(await send(options, { method, path: `${path}.json`, form }, signal)),
    );
  } catch (error) {
    return { kind: "lost", detail: describeError(error) };
  }
}

/** Opens a stream from a path of the account. The deadline is for the answer to begin, not for its body. */
export function open(options: RestOptions, path: string, range?: string): Promise<Response> {
  const headers = range === undefined ? {} : { range };
  return withDeadline(TIMEOUT_MS, (signal) => send(options, { method: "GET", path, headers }, signal));
}

async function readAnswer(response: Response): Promise<RestAnswer> {
  // What is gone has nothing more to say.
  if (response.status === 204) return { kind: "ok", json: null };
  const json = parseJson(await (await bounded(response, LONGEST_ANSWER_BYTES)).text());
  if (response.ok) {
    return json === null ? { kind: "lost", detail: `unreadable ${response.status}` } : { kind: "ok", json };
  }
  const parsed = errorSchema.safeParse(json);
  const code = parsed.success ? (parsed.data.code ?? null) : null;
  return { kind: "error", httpStatus: response.status, code, retryAfterMs: retryAfterOf(response) };
}

/** Sends to a path of the account, with credentials. Redirects are not followed: they would carry them away. */
function send(
  options: RestOptions,
  asked: {
    method: "GET" | "POST" | "DELETE";
    path: string;
    form?: URLSearchParams | undefined;
    headers?: Record<string, string>;
  },
  signal: AbortSignal,
): Promise<Response> {
  const { method, path, form, headers } = asked;
  const url = new URL(`${options.apiBaseUrl}/2010-04-01/Accounts/${options.accountSid}/${path}`);
  if (method === "GET" && form !== undefined) url.search = form.toString();
  return options.fetch(url.href, {
    method,
    redirect: "manual",
    signal,
    headers: { ...headers, authorization: `Basic ${btoa(`${options.accountSid}:${options.authToken}`)}` },
    ...(method === "POST" && form !== undefined ? { body: form } : {}),
  });
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
