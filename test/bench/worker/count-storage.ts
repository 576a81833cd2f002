// What an object reads and writes in its SQLite, by the storage's own count.

import type { StorageCount } from "../scale/door-shapes.ts";

/** Counts from now on; what it answers tells the count since it was asked last. */
export function countStorage(storage: DurableObjectStorage): () => StorageCount {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const setAlarm = storage.setAlarm.bind(storage);
  let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  let alarms = 0;
  sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec<T>(query, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  storage.setAlarm = (...args) => {
    alarms += 1;
    return setAlarm(...args);
  };
  return () => {
    const sumOf = (count: "rowsRead" | "rowsWritten") =>
      cursors.reduce((sum, cursor) => sum + cursor[count], 0);
    const counted = {
      read: sumOf("rowsRead"),
      written: sumOf("rowsWritten"),
      alarms,
      bytes: sql.databaseSize,
    };
    cursors = [];
    alarms = 0;
    return counted;
  };
}
