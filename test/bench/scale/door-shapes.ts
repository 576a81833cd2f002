// What goes through the benchmark's door (test/bench/worker/scale-entry.ts).

/** What a request asked of D1. `read`, `written` and `plan` are those of the same question, asked once more. */
export type CountedRequest = {
  status: number;
  trips: number;
  read: number;
  written: number;
  questions: { sql: string; read: number; plan: string[] }[];
};

/** Calls of one object's methods, all at once. */
export type ObjectCalls = {
  object: "LIVE_BOARD" | "CALL_SESSION";
  name: string;
  calls: [method: string, ...args: unknown[]][];
};

/** Since it was asked last. `alarms`: how often one was set, each of which is a row written; `bytes`: of the object's database now. */
export type StorageCount = { read: number; written: number; alarms: number; bytes: number };

export type SqlResult = { rows: Record<string, unknown>[]; written: number; bytes: number };
