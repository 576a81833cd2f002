import type { Page } from "../../contract/pages.ts";
import type { Queue } from "../../contract/queues.ts";
import { findQueueByName, listQueues as listStored, type QueueRow } from "../../db/queues.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** The queue that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedQueue({ db, orgId }: OrgContext, name: string): Promise<QueueRow | null> {
  return findQueueByName(db, orgId, name);
}

export async function listQueues({ db, orgId }: OrgContext, page: Page) {
  const { rows, total } = await listStored(db, orgId, page);
  return { queues: rows.map(toQueue), total };
}

export function toQueue({ id, name, accept, createdAt }: QueueRow): Queue {
  return { uuid: id, name, accept, created_at: isoSeconds(createdAt) };
}
