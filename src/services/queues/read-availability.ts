import type { Availability } from "../../contract/queues.ts";
import type { QueueRow } from "../../db/queues.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** Whether somebody of the queue could take a call now (contract A11). Advisory: nobody is reserved by it. */
export async function readAvailability({ env }: OrgContext, queue: QueueRow): Promise<Availability> {
  const { available, depth } = await askTwice(async () => agentQueueOf(env, queue.id).availability());
  const checkedAt = isoSeconds(toEpochSeconds(Date.now()));
  return { target: queue.name, available, queue_depth: depth, checked_at: checkedAt };
}
