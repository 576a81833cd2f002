import { TypeID } from "typeid-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { derivedId, ID_PREFIXES, isId, newId, type IdKind } from "../../src/lib/ids.ts";

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];
const SUFFIX = "01h2xcejqtf2nbrexx3vqjhp41";
const CALL_ID = `cal_${SUFFIX}`;

afterEach(() => {
  vi.useRealTimers();
});

describe("a new id", () => {
  test.each(KINDS)("of a %s tells its kind and passes for no other", (kind) => {
    const id = newId(kind);
    expect(id).toMatch(new RegExp(`^${ID_PREFIXES[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));
    expect(KINDS.filter((each) => isId(each, id))).toEqual([kind]);
  });

  test("is like no other", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newId("call"))).size).toBe(1_000);
  });

  test("sorts by the time of its creation", () => {
    const times = [
      "2024-02-29T23:59:59.999Z",
      "2026-10-20T12:00:00.000Z",
      "2026-10-20T12:00:00.001Z",
      "2061-01-01T00:00:00Z",
    ];
    vi.useFakeTimers({ toFake: ["Date"] });
    const ids = times.map((time) => {
      vi.setSystemTime(new Date(time));
      return newId("call");
    });
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe("a derived id", () => {
  test("is the same each time, of its kind, and of the time of what it is derived from", async () => {
    const id = await derivedId("event", CALL_ID, "call.ended");
    expect(id).toBe(await derivedId("event", CALL_ID, "call.ended"));
    expect(isId("event", id)).toBe(true);
    expect(id.slice("evt_".length, "evt_".length + 9)).toBe(SUFFIX.slice(0, 9));
    expect(TypeID.fromString(id).toUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
  });

  test("is another for another part, and for the same part of another thing", async () => {
    const ids = await Promise.all([
      derivedId("event", CALL_ID, "call.ended"),
      derivedId("event", CALL_ID, "call.started"),
      derivedId("event", newId("call"), "call.ended"),
      derivedId("event", newId("call"), "call.ended"),
    ]);
    expect(new Set(ids).size).toBe(4);
  });
});

describe("isId", () => {
  test.each([
    ["plain", CALL_ID],
    ["the least", `cal_${"0".repeat(26)}`],
    ["the greatest", `cal_7${"z".repeat(25)}`],
  ])("takes one: %s", (_, id) => expect(isId("call", id)).toBe(true));

  test.each([
    ["empty", ""],
    ["prefix only", "cal"],
    ["no suffix", "cal_"],
    ["no prefix", SUFFIX],
    ["empty prefix", `_${SUFFIX}`],
    ["another kind's prefix", `car_${SUFFIX}`],
    ["a longer prefix", `call_${SUFFIX}`],
    ["a doubled prefix", `cal_cal_${SUFFIX}`],
    ["one letter short", CALL_ID.slice(0, -1)],
    ["one letter long", `${CALL_ID}0`],
    ["capitals in the suffix", `cal_${SUFFIX.toUpperCase()}`],
    ["one capital", `cal_${SUFFIX.replace("x", "X")}`],
    ["capitals in the prefix", `CAL_${SUFFIX}`],
    ["a letter that base32 leaves out: i", `cal_${SUFFIX.slice(0, -1)}i`],
    ["a letter that base32 leaves out: l", `cal_${SUFFIX.slice(0, -1)}l`],
    ["a letter that base32 leaves out: o", `cal_${SUFFIX.slice(0, -1)}o`],
    ["a letter that base32 leaves out: u", `cal_${SUFFIX.slice(0, -1)}u`],
    ["more than 128 bits", `cal_8${SUFFIX.slice(1)}`],
    ["a space before", ` ${CALL_ID}`.slice(0, -1)],
    ["a line's end after", `${CALL_ID.slice(0, -1)}\n`],
    ["a path", `cal_../${SUFFIX.slice(3)}`],
    ["a UUID", "018b0f1c-6d3a-7a11-b4a0-9f1f3a0c5b6d"],
    ["a wide letter", `cal_${SUFFIX.slice(0, -1)}é`],
  ])("refuses a near miss: %s", (_, text) => expect(isId("call", text)).toBe(false));
});
