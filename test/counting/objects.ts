// The objects' classes, each telling of what it is asked, what its own storage reads and writes, and how long it is
// active: from an event's coming until all that it began has come to rest.

import { count, countRows } from "./counts.ts";
import { countingEnv } from "./bindings.ts";

type ObjectClass = new (ctx: DurableObjectState, env: Env) => Rpc.DurableObjectBranded;

export function counting<T extends ObjectClass>(name: string, base: T): T {
  // A mixin's constructor takes what comes.
  // oxlint-disable-next-line typescript/no-explicit-any
  const Base = base as unknown as new (...args: any[]) => object;
  class Counting extends Base {
    constructor(ctx: DurableObjectState, env: Env) {
      watchContext(name, ctx);
      super(ctx, countingEnv(name, env));
    }
  }
  for (const method of Object.getOwnPropertyNames(base.prototype)) {
    if (method === "constructor") continue;
    const original: unknown = Reflect.get(base.prototype, method);
    if (typeof original !== "function") continue;
    Object.defineProperty(Counting.prototype, method, {
      value(this: { ctx: DurableObjectState }, ...args: unknown[]) {
        countEvent(name, method);
        if (method === "alarm") settleAlarm(name, this.ctx);
        return active(this.ctx, () => Reflect.apply(original, this, args));
      },
    });
  }
  return Counting as unknown as T;
}

/** Who calls counts calls; what comes by itself is counted here. */
function countEvent(name: string, method: string): void {
  if (method === "alarm") count(name, "alarms");
  if (method === "webSocketMessage") count(name, "socket_messages");
}

/** Objects that an alarm is set in: it will come, though the call is over by then. */
const alarmed = new WeakSet<DurableObjectState>();

function settleAlarm(name: string, ctx: DurableObjectState): void {
  if (alarmed.delete(ctx)) count(name, "alarms_pending", -1);
}

/** Of each object: how much is under way, and since when. */
const activity = new WeakMap<
  DurableObjectState,
  { name: string; underWay: number; sinceMs: number; bytes: number }
>();

function active<T>(ctx: DurableObjectState, work: () => T): T {
  begin(ctx);
  let result: T;
  try {
    result = work();
  } catch (error) {
    end(ctx);
    throw error;
  }
  if (result instanceof Promise)
    void result.then(
      () => end(ctx),
      () => end(ctx),
    );
  else end(ctx);
  return result;
}

function begin(ctx: DurableObjectState): void {
  const now = activity.get(ctx);
  if (now !== undefined && now.underWay++ === 0) now.sinceMs = Date.now();
}

function end(ctx: DurableObjectState): void {
  const now = activity.get(ctx);
  if (now === undefined || --now.underWay > 0) return;
  count(now.name, "active_ms", Date.now() - now.sinceMs);
  const { databaseSize } = ctx.storage.sql;
  count(now.name, "bytes_kept", databaseSize - now.bytes);
  now.bytes = databaseSize;
}

/** An empty one takes room too; it is counted with what comes first. */
function sizeOf({ storage: { sql } }: DurableObjectState): number {
  const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").toArray();
  return tables.length === 0 ? 0 : sql.databaseSize;
}

function watchContext(name: string, ctx: DurableObjectState): void {
  // One that is made anew finds what it has stored before.
  activity.set(ctx, { name, underWay: 0, sinceMs: 0, bytes: sizeOf(ctx) });
  const waitUntil = ctx.waitUntil.bind(ctx);
  replace(ctx, "waitUntil", (promise: Promise<unknown>) => {
    begin(ctx);
    void promise.then(
      () => end(ctx),
      () => end(ctx),
    );
    waitUntil(promise);
  });
  const { storage } = ctx;
  const setAlarm = storage.setAlarm.bind(storage);
  replace(storage, "setAlarm", (...args: Parameters<typeof setAlarm>) => {
    countRows(name, "setAlarm()", "sqlite", 0, 1);
    if (!alarmed.has(ctx)) count(name, "alarms_pending");
    alarmed.add(ctx);
    return setAlarm(...args);
  });
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  replace(sql, "exec", (query: string, ...values: SqlStorageValue[]) => {
    const [last, ...before] = query.split(STATEMENTS).toReversed();
    for (const statement of before.toReversed()) watchCursor(name, statement, exec(statement));
    return watchCursor(name, last ?? query, exec(last ?? query, ...values));
  });
  replace(storage, "sql", sql);
  replace(ctx, "storage", storage);
}

/** A cursor tells of the last statement of a script alone; those that lay tables out are parted. */
const STATEMENTS = /(?<=;)\s+(?=(?:CREATE|ALTER|INSERT INTO) )/;

/** A statement whose rows are asked for is at its end only when they were given. */
function watchCursor(name: string, query: string, cursor: SqlStorageCursor<Record<string, SqlStorageValue>>) {
  const counted = { read: 0, written: 0 };
  const note = () => {
    const { rowsRead, rowsWritten } = cursor;
    countRows(name, query, "sqlite", rowsRead - counted.read, rowsWritten - counted.written);
    Object.assign(counted, { read: rowsRead, written: rowsWritten });
  };
  note();
  for (const method of ["toArray", "one", "next"] as const) {
    const original: () => unknown = cursor[method].bind(cursor);
    replace(cursor, method, () => {
      const result = original();
      note();
      return result;
    });
  }
  return cursor;
}

/** The runtime's own objects can't stand behind a proxy: it wants to know them again. */
function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}
