// One account's list of calls. It owns no facts: every row is what the call's own object last reported, and an
// older report never replaces a newer one.

import { DurableObject } from "cloudflare:workers";
import type { CallPage, CallQuery, ListEntry } from "./call-list.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE calls (
     sid TEXT PRIMARY KEY,
     version INTEGER NOT NULL,
     created_ms INTEGER NOT NULL,
     started_ms INTEGER NOT NULL,
     to_number TEXT NOT NULL,
     from_number TEXT NOT NULL,
     parent_call_sid TEXT,
     status TEXT NOT NULL,
     resource TEXT NOT NULL
   );
   CREATE INDEX calls_by_creation ON calls (created_ms, sid);
   CREATE INDEX calls_by_destination ON calls (to_number, created_ms, sid);`,
];

export class SandboxAccount extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, MIGRATIONS);
  }

  record(entry: ListEntry): void {
    this.#sql.exec(
      `INSERT INTO calls (sid, version, created_ms, started_ms, to_number, from_number, parent_call_sid, status, resource)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sid) DO UPDATE SET
         version = excluded.version, started_ms = excluded.started_ms,
         status = excluded.status, resource = excluded.resource
       WHERE excluded.version > calls.version`,
      entry.sid,
      entry.version,
      entry.createdAtMs,
      entry.startedAtMs,
      entry.to,
      entry.from,
      entry.parentCallSid,
      entry.status,
      entry.resource,
    );
  }

  /** Newest first. A page is found by the last call of the page before it, or else by its number. */
  find(query: CallQuery): CallPage {
    const { conditions, values } = conditionsOf(query);
    const offset = query.afterSid === undefined ? query.page * query.pageSize : 0;
    const rows = this.#sql
      .exec<{ sid: string; resource: string }>(
        `SELECT sid, resource FROM calls WHERE ${conditions} ORDER BY created_ms DESC, sid DESC LIMIT ? OFFSET ?`,
        ...values,
        query.pageSize + 1,
        offset,
      )
      .toArray();
    const shown = rows.slice(0, query.pageSize);
    return {
      resources: shown.map((row) => row.resource),
      lastSid: shown.at(-1)?.sid ?? null,
      hasMore: rows.length > shown.length,
    };
  }
}

function conditionsOf(query: CallQuery): { conditions: string; values: (string | number)[] } {
  const filters: [condition: string, value: string | number | undefined][] = [
    ["to_number = ?", query.to],
    ["from_number = ?", query.from],
    ["status = ?", query.status],
    ["parent_call_sid = ?", query.parentCallSid],
    ["started_ms >= ?", query.startedFromMs],
    ["started_ms <= ?", query.startedToMs],
    ["(created_ms, sid) < (SELECT created_ms, sid FROM calls WHERE sid = ?)", query.afterSid],
  ];
  const conditions = ["1 = 1"];
  const values: (string | number)[] = [];
  for (const [condition, value] of filters) {
    if (value === undefined) continue;
    conditions.push(condition);
    values.push(value);
  }
  return { conditions: conditions.join(" AND "), values };
}
