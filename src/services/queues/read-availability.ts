import type { Refusal } from "../../contract/problems.ts";
import type { Availability } from "../../contract/queues.ts";
import { findQueueByName } from "../../db/queues.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** Whether somebody of the queue could take a call now (contract A11). Advisory: nobody is reserved by it. */
export async function readAvailability(
  { env, db, orgId }: OrgContext,
  target: string,
): Promise<Result<Availability, Refusal<"queue_not_found">>> {
  const queue = await findQueueByName(db, orgId, target);
  if (queue === null) {
    return err({ code: "queue_not_found", detail: "The organisation has no queue of this name." });
  }
  const { available, depth } = await askTwice(async () => agentQueueOf(env, queue.id).availability());
  return ok({ target, available, queue_depth: depth, checked_at: isoSeconds(toEpochSeconds(Date.now())) });
}
