import { expect, test } from "vitest";
import { checkBaseUrl, isSameOrigin } from "../../src/domain/base-url.ts";

const check = (text: string) => {
  const checked = checkBaseUrl(text, { allowLoopbackHttp: true });
  return checked.ok ? checked.value : { refused: checked.error };
};

test.each([
  ["an origin", "https://a.example", "https://a.example"],
  ["a path", "https://a.example/v1", "https://a.example/v1"],
  ["a path of many parts", "https://a.example/x/y.z", "https://a.example/x/y.z"],
  ["dots that lead to the root", "https://a.example/x/..", "https://a.example"],
  ["capitals and the usual port", "HTTPS://A.Example:443", "https://a.example"],
  ["a name said absolutely", "https://a.example.", "https://a.example"],
  ["backslashes", "https:\\\\a.example\\v1", "https://a.example/v1"],
  ["loopback", "http://localhost:8787/sandbox", "http://localhost:8787/sandbox"],
])("%s is the address as the parser spells it", (_, text, base) => {
  expect(check(text)).toBe(base);
});

test.each([
  ["a slash alone", "https://a.example/", "trailing_slash"],
  ["a slash after a path", "https://a.example/v1/", "trailing_slash"],
  ["dots that end in a slash", "https://a.example/v1/.", "trailing_slash"],
  ["two slashes", "https://a.example//", "trailing_slash"],
  ["a backslash at the end", "https://a.example/v1\\", "trailing_slash"],
  ["a query", "https://a.example/v1?key=1", "query"],
  ["an empty query", "https://a.example/v1?", "query"],
  ["what the gate refuses", "https://10.0.0.1", "forbidden_host"],
  ["no URL", "a.example", "not_a_url"],
])("%s is refused", (_, text, refused) => {
  expect(check(text)).toEqual({ refused });
});

test.each([
  ["https://a.example", "https://a.example/v1", true],
  ["https://a.example:443", "https://A.example", true],
  ["https://a.example", "http://a.example", false],
  ["https://a.example", "https://a.example:8443", false],
  ["https://a.example", "https://b.a.example", false],
  ["junk", "junk", false],
  ["https://a.example", "junk", false],
])("%s and %s are at one origin: %s", (one, other, same) => {
  expect(isSameOrigin(one, other)).toBe(same);
});
