import { pruneRequests as pruneStored } from "../../db/idempotency.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";

const AT_ONCE = 1_000;
/** More than any minute brings, and few enough statements for one run. */
const MOST_ROUNDS = 30;

/** Forgets the answers of requests that came a day ago; what is left of them waits for the next minute. */
export async function pruneRequests({ db }: Pick<ServiceContext, "db">): Promise<void> {
  const now = toEpochSeconds(Date.now());
  let pruned = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const count = await pruneStored(db, now, AT_ONCE);
    pruned += count;
    if (count < AT_ONCE) break;
  }
  if (pruned > 0) logInfo("requests_pruned", { pruned });
}
