// The triggers of migration 0001: rollups that equal a count, whatever happens to `calls`.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OUTCOMES, SENTIMENTS } from "../../src/domain/call/status.ts";
import { newId } from "../../src/lib/ids.ts";
import { createOrganisation, FROM, type Organisation } from "../support/organisation.ts";

const TRIGGERS = [
  "calls_count_contact_delete",
  "calls_count_contact_insert",
  "calls_ended_at_inserted",
  "calls_ended_at_updated",
  "calls_ended_is_final",
  "calls_identity_fixed",
  "calls_rollup_delete",
  "calls_rollup_insert",
  "calls_rollup_update",
];

const COUNTS = `
  sum(status <> 'ended') AS live,
  sum(status = 'ended' AND outcome = 'voicemail') AS voicemail,
  sum(status = 'ended' AND outcome = 'no-answer') AS no_answer,
  sum(status = 'ended' AND outcome = 'failed') AS failed,
  sum(status = 'ended' AND outcome = 'connected' AND sentiment IS NULL) AS connected_none,
  sum(status = 'ended' AND outcome = 'connected' AND sentiment IS 'positive') AS connected_positive,
  sum(status = 'ended' AND outcome = 'connected' AND sentiment IS 'neutral') AS connected_neutral,
  sum(status = 'ended' AND outcome = 'connected' AND sentiment IS 'negative') AS connected_negative,
  sum(iif(status = 'ended' AND outcome = 'connected', coalesce(duration, 0), 0)) AS talk_seconds`;

/** Both ways of counting, per campaign and per way, by hour, day and month. Rows of nothing but zeros count as none. */
async function compare(orgId: string): Promise<void> {
  const kept = await env.DB.prepare(
    `SELECT scope, grain, bucket, live, voicemail, no_answer, failed, connected_none, connected_positive,
       connected_neutral, connected_negative, talk_seconds FROM call_rollups WHERE org_id = ?1
       AND (live | voicemail | no_answer | failed | connected_none | connected_positive | connected_neutral |
         connected_negative | talk_seconds) <> 0 ORDER BY 1, 2, 3`,
  )
    .bind(orgId)
    .all();
  const grains = ["hour", "day", "month"].map(
    (grain) =>
      `SELECT id, '${grain}' AS grain, unixepoch(strftime('${
        { hour: "%Y-%m-%dT%H:00:00Z", day: "%Y-%m-%d", month: "%Y-%m-01" }[grain]
      }', started_at, 'unixepoch')) AS bucket FROM calls WHERE org_id = ?1`,
  );
  const counted = await env.DB.prepare(
    `SELECT s.scope, b.grain, b.bucket, ${COUNTS} FROM (${grains.join(" UNION ALL ")}) b
       JOIN calls c ON c.id = b.id
       JOIN (SELECT '@inbound' AS scope UNION SELECT '@outbound' UNION SELECT campaign_id FROM calls WHERE org_id = ?1) s
         ON s.scope IN ('@' || c.call_type, c.campaign_id)
       GROUP BY 1, 2, 3
       HAVING live + voicemail + no_answer + failed + connected_none + connected_positive + connected_neutral +
         connected_negative + talk_seconds <> 0 ORDER BY 1, 2, 3`,
  )
    .bind(orgId)
    .all();
  expect(kept.results).toEqual(counted.results);
}

type Change =
  | { kind: "insert"; call: number; startedAt: number }
  | { kind: "end"; call: number; outcome: (typeof OUTCOMES)[number]; duration: number | null }
  | { kind: "judge"; call: number; sentiment: (typeof SENTIMENTS)[number] | null }
  | { kind: "status"; call: number; status: "ringing" | "in_progress" }
  | { kind: "delete"; call: number };

const call = fc.nat({ max: 7 });
const changes = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("insert" as const),
      call,
      // Around the ends of hours, days, months and years.
      startedAt: fc
        .tuple(
          fc.constantFrom(
            Date.UTC(2026, 0, 1),
            Date.UTC(2026, 1, 28, 23, 59, 59),
            Date.UTC(2024, 1, 29, 12, 59, 59),
            Date.UTC(2026, 10, 22, 5),
          ),
          fc.integer({ min: -2, max: 2 }),
        )
        .map(([at, off]) => at / 1000 + off),
    }),
    fc.record({
      kind: fc.constant("end" as const),
      call,
      outcome: fc.constantFrom(...OUTCOMES),
      duration: fc.option(fc.nat({ max: 5_000 })),
    }),
    fc.record({
      kind: fc.constant("judge" as const),
      call,
      sentiment: fc.option(fc.constantFrom(...SENTIMENTS)),
    }),
    fc.record({
      kind: fc.constant("status" as const),
      call,
      status: fc.constantFrom("ringing" as const, "in_progress" as const),
    }),
    fc.record({ kind: fc.constant("delete" as const), call }),
  ),
  { maxLength: 25 },
);

