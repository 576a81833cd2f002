// A new call gets its tables at once; one that began under an earlier version has come to them step by step. What reads
// and writes them does so with both.

import { expect, test } from "vitest";
import { migrate } from "../../src/lib/sql-migrations.ts";
import { CALL_LAYOUT } from "../../src/objects/call-session/layout.ts";
import { CALL_MIGRATIONS, CallStore } from "../../src/objects/call-session/store.ts";
import { inEmptyStorage } from "../support/empty-storage.ts";

/** Each column of each table. */
function columnsIn({ sql }: DurableObjectStorage): string[] {
  const columns = sql.exec<{ column: string }>(
    `SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || coalesce(c.dflt_value, '') AS column
     FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT GLOB '[_s]*_*'`,
  );
  return columns
    .toArray()
    .map(({ column }) => column)
    .toSorted();
}

test("both ways lead to the same columns", async () => {
  const found: string[][] = [];
  await inEmptyStorage((storage) => {
    migrate(storage, CALL_MIGRATIONS);
    found.push(columnsIn(storage));
  });
  await inEmptyStorage((storage) => {
    migrate(storage, CALL_MIGRATIONS, CALL_LAYOUT);
    found.push(columnsIn(storage));
  });
  expect(found[0]).toContain("customer_events.body TEXT ");
  expect(found[1]).toEqual(found[0]);
});

test.each([
  { way: "at once", begin: undefined },
  { way: "step by step", begin: CALL_MIGRATIONS },
])("laid out $way a call numbers its customer's events, and keeps each once", async ({ begin }) => {
  await inEmptyStorage((storage) => {
    if (begin !== undefined) migrate(storage, begin);
    const { customerEvents } = new CallStore(storage);
    const [started, ended] = [
      { key: "call.started", name: "call.started", transfer: null },
      { key: "call.ended", name: "call.ended", transfer: null },
    ] as const;
    expect(customerEvents.add([started], 1)).toBe(true);
    expect(customerEvents.add([started, ended], 2)).toBe(true);
    expect(customerEvents.add([ended], 3)).toBe(false);
    expect(customerEvents.untold().map(({ seq, name, atMs }) => [seq, name, atMs])).toEqual([
      [1, "call.started", 1],
      [2, "call.ended", 2],
    ]);
  });
});
