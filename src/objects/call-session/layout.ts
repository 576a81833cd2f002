// The tables of a call's object.
//
// Each row that is written is paid for, and an index's like the table's own: so no number is kept beside the table for
// AUTOINCREMENT (nothing is ever deleted from those that are numbered), and what has a name for its key has no second one.
// Written anew as a whole before the first release: a local state from before then is to be deleted.

export const CALL_MIGRATIONS = [
  `CREATE TABLE call (id INTEGER PRIMARY KEY CHECK (id = 1), plan TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL);
   CREATE TABLE events (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, body TEXT NOT NULL, refused TEXT);
   -- begins_ms, ends_ms, played: of what the agent says, when it is spoken, and how much of it was (domain/playback.ts).
   CREATE TABLE lines (idx INTEGER PRIMARY KEY, speaker TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL,
     begins_ms INTEGER, ends_ms INTEGER, played INTEGER NOT NULL DEFAULT 0);
   CREATE TABLE feed (cursor INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE TABLE outbox (key TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL,
     due_at_ms INTEGER NOT NULL) WITHOUT ROWID;
   -- body: from the first try to hand the event over until all have it.
   CREATE TABLE customer_events (seq INTEGER NOT NULL, key TEXT PRIMARY KEY, name TEXT NOT NULL, at_ms INTEGER NOT NULL,
     transfer TEXT, told INTEGER NOT NULL DEFAULT 0, body TEXT) WITHOUT ROWID;
   CREATE TABLE customer_events_taken (seq INTEGER NOT NULL, webhook_id TEXT NOT NULL, PRIMARY KEY (seq, webhook_id))
     WITHOUT ROWID;
   CREATE TABLE timeline (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, body TEXT NOT NULL);`,
];
