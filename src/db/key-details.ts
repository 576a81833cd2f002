// What workflows write into a call's key details. Each write is merged in one statement of the database, so that
// writers at the same time lose nothing; and each is kept, since what they say outlives an analysis that comes later.

import { and, eq, sql } from "drizzle-orm";
import { keyDetailsSchema, type KeyDetails } from "../contract/calls.ts";
import type { Db } from "./client.ts";
import { calls } from "./schema.ts";

/** What the merged details may grow to, in bytes of JSON. */
const MAX_DETAILS_BYTES = 262_144;
/**
 * What all that was written may amount to, in bytes of JSON: it must fit into the call's row. Beyond it the merged
 * details take the history's place, as its one patch; what older patches deleted is forgotten.
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
  const row = await db
    .update(calls)
    .set({ keyDetails: merged, workflowPatches: history })
    .where(
      and(eq(calls.id, callId), eq(calls.orgId, orgId), sql`octet_length(${merged}) <= ${MAX_DETAILS_BYTES}`),
    )
    .returning({ keyDetails: shownKeyDetails })
    .get();
  return row === undefined ? null : keyDetailsSchema.parse(JSON.parse(row.keyDetails));
}
