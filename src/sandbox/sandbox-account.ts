// One account: the lists of its calls and recordings, its numbers, and how often a create was throttled.

import { DurableObject } from "cloudflare:workers";
import { migrate } from "../lib/sql-migrations.ts";
import { CallList, type CallQuery, type ListEntry, type RecordingQuery } from "./call-list.ts";
import { NumberBook, type NumberQuery } from "./number-book.ts";
import type { NumberOrder, NumberSettings } from "./number-form.ts";
import type { NumberResource } from "./number-resource.ts";
import type { Page } from "./paging.ts";

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
  `ALTER TABLE calls ADD COLUMN ended_ms INTEGER;
   ALTER TABLE calls ADD COLUMN is_deleted INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE recordings (
     sid TEXT PRIMARY KEY,
     call_sid TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     resource TEXT NOT NULL
   );
   CREATE INDEX recordings_by_creation ON recordings (created_ms, sid);
   CREATE TABLE numbers (
     sid TEXT PRIMARY KEY,
     phone TEXT NOT NULL UNIQUE,
     friendly_name TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     settings TEXT NOT NULL,
     resource TEXT NOT NULL
   );
   CREATE TABLE creates (
     to_number TEXT NOT NULL,
     from_number TEXT NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (to_number, from_number)
   );`,
];

/** Of so many creates, all but the last are throttled. */
const THROTTLE_CYCLE = 3;

export class SandboxAccount extends DurableObject<Env> {
  readonly #calls: CallList;
  readonly #numbers: NumberBook;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#calls = new CallList(ctx.storage);
    this.#numbers = new NumberBook(ctx.storage.sql);
  }

  record(entry: ListEntry): void {
    this.#calls.record(entry);
  }

  findCalls(query: CallQuery): Page {
    return this.#calls.findCalls(query);
  }

  findRecordings(query: RecordingQuery): Page {
    return this.#calls.findRecordings(query);
  }

  putNumber(accountSid: string, order: NumberOrder): NumberResource {
    return this.#numbers.put(accountSid, order, Date.now());
  }

  findNumbers(query: NumberQuery): Page {
    return this.#numbers.find(query);
  }

  numberSettings(phone: string): NumberSettings | undefined {
    return this.#numbers.settingsOf(phone);
  }

  /** Counts a create to a number that throttles, and says whether this one is to be refused. */
  throttles(to: string, from: string): boolean {
    const { count } = this.ctx.storage.sql
      .exec<{ count: number }>(
        `INSERT INTO creates (to_number, from_number, count) VALUES (?, ?, 1)
         ON CONFLICT (to_number, from_number) DO UPDATE SET count = (count + 1) % ${THROTTLE_CYCLE} RETURNING count`,
        to,
        from,
      )
      .one();
    return count !== 0;
  }
}
