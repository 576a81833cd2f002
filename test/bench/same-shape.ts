/** Whether two JSON texts have the same fields of the same types, lists as long, and about the same size. */
export function sameShape(a: string, b: string): boolean {
  if (a === "" || b === "") return a === b;
  const isAsLong = Math.abs(a.length - b.length) <= 0.02 * Math.max(a.length, b.length);
  return isAsLong && shapeOf(JSON.parse(a)) === shapeOf(JSON.parse(b));
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shapeOf).join()}]`;
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${name}:${shapeOf(field)}`).join()}}`;
}
