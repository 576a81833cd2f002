// A call that is over, as its object leaves it in D1, and the message that asks for its analysis.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { openDb } from "../../src/db/client.ts";
import { calls, transcripts } from "../../src/db/schema.ts";
import { ENDINGS, type CallType, type EndedReason } from "../../src/domain/call/status.ts";
import type { Speaker } from "../../src/domain/transcript.ts";
import { acceptRow } from "./call-row.ts";
import { consume } from "./consume.ts";
import type { Organisation } from "./organisation.ts";

type Columns = Partial<typeof calls.$inferInsert>;
export type Said = readonly (readonly [Speaker, string])[];

export async function endedCall(
  org: Organisation,
  endedReason: EndedReason,
  said: Said = [],
  columns: Columns = {},
  callType: CallType = "outbound",
): Promise<string> {
  const { callId } = await acceptRow(org, callType === "inbound" ? crypto.randomUUID() : null);
  const db = openDb(env.DB);
  const { outcome, fault } = ENDINGS[endedReason];
  const ended = {
    status: "ended",
    outcome,
    fault,
    endedReason,
    duration: 9,
    endedAt: 1_790_000_000,
  } as const;
  await db
    .update(calls)
    .set({ ...ended, ...columns })
    .where(eq(calls.id, callId));
  const turns = said.map(([speaker, text], index) => ({ speaker, text, timestamp: index }));
  await db.insert(transcripts).values({ callId, orgId: org.orgId, turns: JSON.stringify(turns) });
  return callId;
}

/** @param attempt how often the message came so far, with this time. */
export function sendToAnalysis(callId: string, attempt = 1) {
  return consume("trunkline-call-events", [{ type: "call_ended", call_id: callId }], attempt);
}

export const ACKED = { acked: ["0"], retried: [] };
export const RETRIED = { acked: [], retried: ["0"] };

export function storedCall(callId: string) {
  return openDb(env.DB).select().from(calls).where(eq(calls.id, callId)).get();
}
