import { describe, expect, test } from "vitest";
import { equalSecrets, fromBase64, hmac, sha256Hex, toBase64, toHex } from "../../src/lib/crypto.ts";

describe("sha256Hex", () => {
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j is that of FIPS 180-4", async (text, digest) => {
    expect(await sha256Hex(text)).toBe(digest);
  });

  test("is over the text's UTF-8", async () => {
    const bytes = new Uint8Array([0xc3, 0xa9]);
    expect(await sha256Hex("é")).toBe(toHex(await crypto.subtle.digest("SHA-256", bytes)));
  });
});

describe("hmac", () => {
  const TEXT = "what do ya want for nothing?";
  test.each([
    ["SHA-1", "RFC 2202", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    ["SHA-256", "RFC 4231", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  ] as const)("with %s is that of %s", async (hash, _, digest) => {
    expect(toHex(await hmac(hash, "Jefe", TEXT))).toBe(digest);
  });

  test("signs nothing without a secret", async () => {
    await expect(hmac("SHA-1", "", TEXT)).rejects.toThrow();
  });
});

describe("equalSecrets", () => {
  test.each([
    ["the same", "secret", "secret", true],
    ["both empty", "", "", true],
    ["other scripts", "sécrèt 声", "sécrèt 声", true],
    ["the last letter", "secret", "secres", false],
    ["the first letter", "secret", "Secret", false],
    ["a shorter one", "secret", "secre", false],
    ["a longer one", "secret", "secrets", false],
    ["one empty", "secret", "", false],
    ["the other empty", "", "secret", false],
    ["an ending nought", "secret", "secret\u0000", false],
  ])("%s", async (_, a, b, equal) => {
    expect(await equalSecrets(a, b)).toBe(equal);
  });
});

describe("spellings of bytes", () => {
  const ALL = Uint8Array.from({ length: 256 }, (_, i) => i);

  test("base64 goes there and back", () => {
    expect(toBase64(new Uint8Array([251, 255, 254, 0]))).toBe("+//+AA==");
    expect([...fromBase64(toBase64(ALL))]).toEqual([...ALL]);
  });

  test("base64 of nothing is nothing", () =>
    expect([toBase64(new Uint8Array()), fromBase64("").length]).toEqual(["", 0]));

  test("what is no base64 is refused", () => expect(() => fromBase64("a*b=")).toThrow());

  test.each([
    ["bytes", new Uint8Array([0, 1, 15, 16, 255])],
    ["a buffer", new Uint8Array([0, 1, 15, 16, 255]).buffer],
    ["a part of a buffer", new Uint8Array([9, 0, 1, 15, 16, 255, 9]).subarray(1, 6)],
  ])("hex of %s has two digits a byte", (_, bytes) => expect(toHex(bytes)).toBe("00010f10ff"));
});
