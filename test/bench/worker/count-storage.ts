// What an object reads and writes in its SQLite, by the storage's own count.

import type { StorageCount } from "../scale/door-shapes.ts";

/**
 * Answers what tells the count since it was asked last, if it was to go on counting then. Beyond that no cursor is held:
 * a statement whose cursor lives is prepared anew, which would be the benchmark's own cost.
 */
export function countStorage(storage: DurableObjectStorage): (goesOn: boolean) => StorageCount {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const setAlarm = storage.setAlarm.bind(storage);
  let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  let alarms = 0;
  let isCounting = false;
  sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec<T>(query, ...bindings);
    if (isCounting) cursors.push(cursor);
    return cursor;
  };
  storage.setAlarm = (...args) => {
    alarms += 1;
    return setAlarm(...args);
  };
  return (goesOn) => {
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
    isCounting = goesOn;
    return counted;
  };
}
