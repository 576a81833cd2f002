// What workflows write into a call's key details. Each write is merged in one statement of the database, so that
// writers at the same time lose nothing; and each is kept, since what they say outlives an analysis that comes later.

import { and, eq, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { keyDetailsSchema, type KeyDetails } from "../contract/calls.ts";
import { composePatches } from "../domain/merge-patch.ts";
import type { Db } from "./client.ts";
import { calls } from "./schema.ts";

/** What the merged details may grow to, in bytes of JSON. */
const MAX_DETAILS_BYTES = 262_144;
/** An analysis takes all patches one by one: beyond so many they are made one or two that do the same … */
const MAX_PATCHES = 500;
/** … and beyond so many bytes of JSON. */
const LONG_HISTORY_BYTES = 524_288;
/**
 * What all that was written may amount to, in bytes of JSON: it must fit into the call's row. If it is longer than that
 * however it is said, the merged details take the history's place; what older patches deleted is forgotten.
 */
const MAX_HISTORY_BYTES = 1_048_576;

/** Details as they are shown: both parts are there, whatever was written. */
export const shownKeyDetails = sql<string>`json_patch('{"extraction":{},"qms_scores":{}}', coalesce(calls.key_details, '{}'))`;

/** Merges a patch (RFC 7396) into the call's key details. Null if they would grow too large; then nothing is done. */
export async function patchKeyDetails(
  db: Db,
  orgId: string,
  callId: string,
  patch: object,
): Promise<KeyDetails | null> {
  const json = JSON.stringify(patch);
  const merged = sql`json_patch(coalesce(calls.key_details, '{}'), ${json})`;
  const longer = sql`json_insert(coalesce(calls.workflow_patches, '[]'), '$[#]', json(${json}))`;
  const history = sql`CASE WHEN octet_length(${longer}) <= ${MAX_HISTORY_BYTES} THEN ${longer}
    ELSE json_array(json(${merged})) END`;
  const ofCall = and(eq(calls.id, callId), eq(calls.orgId, orgId));
  const row = await db
    .update(calls)
    // Nothing that was written is nothing to be kept.
    .set({ keyDetails: merged, ...(json === "{}" ? {} : { workflowPatches: history }) })
    .where(and(ofCall, sql`octet_length(${merged}) <= ${MAX_DETAILS_BYTES}`))
    .returning({
      keyDetails: shownKeyDetails,
      isLong: sql<number | null>`json_array_length(calls.workflow_patches) > ${MAX_PATCHES}
        OR octet_length(calls.workflow_patches) > ${LONG_HISTORY_BYTES}`,
    })
    .get();
  if (row === undefined) return null;
  if (row.isLong === 1) await shortenHistory(db, ofCall);
  return keyDetailsSchema.parse(JSON.parse(row.keyDetails));
}

const historySchema = z.array(z.unknown());
const encoder = new TextEncoder();

/** What others append meanwhile stays behind it; where another has shortened it, that is enough. */
async function shortenHistory(db: Db, ofCall: SQL | undefined): Promise<void> {
  const found = await db
    .select({ history: calls.workflowPatches, signs: sql<number>`length(calls.workflow_patches)` })
    .from(calls)
    .where(ofCall)
    .get();
  const history = found?.history ?? "[]";
  const patches = historySchema.parse(JSON.parse(history));
  // As few as they can be.
  if (found === undefined || patches.length <= 2) return;
  const shorter = JSON.stringify(composePatches(patches));
  if (encoder.encode(shorter).length > MAX_HISTORY_BYTES) return;
  // All but the closing bracket.
  const signs = found.signs - 1;
  await db
    .update(calls)
    .set({ workflowPatches: sql`${shorter.slice(0, -1)} || substr(calls.workflow_patches, ${signs} + 1)` })
    .where(and(ofCall, sql`substr(calls.workflow_patches, 1, ${signs}) = ${history.slice(0, -1)}`));
}
