import * as fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { fromBase64 } from "../../src/lib/crypto.ts";
import { newWebhookSecret, signWebhook } from "../../src/webhooks/signature.ts";
import vectors from "../fixtures/standard-webhooks-signatures.json";

describe("signWebhook", () => {
  test.each(vectors)("signs $id as the standard's own library does", async (vector) => {
    const { id, timestamp: timestampSeconds, payload: body, secret, signature } = vector;
    expect(await signWebhook({ id, timestampSeconds, body }, [secret])).toBe(signature);
  });

  test("agrees with the standard's library on any text, ids and secrets", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        async (body, timestampSeconds) => {
          const secret = newWebhookSecret();
          const expected = new Webhook(secret).sign("evt_1", new Date(timestampSeconds * 1_000), body);
          expect(await signWebhook({ id: "evt_1", timestampSeconds, body }, [secret])).toBe(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("signs with each secret: a receiver that knows any of them accepts, one that knows neither does not", async () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const body = '{"event":"call.ended"}';
    const timestampSeconds = Math.floor(Date.now() / 1_000);
    const headers = {
      "webhook-id": "evt_1",
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": await signWebhook({ id: "evt_1", timestampSeconds, body }, secrets),
    };
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(body, headers)).toEqual({ event: "call.ended" });
    }
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secrets[0] ?? "").verify(`${body} `, headers)).toThrow();
  });
});

test("a new secret is 32 random bytes, as the standard writes them", () => {
  const secret = newWebhookSecret();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(fromBase64(secret.slice("whsec_".length))).toHaveLength(32);
  expect(newWebhookSecret()).not.toBe(secret);
});
