// What is read of calls for answers: nothing that they don't show, which may be long.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { selectCall, selectUntranscribedCall } from "../../src/db/calls.ts";
import { openDb } from "../../src/db/client.ts";
import { listCalls } from "../../src/db/list-calls.ts";
import { calls } from "../../src/db/schema.ts";
import { acceptRow } from "../support/call-row.ts";
import { createOrganisation } from "../support/organisation.ts";

const LONG = "what an analysis or a workflow wrote";

test("what was written about a call is read once where it is shown, and not at all for a list", async () => {
  const { callId, orgId } = await acceptRow(await createOrganisation(), null);
  const json = JSON.stringify({ extraction: { note: LONG } });
  const written = { analysis: json, workflowPatches: `[${json}]`, keyDetails: json };
  await openDb(env.DB).update(calls).set(written).where(eq(calls.id, callId));
  const answers: string[] = [];
  const db = openDb({
    prepare: (query) => env.DB.prepare(query),
    async batch<T>(statements: D1PreparedStatement[]) {
      const results = await env.DB.batch<T>(statements);
      answers.push(JSON.stringify(results));
      return results;
    },
  });
  const timesRead = () => (answers.pop() ?? "").split(LONG).length - 1;
  const page = { limit: 50, offset: 0, after: null };
  const { rows } = await listCalls(db, { orgId, started: { from: null, to: null } }, page);
  expect(rows.map(({ id }) => id)).toEqual([callId]);
  expect(timesRead()).toBe(0);
  await db.batch([selectCall(db, orgId, callId)]);
  expect(timesRead()).toBe(1);
  await db.batch([selectUntranscribedCall(db, orgId, callId)]);
  expect(timesRead()).toBe(1);
});
