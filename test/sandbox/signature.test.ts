import { describe, expect, test } from "vitest";
import { signRequest } from "../../src/sandbox/signature.ts";
import vectors from "../fixtures/twilio-signatures.json";

describe("X-Twilio-Signature", () => {
  test.each(vectors)("agrees with Twilio's own vector: $name", async (vector) => {
    const fields = Object.entries(vector.params).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    );
    expect(await signRequest(vector.auth_token, vector.signed_url, fields)).toBe(vector.signature);
  });

  test("leaves the fragment with its connection overrides out", async () => {
    const plain = await signRequest("token", "https://a.example/cb?x=1", [["To", "+1"]]);
    expect(await signRequest("token", "https://a.example/cb?x=1#rc=5&rp=all", [["To", "+1"]])).toBe(plain);
  });
});
