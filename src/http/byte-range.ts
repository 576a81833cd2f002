/**
 * What a `Range` header asks of a body of `size` bytes (RFC 9110, 14). `whole`: none is asked for, or in a form
 * that a server may ignore, such as several ranges at once.
 */
export type ByteRange =
  | { kind: "whole" }
  | { kind: "part"; first: number; last: number }
  | { kind: "unsatisfiable" };

export function parseByteRange(header: string | undefined, size: number): ByteRange {
  const range = readByteRange(header);
  if (range === null) return { kind: "whole" };
  const { from, to } = range;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? { kind: "unsatisfiable" } : { kind: "part", first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return { kind: "whole" };
  return first >= size ? { kind: "unsatisfiable" } : { kind: "part", first, last };
}

/** No sensible range is longer. */
const LONGEST_HEADER = 100;

/** The two ends as they are written; null if it is no single range of bytes. */
export function readByteRange(header = ""): { from: string; to: string } | null {
  if (header.length > LONGEST_HEADER) return null;
  const match = /^bytes\s*=\s*(?:(\d+)\s*)?-\s*(\d*)$/i.exec(header.trim());
  const [from, to] = [match?.[1] ?? "", match?.[2] ?? ""];
  return from === "" && to === "" ? null : { from, to };
}
