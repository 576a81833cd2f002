import type { Refusal } from "../../contract/problems.ts";
import type { ChangeQueueInput, CreateQueueInput, Queue } from "../../contract/queues.ts";
import { deleteQueue as deleteStored, insertQueue, updateQueue, type QueueRow } from "../../db/queues.ts";
import { newId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { toQueue } from "./read-queues.ts";

export async function createQueue(
  { db, orgId }: OrgContext,
  { name, accept }: CreateQueueInput,
): Promise<Result<Queue, Refusal<"already_exists">>> {
  const queue = { id: newId("queue"), orgId, name, accept, createdAt: toEpochSeconds(Date.now()) };
  const result = await insertQueue(db, queue);
  if (result === "created") return ok(toQueue(queue));
  return err({ code: "already_exists", detail: "The organisation has a queue of this name." });
}

/** A call that somebody was offered already goes on as it began. */
export async function changeQueue(
  { db, orgId }: OrgContext,
  queue: QueueRow,
  { accept }: ChangeQueueInput,
): Promise<Result<Queue, Refusal<"not_found">>> {
  if (accept === undefined) return ok(toQueue(queue));
  const changed = await updateQueue(db, orgId, queue.id, { accept });
  if (changed !== null) return ok(toQueue(changed));
  return err({ code: "not_found", detail: "There is no such queue." });
}

/** Its people go with it; who is reserved in this very moment, once their call is over. */
export async function deleteQueue(
  { env, db }: OrgContext,
  queue: QueueRow,
): Promise<Result<null, Refusal<"in_use">>> {
  const agents = () => agentQueueOf(env, queue.id);
  if (await askTwice(async () => agents().isBusy())) {
    return err({ code: "in_use", detail: "Somebody of this queue is offered a call, or talks to a caller." });
  }
  // The row first: what can't be found any more gets nobody new.
  if (!(await deleteStored(db, queue))) {
    return err({ code: "in_use", detail: "A campaign transfers its calls to this queue." });
  }
  await askTwice(async () => agents().close()).catch((error: unknown) => {
    // The queue is gone all the same, and nothing leads to who is left in its object.
    logError("queue_not_closed", error, { queue_id: queue.id });
  });
  return ok(null);
}