function statementOf(org: Organisation, ids: readonly string[], change: Change): D1PreparedStatement {
  const id = ids[change.call] ?? "";
  switch (change.kind) {
    case "insert":
      return env.DB.prepare(
        `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'dialing', ?) ON CONFLICT DO NOTHING`,
      ).bind(
        id,
        org.orgId,
        org.campaignId,
        org.carrierId,
        change.call % 3 === 0 ? "inbound" : "outbound",
        FROM,
        `+1415555${1000 + change.call}`,
        change.startedAt,
      );
    case "end":
      return env.DB.prepare(
        "UPDATE calls SET status = 'ended', ended_at = started_at, outcome = ?, duration = ? WHERE id = ?",
      ).bind(change.outcome, change.duration, id);
    case "judge":
      return env.DB.prepare("UPDATE calls SET sentiment = ? WHERE id = ?").bind(change.sentiment, id);
    case "status":
      return env.DB.prepare("UPDATE calls SET status = ? WHERE id = ? AND status <> 'ended'").bind(
        change.status,
        id,
      );
    case "delete":
      return env.DB.prepare("DELETE FROM calls WHERE id = ?").bind(id);
  }
}

test("every trigger is there after all migrations", async () => {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
  ).all();
  expect(results.map(({ name }) => name)).toEqual(TRIGGERS);
});

test("after any changes the rollups equal a count", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (sequence) => {
      const org = await createOrganisation();
      const ids = Array.from({ length: 8 }, () => newId("call"));
      for (const change of sequence) await statementOf(org, ids, change).run();
      await compare(org.orgId);
    }),
    { numRuns: 40 },
  );
});

test("an ended call stays ended, and what its rollups hang on can't be changed", async () => {
  const org = await createOrganisation();
  const id = newId("call");
  const insert = { kind: "insert" as const, call: 0, startedAt: 1_780_000_000 };
  const end = { kind: "end" as const, call: 0, outcome: "failed" as const, duration: null };
  await env.DB.batch([insert, end].map((change) => statementOf(org, [id], change)));
  const update = (assignment: string) =>
    env.DB.prepare(`UPDATE calls SET ${assignment} WHERE id = ?`).bind(id).run();
  await expect(update("status = 'dialing'")).rejects.toThrow("an ended call stays ended");
  for (const assignment of ["started_at = 1", "to_number = '+1'", "org_id = 'org'", "campaign_id = 'flw'"]) {
    await expect(update(assignment)).rejects.toThrow("the identity of a call is fixed");
  }
  for (const assignment of ["ended_at = NULL", "status = 'ended', ended_at = NULL"]) {
    await expect(update(assignment)).rejects.toThrow("a call has an end when it has ended");
  }
  await update("summary = 'told'");
  const live = newId("call");
  await statementOf(org, [live], insert).run();
  const ends = (assignment: string) =>
    env.DB.prepare(`UPDATE calls SET ${assignment} WHERE id = ?`).bind(live).run();
  for (const assignment of ["status = 'ended'", "ended_at = 5"]) {
    await expect(ends(assignment)).rejects.toThrow("a call has an end when it has ended");
  }
});

test("a contact's calls are counted, and forgotten with the call", async () => {
  const org = await createOrganisation();
  const contactId = newId("contact");
  await env.DB.prepare("INSERT INTO contacts (id, org_id, phone, created_at) VALUES (?, ?, '+1', 1)")
    .bind(contactId, org.orgId)
    .run();
  const ids = [newId("call"), newId("call")];
  for (const [index, id] of ids.entries()) {
    await env.DB.prepare(
      `INSERT INTO calls (id, org_id, campaign_id, carrier_id, contact_id, call_type, from_number, to_number, status,
         started_at) VALUES (?, ?, ?, ?, ?, 'inbound', '+1', ?, 'dialing', ?)`,
    )
      .bind(id, org.orgId, org.campaignId, org.carrierId, contactId, FROM, 2_000 - index)
      .run();
  }
  const contact = () =>
    env.DB.prepare("SELECT total_calls, last_contact FROM contacts WHERE id = ?").bind(contactId).first();
  expect(await contact()).toEqual({ total_calls: 2, last_contact: 2_000 });
  await env.DB.prepare("DELETE FROM calls WHERE id = ?").bind(ids[0]).run();
  expect(await contact()).toMatchObject({ total_calls: 1 });
});
