import { pruneRequests as pruneStored } from "../../db/idempotency.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";

const AT_ONCE = 1_000;

/** Forgets the answers of requests that came a day ago; what is left of them waits for the next minute. */
export async function pruneRequests({ db }: ServiceContext): Promise<void> {
  const pruned = await pruneStored(db, toEpochSeconds(Date.now()), AT_ONCE);
  if (pruned > 0) logInfo("requests_pruned", { pruned });
}
