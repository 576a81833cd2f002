import { describe, expect, test } from "vitest";
import { readSignedText, signText } from "../../src/lib/signed-text.ts";

const SECRET = btoa("0123456789abcdef0123456789abcdef");
const TEXT = '{"name":"Zoë","marks":"~~~???>>>"}';

describe("signed text", () => {
  test("is read by who signed it, whatever letters it has, and fits into an address", async () => {
    const signed = await signText(SECRET, "use", TEXT);
    expect(signed).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect(await readSignedText(SECRET, "use", signed)).toBe(TEXT);
  });

  // Computed with Node's own `hkdfSync` and `createHmac`.
  test("has the signature that RFC 5869 and RFC 2104 give", async () => {
    expect(await signText(SECRET, "use", "text")).toBe("dGV4dA.2ctXpWcQarC9FePmR3jV8MkM0MicUjaKbA_I7nO2c14");
  });

  test.each([
    ["another secret", btoa("another secret of thirty-two byte"), "use"],
    ["another label", SECRET, "another use"],
    ["no label", SECRET, ""],
  ])("is nothing to %s", async (_, secret, label) => {
    expect(await readSignedText(secret, label, await signText(SECRET, "use", TEXT))).toBeNull();
  });

  test("that is changed in any letter is refused", async () => {
    const signed = await signText(SECRET, "use", "text");
    for (let at = 0; at < signed.length; at += 1) {
      const letter = signed[at] === "A" ? "B" : "A";
      const changed = signed.slice(0, at) + letter + signed.slice(at + 1);
      expect(await readSignedText(SECRET, "use", changed)).toBeNull();
    }
  });

  test.each(["", ".", "text", "dGV4dA", "dGV4dA.", ".dGV4dA", "a.b.c", "%.%"])(
    "is nothing like %j",
    async (text) => {
      expect(await readSignedText(SECRET, "use", text)).toBeNull();
    },
  );

  test("takes no second spelling of its signature", async () => {
    const signed = await signText(SECRET, "use", "text");
    expect(await readSignedText(SECRET, "use", `${signed}=`)).toBeNull();
    expect(await readSignedText(SECRET, "use", `${signed} `)).toBeNull();
  });
});
