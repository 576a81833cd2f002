import { describe, expect, test } from "vitest";
import { seal, unseal } from "../../src/lib/sealing.ts";

const KEY = btoa("0123456789abcdef0123456789abcdef");
const OTHER_KEY = btoa("0123456789abcdef0123456789abcdeg");
const CONTEXT = "car_1";
const SECRET = "the carrier's token: tökèn 声";

/** The value with one letter of one of its three parts (key, nonce, ciphertext) exchanged. */
function tamper(sealed: string, part: number): string {
  const parts = sealed.split(".");
  const before = parts[part] ?? "";
  parts[part] = (before.startsWith("A") ? "B" : "A") + before.slice(1);
  return parts.join(".");
}

describe("a sealed value", () => {
  test.each([
    ["short", "x"],
    ["empty", ""],
    ["of other scripts", SECRET],
    ["long", "x".repeat(10_000)],
  ])("opens again: %s", async (_, plaintext) => {
    expect(await unseal([KEY], await seal(KEY, plaintext, CONTEXT), CONTEXT)).toBe(plaintext);
  });

  test("does not show what is in it, and looks different each time", async () => {
    const sealed = await Promise.all(Array.from({ length: 20 }, () => seal(KEY, SECRET, CONTEXT)));
    const column = (part: number) => new Set(sealed.map((value) => value.split(".")[part]));
    expect([column(0).size, column(1).size, column(2).size]).toEqual([1, 20, 20]);
    expect(sealed.join()).not.toContain(btoa("the carrier's").slice(0, 12));
  });

  test("does not open with another key, and says so", async () => {
    await expect(unseal([OTHER_KEY], await seal(KEY, SECRET, CONTEXT), CONTEXT)).rejects.toThrow(
      /another key/,
    );
  });

  test("does not open with another key that is passed off as its own", async () => {
    const [, nonce, ciphertext] = (await seal(KEY, SECRET, CONTEXT)).split(".");
    const [fingerprint] = (await seal(OTHER_KEY, SECRET, CONTEXT)).split(".");
    await expect(unseal([OTHER_KEY], `${fingerprint}.${nonce}.${ciphertext}`, CONTEXT)).rejects.toThrow();
  });

  test.each(["car_2", "", "car_1 "])("does not open in the context %j", async (context) => {
    await expect(unseal([KEY], await seal(KEY, SECRET, CONTEXT), context)).rejects.toThrow();
  });

  test.each([
    ["key", 0],
    ["nonce", 1],
    ["ciphertext", 2],
  ])("does not open with its %s changed", async (_, part) => {
    await expect(unseal([KEY], tamper(await seal(KEY, SECRET, CONTEXT), part), CONTEXT)).rejects.toThrow();
  });

  test.each([
    ["cut off", (sealed: string) => sealed.slice(0, -4)],
    ["without its tag's last byte", (sealed: string) => `${sealed.slice(0, -4)}AAAA`],
    ["without ciphertext", (sealed: string) => sealed.split(".").slice(0, 2).join(".")],
    ["with empty ciphertext", (sealed: string) => `${sealed.split(".").slice(0, 2).join(".")}.`],
    ["empty", () => ""],
    ["the plaintext itself", () => SECRET],
  ])("does not open when it is %s", async (_, change) => {
    await expect(unseal([KEY], change(await seal(KEY, SECRET, CONTEXT)), CONTEXT)).rejects.toThrow();
  });
});
