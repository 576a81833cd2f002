// How often something may be done: a bucket that holds `perMinute` tokens and fills evenly, all of it in 60 seconds.
// Over any span of T seconds it lets no more than its capacity and T seconds' worth of filling pass.
//
// Counted in parts of a token, so that whole milliseconds add up to whole numbers and nothing is lost or won by
// rounding. What is not a number fills nothing and allows nothing.

export type TokenBucket = { tokens: number; updatedAtMs: number };

/** The capacity, and what is refilled in a minute. Less than 1 allows nothing at all. */
export type TokenBucketPolicy = { perMinute: number };

export type TokenDraw = {
  /** Whole tokens left. */
  remaining: number;
  /** Until one more token is there; 0 if none will come because the bucket is full. */
  resetSeconds: number;
} & ({ allowed: true; retryAfterSeconds: null } | { allowed: false; retryAfterSeconds: number });

const MINUTE_SECONDS = 60;

/** One token. In a millisecond `perMinute` parts are refilled. */
const TOKEN_PARTS = 60_000;

/**
 * Draws one token, or none if there is no whole one.
 * @param bucket null: nothing was drawn yet, so it is full.
 * @returns the very same `bucket` if nothing of it has to be stored.
 */
export function take(
  bucket: TokenBucket | null,
  { perMinute }: TokenBucketPolicy,
  nowMs: number,
): { bucket: TokenBucket; draw: TokenDraw } {
  const capacity = capacityOf(perMinute);
  const parts = partsAt(bucket, capacity, nowMs);
  if (parts >= TOKEN_PARTS) {
    const left = parts - TOKEN_PARTS;
    return {
      bucket: { tokens: left / TOKEN_PARTS, updatedAtMs: nowMs },
      draw: { allowed: true, ...leftOf(left, capacity), retryAfterSeconds: null },
    };
  }
  const left = leftOf(parts, capacity);
  // A clock that was set back must be stored here too: else nothing would be refilled until it has caught up.
  const isAsStored = bucket !== null && nowMs >= bucket.updatedAtMs;
  return {
    bucket: isAsStored ? bucket : { tokens: parts / TOKEN_PARTS, updatedAtMs: nowMs },
    draw: { allowed: false, ...left, retryAfterSeconds: left.resetSeconds || MINUTE_SECONDS },
  };
}

/**
 * What is to be stored of a bucket that is drawn from in memory: less than it has, so that the next draws need not be
 * stored. Whoever goes on from it lets no more pass than the bucket would, and loses a tenth of the capacity at most.
 * @param stored what was stored last; returned itself while it is no more than the bucket has.
 */
export function toStore(
  stored: TokenBucket | null,
  bucket: TokenBucket,
  { perMinute }: TokenBucketPolicy,
): TokenBucket {
  const capacity = capacityOf(perMinute);
  const { updatedAtMs } = bucket;
  const isBefore = stored !== null && stored.updatedAtMs <= updatedAtMs;
  if (isBefore && partsAt(stored, capacity, updatedAtMs) <= partsAt(bucket, capacity, updatedAtMs))
    return stored;
  return { tokens: Math.max(0, bucket.tokens - Math.floor(capacity / 10)), updatedAtMs };
}

function capacityOf(perMinute: number): number {
  return perMinute >= 1 && perMinute < Infinity ? Math.floor(perMinute) : 0;
}

function partsAt(bucket: TokenBucket | null, capacity: number, nowMs: number): number {
  const full = capacity * TOKEN_PARTS;
  if (bucket === null) return full;
  const stored = bucket.tokens > 0 ? Math.round(bucket.tokens * TOKEN_PARTS) : 0;
  const elapsedMs = nowMs > bucket.updatedAtMs ? nowMs - bucket.updatedAtMs : 0;
  return Math.min(full, stored + elapsedMs * capacity);
}

function leftOf(parts: number, capacity: number): { remaining: number; resetSeconds: number } {
  const missing = TOKEN_PARTS - (parts % TOKEN_PARTS);
  const isFull = parts >= capacity * TOKEN_PARTS;
  return {
    remaining: Math.floor(parts / TOKEN_PARTS),
    resetSeconds: isFull ? 0 : Math.ceil(missing / (capacity * 1_000)),
  };
}
