import { inArray, lt, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { calls, deadLetters } from "./schema.ts";

/** Keeps account of a message whose tries are used up; once, however often it comes. */
export async function noteDeadLetter(
  db: Db,
  letter: { messageId: string; queue: string; callId: string | null; atSeconds: number },
): Promise<void> {
  const { messageId, queue, callId, atSeconds } = letter;
  const orgId = sql<string | null>`(SELECT ${calls.orgId} FROM ${calls} WHERE ${calls.id} = ${callId})`;
  await db
    .insert(deadLetters)
    .values({ messageId, queue, callId, orgId, createdAt: atSeconds })
    .onConflictDoNothing();
}

/** Forgets those from before; answers how many. */
export async function pruneDeadLetters(db: Db, beforeSeconds: number, limit: number): Promise<number> {
  const old = db
    .select({ messageId: deadLetters.messageId })
    .from(deadLetters)
    .where(lt(deadLetters.createdAt, beforeSeconds))
    .limit(limit);
  const pruned = await db
    .delete(deadLetters)
    .where(inArray(deadLetters.messageId, old))
    .returning({ messageId: deadLetters.messageId });
  return pruned.length;
}
