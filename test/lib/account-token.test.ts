import { expect, test } from "vitest";
import { accountToken } from "../../src/lib/account-token.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

test("a token is the same for ever: accounts that were given one keep it", async () => {
  expect(await accountToken(SECRET, "AC00")).toBe("37a132fd8ec643c3a30e4a3b8ac39a1b");
});

test("another account or another secret has another token", async () => {
  const tokens = [
    await accountToken(SECRET, "AC00"),
    await accountToken(SECRET, "AC01"),
    await accountToken(`${SECRET}0`, "AC00"),
  ];
  expect(new Set(tokens).size).toBe(3);
});
