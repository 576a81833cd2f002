// The small rules: phone numbers, durations, speech time, stored JSON, scopes.

import { describe, expect, test } from "vitest";
import { formatDuration } from "../../src/domain/duration.ts";
import { checkJson, MAX_JSON_DEPTH } from "../../src/domain/json-document.ts";
import { parsePhone } from "../../src/domain/phone.ts";
import { missingScopes, SCOPES } from "../../src/domain/scopes.ts";
import { estimateSpeechMs } from "../../src/domain/speech.ts";

describe("phone numbers", () => {
  test.for([
    ["+14155550192", "US"],
    ["+918888888888", "IN"],
    ["+4930123456", "DE"],
    ["+442079460000", "GB"],
    ["+390612345678", "IT"],
  ] as const)("%s is possible, in %s", ([text, country]) => {
    expect(parsePhone(text)).toEqual({ e164: text, country });
  });

  test.for(["+15005550006", "+15005550030", "+15550010000"])(
    "%s is possible, though no plan knows it",
    (text) => {
      expect(parsePhone(text)?.e164).toBe(text);
    },
  );

  test.for([
    ["too short for its country", "+1415555019"],
    ["too long for its country", "+141555501922"],
    ["too long for any", "+1234567890123456"],
    ["no plus", "14155550192"],
    ["00 for plus", "0014155550192"],
    ["no such country code", "+0123456789"],
    ["spaces", "+1 415 555 0192"],
    ["a space at the end", "+14155550192 "],
    ["a line end", "+14155550192\n"],
    ["punctuation", "+1-415-555-0192"],
    ["an extension", "+14155550192x5"],
    ["other digits", "+١٤١٥٥٥٥٠١٩٢"],
    ["a national prefix inside", "+4402079460000"],
    ["a plus alone", "+"],
    ["nothing", ""],
    ["words", "tel:+14155550192"],
  ] as const)("%s: refused", ([, text]) => {
    expect(parsePhone(text)).toBeNull();
  });
});

test.for([
  [0, "00:00"],
  [9, "00:09"],
  [59, "00:59"],
  [60, "01:00"],
  [113, "01:53"],
  [3599, "59:59"],
  [3600, "01:00:00"],
  [3661, "01:01:01"],
  [36_000, "10:00:00"],
  [360_000, "100:00:00"],
] as const)("%i seconds are %s", ([seconds, text]) => {
  expect(formatDuration(seconds)).toBe(text);
});

describe("speech", () => {
  test.for([
    ["nothing", "", 0],
    ["spaces", "  \n", 0],
    ["fifteen characters: a breath and a second", "a".repeat(15), 1_300],
    ["one character, rounded up", "a", 367],
    ["without the spaces around it", ` ${"a".repeat(15)} `, 1_300],
    ["Chinese, four signs a second", "我们明天再联系", 2_050],
    ["Japanese", "またお電話します", 2_300],
    ["Korean, with a space", "다시 전화할게요", 2_117],
    ["digits, one by one", "555010", 1_800],
    ["Greek, letter by letter", "α".repeat(15), 1_300],
  ] as const)("%s", ([, text, ms]) => {
    expect(estimateSpeechMs(text)).toBe(ms);
  });
});

describe("stored JSON", () => {
  const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
    depth === 0 ? "leaf" : wrap(nested(depth - 1, wrap));

  test.for([
    ["objects", (inner: unknown) => ({ inner })],
    ["arrays", (inner: unknown) => [inner]],
  ] as const)("%s may be nested a hundred deep, not deeper", ([, wrap]) => {
    expect(checkJson(nested(MAX_JSON_DEPTH, wrap))).toBeNull();
    expect(checkJson(nested(MAX_JSON_DEPTH + 1, wrap))).toBe("too_deep");
  });

  test("a hostile depth is refused without following it", () => {
    expect(checkJson(nested(5_000, (inner) => [inner]))).toBe("too_deep");
  });

  test.for([
    ["at the top", { "a\u0000": 1 }],
    ["inside", { a: [{ "\u0000": 1 }] }],
  ] as const)("U+0000 in a key %s is refused", ([, value]) => {
    expect(checkJson(value)).toBe("nul_in_key");
  });

  test.for(['{"__proto__":1}', '[{"a":{"__proto__":{}}}]'])("%s has a key that gets lost", (text) => {
    expect(checkJson(JSON.parse(text))).toBe("proto_key");
  });

  test.for([
    ["as a value", { a: "\ud800" }],
    ["in a key", { a: [{ "\udc00": 1 }] }],
  ] as const)("a lone surrogate %s is refused", ([, value]) => {
    expect(checkJson(value)).toBe("not_unicode");
  });

  test.for(['{"a":1e999}', '{"a":-1e999}', '[{"a":[0,1e309]}]', "1e400"])(
    "%s holds a number that would be written as null, and is refused",
    (text) => {
      expect(checkJson(JSON.parse(text))).toBe("not_finite");
    },
  );

  test("the greatest and the smallest numbers of all may be stored", () => {
    expect(
      checkJson(JSON.parse("[1.7976931348623157e308,-1.7976931348623157e308,5e-324,1e-999]")),
    ).toBeNull();
  });

  test.for([
    [null],
    [0],
    ["a\u0000b"],
    [[]],
    [{}],
    [{ a: null, b: [1, "x", false] }],
    [{ a: "\u0000" }],
  ] as const)("%j may be stored", ([value]) => {
    expect(checkJson(value)).toBeNull();
  });
});

describe("scopes", () => {
  test("none implies another", () => {
    for (const scope of SCOPES) {
      expect(missingScopes([scope], SCOPES)).toEqual(SCOPES.filter((other) => other !== scope));
    }
  });

  test("what is held is not missing, and what is unknown helps nothing", () => {
    expect(missingScopes(SCOPES, SCOPES)).toEqual([]);
    expect(missingScopes(["voice:*", "VOICE:ADMIN"], ["voice:admin"])).toEqual(["voice:admin"]);
    expect(missingScopes([], [])).toEqual([]);
  });
});
