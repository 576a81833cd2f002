// Input as nobody in their right mind sends it. JSON is drawn as text, since much of it is none that a writer of JSON
// would write: numbers beyond doubles, half characters, a field twice, nesting without an end.

import * as fc from "fast-check";

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** What texts may carry into a place that does not expect it. */
const TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "half \udfff",
  "\ud83d\ude00 \ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67",
  "\u202egnirts\u202c",
  "\u0645\u0631\u062d\u0628\u0627",
  `Z${"\u0351".repeat(300)}`,
  "\ufeffname",
  "\u2028\u2029",
  "\uffff\ufffe",
  "\u007f\u0085",
  "'; DROP TABLE calls; --",
  '" OR ""="',
  "') UNION SELECT * FROM api_keys --",
  "%",
  "_%\\",
  "*",
  "$.a[0]",
  "a\r\nSet-Cookie: a=b\r\n\r\n<script>",
  "${7*7}{{7*7}}",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "NaN",
  "Infinity",
  "1e999",
  "null",
  "undefined",
  "true",
  "0",
  "-1",
  "9223372036854775808",
  "2026-02-30",
  "2026-02-30T25:61:61Z",
  "+0000-01-01T00:00:00Z",
  "275760-09-13T00:00:00.001Z",
  "+1",
  "tel:+14155550192",
  "javascript:alert(1)",
  "http://169.254.169.254/",
  "cal_01k4v4n5r7f0a9d8c3b2e1h6jm",
  "flw_7zzzzzzzzzzzzzzzzzzzzzzzzz",
  "a".repeat(300),
  "\ud83d\ude00".repeat(8_000),
  "x".repeat(60_000),
];

/** Any UTF-16 code units, half characters among them. */
const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: codeUnits },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 100 }) },
);

/** JSON as text. Half characters are written as escapes. */
export const json: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: text.map((value) => JSON.stringify(value)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."null true false 0 -0 -1 1.5 1e999 -1e999 1e-999 1e21 9223372036854775808 -9223372036854775809".split(
        " ",
      ),
      ...'[] {} [[]] [{}] [null] ["a","a"] [1,"a",{}] {"":1} {"a":{"b":null}} {"length":-1}'.split(" "),
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"toString":null,"valueOf":1,"hasOwnProperty":[]}',
      '{"\\u0000":1}',
      '{"a\\u0000b":{"c":"\\u0000"}}',
      '{"\\ud800":1}',
      '{"a":1,"a":2}',
      '{"a":"\\ud800"}',
      '{"a":1e999}',
      '{"extraction":null,"qms_scores":7}',
      deep("[", "]", 101),
      deep("[", "]", 10_000),
      `${'{"a":'.repeat(99)}1${"}".repeat(99)}`,
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
      `[${"null,".repeat(5_000)}null]`,
      `{${Array.from({ length: 2_000 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
    ),
  },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
);

const KEYS = [
  "nonsense",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  "\u0000",
  "\ud800",
  "x".repeat(900),
];

/** What is done to a body: a part is replaced, left out, or added. */
type Change = { kind: "set" | "drop" | "add" | "twice"; at: string[]; json: string };

const change = (paths: string[][]): fc.Arbitrary<Change> =>
  fc.record({
    kind: fc.constantFrom("set", "set", "set", "drop", "add", "twice"),
    at: fc.constantFrom(...paths),
    json,
  });

/** Bodies of JSON that were valid before something was done to them. @param fields that it may have. */
export function jsonBody(valid: Record<string, unknown>, fields: string[]): fc.Arbitrary<string> {
  const paths = [...pathsOf(valid), ...fields.map((field) => [field])];
  const changed = fc
    .tuple(fc.array(change(paths), { minLength: 1, maxLength: 3 }), fc.constantFrom(...KEYS))
    .map(([changes, key]) => changedText(valid, changes, key));
  return fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: json });
}

/** In UTF-8. */
export function encode(value: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(value));
}

/** … and bodies that are hardly text. */
export function body(
  valid: Record<string, unknown>,
  fields: string[],
): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const written = JSON.stringify(valid);
  const spoilt = fc.constantFrom(
    new Uint8Array(),
    encode(`\ufeff${written}`),
    new Uint8Array([...encode(written), 0]),
    encode(written.slice(0, -1)),
    encode(`${written}x`),
    encode(`${written}${written}`),
    encode(written.replaceAll('"', "'")),
    encode(`${written.slice(0, -1)},}`),
    encode(`/* */${written}`),
    // Half of a character in UTF-8 within a text.
    new Uint8Array([
      ...encode(written.slice(0, -1)),
      ...encode(',"nonsense":"'),
      0xc3,
      0x28,
      0xff,
      0x22,
      0x7d,
    ]),
    withBytes(written, [0xed, 0xa0, 0x80]),
    withBytes(written, [0xff]),
    new Uint8Array([...written].flatMap((letter) => [letter.charCodeAt(0), 0])),
    encode(" ".repeat(65_536)),
    encode(written.padEnd(65_536)),
  );
  return fc.oneof(
    { weight: 6, arbitrary: jsonBody(valid, fields).map(encode) },
    { weight: 1, arbitrary: spoilt },
  );
}

/** These bytes at the beginning of each text. */
function withBytes(written: string, bytes: number[]): Uint8Array<ArrayBuffer> {
  const letters = [...new TextEncoder().encode(written.replaceAll(':"', ':"\u0001'))];
  return new Uint8Array(letters.flatMap((letter) => (letter === 1 ? bytes : [letter])));
}

function pathsOf(value: unknown, under: string[] = []): string[][] {
  if (typeof value !== "object" || value === null || under.length === 3) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = under.concat(key);
    return [path].concat(pathsOf(inner, path));
  });
}

/** Changes stand in the body as marks until it is text. */
function changedText(valid: Record<string, unknown>, changes: Change[], key: string): string {
  const copy = structuredClone(valid);
  for (const [index, { kind, at }] of changes.entries()) {
    const parent = parentOf(copy, at);
    const last = at.at(-1) ?? "";
    if (parent === null) continue;
    if (kind === "drop") delete parent[last];
    else if (kind === "set") parent[last] = `@@${index}@@`;
    else parent[kind === "add" ? `@@key${index}@@` : `@@twice${index}@@${last}`] = `@@${index}@@`;
  }
  return changes.reduce(
    (written, { json: value }, index) =>
      written
        .replace(`"@@${index}@@"`, () => value)
        .replace(`"@@key${index}@@"`, () => JSON.stringify(key))
        .replace(`@@twice${index}@@`, ""),
    JSON.stringify(copy),
  );
}

function parentOf(value: Record<string, unknown>, path: string[]): Record<string, unknown> | null {
  return path.slice(0, -1).reduce<Record<string, unknown> | null>((parent, key) => {
    const inner = parent?.[key];
    return isObject(inner) ? inner : null;
  }, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
