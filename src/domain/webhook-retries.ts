// When something is tried again that a receiver did not take, and when it is left in peace.

/** After the first try, the second and so on. The whole takes 75 h 35 min. https://www.standardwebhooks.com */
const DELAYS_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

export const MAX_TRIES = DELAYS_SECONDS.length + 1;

/** Keeps what failed at one moment from coming back at one. Only ever later: a receiver may count on the schedule. */
const JITTER = 0.1;
const RETRY_AFTER_CAP_MS = 86_400_000;

/** A try that was cut off by our own doing is made up for, wherever the schedule stands; the wait doubles each time. */
const RESUMED_MS = { first: 5_000, longest: 3_600_000 };
/** It may be its body that we die of. */
const MOST_INTERRUPTIONS = 20;

/** A receiver that takes nothing for so long … */
const FAILING_AFTER_MS = 3 * 86_400_000;
/** … of so many deliveries is not asked any more. One alone may be at fault itself. */
export const FAILING_DELIVERIES = 3;

/**
 * @param tries how many were made, the one that failed just now included
 * @param random from 0 to below 1
 * @returns null when they are used up.
 */
export function nextTryMs({
  tries,
  nowMs,
  retryAfterMs,
  random,
}: {
  tries: number;
  nowMs: number;
  retryAfterMs: number | null;
  random: number;
}): number | null {
  const seconds = DELAYS_SECONDS[tries - 1];
  if (seconds === undefined) return null;
  const scheduledMs = seconds * 1_000;
  const askedMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_CAP_MS);
  return nowMs + Math.round(Math.max(scheduledMs, askedMs) + scheduledMs * JITTER * random);
}

/**
 * As `nextTryMs`, for a try of which nobody knows whether it reached the receiver: it is none of its tries.
 * @param interruptions how many there were, the one just now included
 */
export function resumeTryMs({
  interruptions,
  nowMs,
}: {
  interruptions: number;
  nowMs: number;
}): number | null {
  if (interruptions >= MOST_INTERRUPTIONS) return null;
  return nowMs + Math.min(RESUMED_MS.longest, RESUMED_MS.first * 2 ** (interruptions - 1));
}

/** Until when the receiver wants nothing at all, RFC 6585 section 4 and RFC 9110 section 15.6.4. Null if it does not say. */
export function holdUntilMs(
  statusCode: number | null,
  retryAfterMs: number | null,
  nowMs: number,
): number | null {
  if (retryAfterMs === null || (statusCode !== 429 && statusCode !== 503)) return null;
  return nowMs + Math.min(retryAfterMs, RETRY_AFTER_CAP_MS);
}

/** @param header seconds or an HTTP date, RFC 9110 section 10.2.3. Null if it is neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1_000;
  const atMs = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(atMs) ? Math.max(0, atMs - nowMs) : null;
}

/**
 * @param failingSinceMs the first failure since it last took something
 * @param failedDeliveries how many different ones it did not take since then
 */
export function isFailing({
  failingSinceMs,
  failedDeliveries,
  nowMs,
}: {
  failingSinceMs: number;
  failedDeliveries: number;
  nowMs: number;
}): boolean {
  return nowMs - failingSinceMs >= FAILING_AFTER_MS && failedDeliveries >= FAILING_DELIVERIES;
}
