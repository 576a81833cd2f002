// The parts of a request beside its body, as nobody in their right mind sends them.

import * as fc from "fast-check";
import { text } from "./hostile.ts";

const ESCAPES = [
  "%00",
  "%FF",
  "%ED%A0%80",
  "%E0%A4%A",
  "%",
  "%zz",
  "%2F",
  "%0D%0Aa:%20b",
  "+",
  "a+b",
  "%C3%BC",
  "&&",
  "=",
];

/** As it stands in an address. */
export const escaped: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed().slice(0, 4_000))) },
  { weight: 1, arbitrary: fc.constantFrom(...ESCAPES) },
);

/** A query of fields that are known, and of some that are not. */
export function query(fields: string[]): fc.Arbitrary<string> {
  const names = [...fields, ...fields, ...fields, "token", "nonsense", "__proto__", "limit[]", "%00", ""];
  const values = fc.oneof(escaped, fc.constantFrom("1", "0", "50", "2026-05-12", "ended", "a%2Cb", "all"));
  return fc
    .array(fc.tuple(fc.constantFrom(...names), values), { minLength: 1, maxLength: 4 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));
}

const HEADERS: Record<string, string[]> = {
  "idempotency-key": [
    '"',
    '""',
    '"a',
    "a b",
    "",
    '"a"; b=1',
    "\u00fc",
    "k".repeat(256),
    "k".repeat(255),
    '"\\""',
    "a,b",
  ],
  "if-none-match": [
    "*",
    '"',
    'W/"a"',
    '"a", "b"',
    "a",
    "W/",
    ",,,",
    '"\u00fc"',
    `"${"e".repeat(5_000)}"`,
    '"a" "b"',
  ],
  "if-match": ["*", '"', '"a"', "a", "W/", ",", 'W/"a"'],
  "if-modified-since": [
    "yesterday",
    "0",
    "-1",
    "Fri, 31 Feb 2026 25:61:61 GMT",
    "2026-05-12T14:32:01Z",
    "9".repeat(30),
  ],
  "if-unmodified-since": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "1e999"],
  "if-range": ["*", '"', '"a"', "Fri, 31 Feb 2026 25:61:61 GMT", "x"],
  range: [
    "bytes=",
    "bytes=-",
    "bytes=-0",
    "bytes=0-",
    "bytes=5-1",
    "bytes=0-0,5-6",
    "bytes=-1e9",
    "bytes=1e999-",
    "bytes=999999999999999999999-",
    "bytes=0-99999999999999999999",
    "bytes=-99999999999999999999",
    "bytes=a-b",
    "items=0-1",
    "bytes =0-1",
    "bytes=0-1;",
    `bytes=${"0-1,".repeat(2_000)}0-1`,
  ],
  accept: ["text/html", "*/*;q=2", "\u00fc", ""],
  "accept-language": ["x".repeat(5_000)],
  "x-request-id": ["a", "a b", "\u00fc", "x".repeat(300), "<script>"],
  origin: ["null", "https://evil.example"],
  "x-forwarded-host": ["evil.example"],
  "x-http-method-override": ["DELETE"],
  "content-type": [
    "application/json; charset=utf-16",
    "application/json;",
    "APPLICATION/JSON",
    "application/json, text/html",
    "application/jsonx",
    "text/plain",
    ";",
    "\u00fc",
    "multipart/form-data; boundary=x",
    "application/x-ndjson",
  ],
};

/** A few headers that may be sent, with values that should not be. */
export const headers: fc.Arbitrary<Record<string, string>> = fc
  .array(
    fc
      .constantFrom(...Object.keys(HEADERS))
      .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(HEADERS[name] ?? [])))),
    { maxLength: 3 },
  )
  .map((pairs) => Object.fromEntries(pairs));
