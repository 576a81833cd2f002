import { and, count, desc, eq, sql } from "drizzle-orm";
import type { Page } from "../contract/pages.ts";
import type { AcceptMode } from "../domain/human-queue.ts";
import { QUEUE_NAME } from "../domain/queue-name.ts";
import { isUniqueViolation, type Db } from "./client.ts";
import { queues } from "./schema.ts";

export type QueueRow = typeof queues.$inferSelect;

export async function insertQueue(db: Db, queue: QueueRow): Promise<"created" | "already_exists"> {
  try {
    await db.insert(queues).values(queue);
    return "created";
  } catch (error) {
    if (isUniqueViolation(error, "queues.org_id, queues.name")) return "already_exists";
    throw error;
  }
}

/** Null if the organisation has none such, whatever is wrong with the name. */
export async function findQueueByName(db: Db, orgId: string, name: string): Promise<QueueRow | null> {
  if (!QUEUE_NAME.test(name)) return null;
  const found = await db
    .select()
    .from(queues)
    .where(and(eq(queues.orgId, orgId), eq(queues.name, name)))
    .get();
  return found ?? null;
}

/** Newest first. */
export async function listQueues(db: Db, orgId: string, { limit, offset }: Page) {
  const all = eq(queues.orgId, orgId);
  const [rows, [counted]] = await db.batch([
    db.select().from(queues).where(all).orderBy(desc(queues.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(queues).where(all),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

/** Null if it is gone. */
export async function updateQueue(
  db: Db,
  orgId: string,
  queueId: string,
  changes: { accept: AcceptMode },
): Promise<QueueRow | null> {
  return (await db.update(queues).set(changes).where(isThere(orgId, queueId)).returning().get()) ?? null;
}

/** False if a campaign transfers its calls to it. */
export async function deleteQueue(db: Db, { orgId, id, name }: QueueRow): Promise<boolean> {
  const isNamed = sql<number>`EXISTS (SELECT 1 FROM campaigns c
    WHERE c.org_id = ${orgId} AND c.deleted_at IS NULL AND c.config ->> '$.transfer_queue' = ${name})`;
  const [, named] = await db.batch([
    db.delete(queues).where(and(isThere(orgId, id), sql`NOT ${isNamed}`)),
    db.select({ id: queues.id }).from(queues).where(isThere(orgId, id)),
  ]);
  return named.length === 0;
}

function isThere(orgId: string, queueId: string) {
  return and(eq(queues.id, queueId), eq(queues.orgId, orgId));
}
