// The tables of one webhook's object.

/**
 * Bodies stand apart: what scans or changes deliveries does not walk over their pages. What is stored is never counted:
 * triggers keep the totals.
 */
export const MIGRATIONS = [
  `CREATE TABLE deliveries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event_id TEXT NOT NULL UNIQUE,
     event TEXT NOT NULL, call_id TEXT, bytes INTEGER NOT NULL, is_test INTEGER NOT NULL,
     status TEXT NOT NULL, fired_at_ms INTEGER NOT NULL, created_at_ms INTEGER NOT NULL,
     -- Counts how often it was begun anew; tries are those of the last time, which began at queued_at_ms.
     round INTEGER NOT NULL DEFAULT 1, queued_at_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
     -- How often we died in the middle of a try, which then is none of the tries.
     interruptions INTEGER NOT NULL DEFAULT 0,
     -- Null unless it is pending; while it is being tried, when that counts as cut off.
     due_at_ms INTEGER,
     -- Since when it is being tried.
     trying_since_ms INTEGER,
     last_failure_ms INTEGER,
     kind TEXT NOT NULL AS (CASE
       WHEN status = 'pending' THEN 'pending' WHEN is_test = 1 OR status = 'delivered' THEN 'done' ELSE 'missed'
     END) VIRTUAL
   );
   CREATE INDEX deliveries_by_age ON deliveries (queued_at_ms);
   CREATE INDEX deliveries_by_kind ON deliveries (kind, seq);
   CREATE INDEX deliveries_due ON deliveries (due_at_ms, seq) WHERE due_at_ms IS NOT NULL;
   CREATE INDEX deliveries_trying ON deliveries (seq) WHERE trying_since_ms IS NOT NULL;
   CREATE INDEX deliveries_failed ON deliveries (last_failure_ms) WHERE last_failure_ms IS NOT NULL;
   CREATE INDEX deliveries_by_call ON deliveries (call_id, seq);
   CREATE TABLE bodies (delivery INTEGER PRIMARY KEY, body TEXT NOT NULL);
   CREATE TABLE attempts (
     delivery INTEGER NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL, status_code INTEGER, error TEXT,
     duration_ms INTEGER NOT NULL, response TEXT, PRIMARY KEY (delivery, n)
   ) WITHOUT ROWID;
   CREATE TABLE totals (kind TEXT PRIMARY KEY, n INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
   INSERT INTO totals VALUES ('pending', 0, 0), ('done', 0, 0), ('missed', 0, 0);
   CREATE TRIGGER deliveries_added AFTER INSERT ON deliveries BEGIN
     UPDATE totals SET n = n + 1, bytes = bytes + new.bytes WHERE kind = new.kind;
   END;
   CREATE TRIGGER deliveries_moved AFTER UPDATE OF status ON deliveries WHEN old.kind <> new.kind BEGIN
     UPDATE totals SET n = n - 1, bytes = bytes - old.bytes WHERE kind = old.kind;
     UPDATE totals SET n = n + 1, bytes = bytes + new.bytes WHERE kind = new.kind;
   END;
   CREATE TRIGGER deliveries_dropped AFTER DELETE ON deliveries BEGIN
     UPDATE totals SET n = n - 1, bytes = bytes - old.bytes WHERE kind = old.kind;
     DELETE FROM bodies WHERE delivery = old.seq;
     DELETE FROM attempts WHERE delivery = old.seq;
   END;
   CREATE TABLE endpoint (
     id INTEGER PRIMARY KEY CHECK (id = 1), webhook_id TEXT NOT NULL, failing_since_ms INTEGER, failing_url TEXT,
     -- Until then the receiver asked to be left in peace.
     held_until_ms INTEGER,
     -- When it is next seen to what is too old or too much, and to whether the webhook is still there.
     tend_at_ms INTEGER
   );`,
  "ALTER TABLE deliveries ADD COLUMN bookmark TEXT;",
];
