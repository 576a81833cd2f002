import type { ApiKey } from "../../db/keys.ts";
import { limitOf, type RateLimitBucket } from "../../domain/rate-limits.ts";
import type { TokenDraw } from "../../domain/token-bucket.ts";
import { logError } from "../../lib/log.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { rateLimiterOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

export type Draw = TokenDraw & { perMinute: number };

/** Draws one request from the key's bucket: one RPC. Null if the limiter can't be reached. */
export async function drawFromBucket(
  { env, config }: ServiceContext,
  key: ApiKey,
  bucket: RateLimitBucket,
): Promise<Draw | null> {
  // What was given to a key before the ceiling was lowered is more than it has now.
  const perMinute = Math.min(limitOf(bucket, key.limits), config.RATE_LIMIT_CEILING);
  const draw = async () => ({
    ...(await rateLimiterOf(env, key.id).take(bucket, perMinute)),
    perMinute,
  });
  return askTwice(draw).catch((error: unknown) => {
    logError("rate_limiter_unreachable", error, { key_id: key.id });
    return null;
  });
}
