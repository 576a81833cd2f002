// One request, to a receiver that really is one, and behaves badly.

import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { newWebhookSecret } from "../../src/webhooks/signature.ts";
import { sendWebhook, type Receiver as Target } from "../../src/webhooks/send.ts";
import type { ReceiverAnswer } from "../support/receiver-answers.ts";
import { Receiver } from "../support/receivers.ts";
import { until } from "../support/wait.ts";

const MESSAGE = {
  id: "evt_1",
  bookmark: "00000001-0000000a",
  body: '{"event":"call.ended","name":"Zoë 🙂"}',
};
const TIMEOUT_MS = 500;

async function send(receiver: Receiver, changes: Partial<Target> & { timeoutMs?: number } = {}) {
  const { timeoutMs = 10_000, ...target } = changes;
  const options = { allowLoopbackHttp: true, timeoutMs };
  return sendWebhook(
    { url: receiver.url, secrets: [newWebhookSecret()], headers: {}, ...target },
    MESSAGE,
    options,
  );
}

async function sendTo(answer: ReceiverAnswer, timeoutMs?: number) {
  const receiver = await Receiver.listen(answer);
  return { receiver, answer: await send(receiver, timeoutMs === undefined ? {} : { timeoutMs }) };
}

describe("the request", () => {
  test("is a signed POST of the body as it stands", async () => {
    const receiver = await Receiver.listen();
    const [secret, previous] = [newWebhookSecret(), newWebhookSecret()];
    await send(receiver, {
      secrets: [secret, previous],
      headers: { authorization: "Bearer x", "x-team": "one" },
    });
    const [request] = await receiver.requests();
    expect(request).toMatchObject({ method: "POST", path: "/hook", body: MESSAGE.body });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Trunkline-Webhooks/1",
      "webhook-id": "evt_1",
      "trunkline-bookmark": "00000001-0000000a",
      authorization: "Bearer x",
      "x-team": "one",
    });
    for (const live of [secret, previous]) {
      const verified = new Webhook(live).verify(request?.body ?? "", request?.headers ?? {});
      expect(verified).toEqual(JSON.parse(MESSAGE.body));
    }
  });

  test("has no header of the customer's in the place of one that is not theirs", async () => {
    const receiver = await Receiver.listen();
    const secret = newWebhookSecret();
    const foreign = {
      "Webhook-Id": "evt_2",
      "Trunkline-Bookmark": "ffffffff-ffffffff",
      "webhook-signature": "v1,none",
      "WEBHOOK-TIMESTAMP": "1",
      Host: "other.example",
      "Content-Type": "text/plain",
      "content-length": "3",
      "Content-Encoding": "gzip",
      "User-Agent": "mine",
      Connection: "upgrade",
      Upgrade: "websocket",
      "Transfer-Encoding": "identity",
      TE: "trailers",
    };
    const answer = await send(receiver, { secrets: [secret], headers: { ...foreign, "x-mine": "1" } });
    expect(answer.statusCode).toBe(200);
    const [request] = await receiver.requests();
    expect(request?.headers).toMatchObject({
      "webhook-id": "evt_1",
      "trunkline-bookmark": "00000001-0000000a",
      "content-type": "application/json",
      "user-agent": "Trunkline-Webhooks/1",
      "x-mine": "1",
    });
    expect(request?.headers.host).not.toBe("other.example");
    expect(request?.headers).not.toHaveProperty("content-encoding");
    expect(request?.headers).not.toHaveProperty("upgrade");
    new Webhook(secret).verify(request?.body ?? "", request?.headers ?? {});
  });

  test.each([
    ["http beyond loopback", "http://example.com/hook"],
    ["a private address", "https://10.0.0.1/hook"],
    ["a private address in another spelling", "https://0xa.1/hook"],
    ["credentials", "https://user:secret@example.com/hook"],
  ])("is not made to %s", async (_name, url) => {
    const receiver = await Receiver.listen();
    expect(await send(receiver, { url })).toMatchObject({ statusCode: null, error: "url_refused" });
  });

  test("goes to loopback in local development alone", async () => {
    const receiver = await Receiver.listen();
    const target = { url: receiver.url, secrets: [newWebhookSecret()], headers: {} };
    const answer = await sendWebhook(target, MESSAGE, { allowLoopbackHttp: false, timeoutMs: 1_000 });
    expect(answer.error).toBe("url_refused");
    expect(await receiver.requests()).toEqual([]);
  });
});

describe("the answer", () => {
  test.each([200, 204, 400, 404, 410, 429, 500, 503])("%i is told as it is", async (status) => {
    const { answer } = await sendTo({ status });
    expect(answer).toMatchObject({ statusCode: status, error: null, response: null, retryAfter: null });
  });

  test("is kept by its beginning, without what can't be shown", async () => {
    const { answer } = await sendTo({ status: 500, body: "no\u0000t\u001b[31m\tto\u0085day\n🙂" });
    expect(answer.response).toBe("not[31m\ttoday\n🙂");
  });

  test("is cut at 1 KiB, and not within a character", async () => {
    const { answer } = await sendTo({ body: `a${"ü".repeat(600)}` });
    expect(answer.response).toBe(`a${"ü".repeat(511)}`);
  });

  test("says when to come back", async () => {
    const { answer } = await sendTo({ status: 429, headers: { "retry-after": "120" } });
    expect(answer).toMatchObject({ statusCode: 429, retryAfter: "120" });
  });

  test("that leads elsewhere is not followed", async () => {
    const receiver = await Receiver.listen({ status: 307, headers: { location: "elsewhere" } });
    expect(await send(receiver)).toMatchObject({ statusCode: 307, error: null });
    expect((await receiver.requests()).map(({ path }) => path)).toEqual(["/hook"]);
  });

  test.each([
    ["never ends", { does: "streams" }],
    ["has 10 MB", { bytes: 10_000_000 }],
  ] as const)("that %s is left after its beginning", async (_name, reply) => {
    const { receiver, answer } = await sendTo(reply);
    expect(answer).toMatchObject({ statusCode: 200, error: null, response: "a".repeat(1_024) });
    const [request] = await until(
      () => receiver.requests(),
      (requests) => requests[0]?.isAborted === true,
    );
    expect(request?.answeredBytes).toBeLessThan(10_000_000);
  });

  test("that falls silent after its status counts, with what it said", async () => {
    const { answer } = await sendTo({ does: "stalls", body: "so far" }, TIMEOUT_MS);
    expect(answer).toMatchObject({ statusCode: 200, error: null, response: "so far" });
  });

  test("that does not come is waited for so long and no longer", async () => {
    const { receiver, answer } = await sendTo({ does: "hangs" }, TIMEOUT_MS);
    expect(answer).toMatchObject({ statusCode: null, error: "timeout", response: null });
    expect(answer.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS);
    expect(answer.durationMs).toBeLessThan(TIMEOUT_MS + 2_000);
    await until(
      () => receiver.requests(),
      (requests) => requests[0]?.isAborted === true,
    );
  });

  test("is none where the connection is torn, or nobody listens", async () => {
    const { answer } = await sendTo({ does: "drops" });
    expect(answer).toMatchObject({ statusCode: null, error: "connection_failed" });
    const receiver = await Receiver.listen();
    const nobody = await send(receiver, { url: "http://127.0.0.1:9999/hook" });
    expect(nobody).toMatchObject({ statusCode: null, error: "connection_failed" });
  });
});
