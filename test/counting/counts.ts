// What was done, by which part of the product, and how often. One isolate runs the Worker and all its objects, so this
// is one book for all of them.

/** Of a part, by what was done: `rows_written`, `requests`, … */
export type Counts = Record<string, Record<string, number>>;
/** Rows, by the part and the statement that wrote them. */
export type Writes = Record<string, Record<string, number>>;

let counts: Counts = {};
let writes: Writes = {};

export function count(part: string, what: string, by = 1): void {
  const ofPart = (counts[part] ??= {});
  ofPart[what] = (ofPart[what] ?? 0) + by;
}

export function countRows(
  part: string,
  sql: string,
  store: "d1" | "sqlite",
  read: number,
  written: number,
): void {
  count(part, `${store}_rows_read`, read);
  count(part, `${store}_rows_written`, written);
  if (written === 0) return;
  const statement = `${store}: ${sql.replaceAll(/\s+/g, " ").trim().slice(0, 110)}`;
  const ofPart = (writes[part] ??= {});
  ofPart[statement] = (ofPart[statement] ?? 0) + written;
}

/** All since it was last asked. */
export function takeCounts(): { counts: Counts; writes: Writes } {
  const taken = { counts, writes };
  [counts, writes] = [{}, {}];
  return taken;
}
