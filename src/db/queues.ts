import { and, eq } from "drizzle-orm";
import type { AcceptMode } from "../domain/human-queue.ts";
import type { Db } from "./client.ts";
import { queues } from "./schema.ts";

export type QueueOfName = { id: string; name: string; accept: AcceptMode };

/** Null if the organisation has no queue of that name. */
export async function findQueueByName(db: Db, orgId: string, name: string): Promise<QueueOfName | null> {
  const row = await db
    .select({ id: queues.id, name: queues.name, accept: queues.accept })
    .from(queues)
    .where(and(eq(queues.orgId, orgId), eq(queues.name, name)))
    .get();
  return row ?? null;
}
