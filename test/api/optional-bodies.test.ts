// Where the contract lets a client send no body, none is the same as `{}`.

import { afterEach, expect, test, vi } from "vitest";
import { webhookWithSecretSchema } from "../../src/contract/webhooks.ts";
import { readProblem } from "../support/answers.ts";
import { request } from "../support/api.ts";
import { createOrganisation } from "../support/organisation.ts";
import { Receiver } from "../support/receivers.ts";
import { createWebhook } from "../support/webhooks-by-api.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const JSON_TYPE = { "content-type": "application/json" };
const SENT: [name: string, init: { headers?: Record<string, string>; body?: string }][] = [
  ["no body", {}],
  ["no body of JSON", { headers: JSON_TYPE }],
  ["an empty one", { body: "", headers: JSON_TYPE }],
  ["an empty one of no type", { body: "", headers: { "content-type": "" } }],
  ["an empty one of another type", { body: "", headers: { "content-type": "text/plain" } }],
  ["{}", { body: "{}", headers: JSON_TYPE }],
];

test.for(SENT)("a secret is rotated by %s: the old one signs on for a day", async ([, init]) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 });
  const [org, receiver] = [await createOrganisation(), await Receiver.listen()];
  const { path, secret: first } = await createWebhook(org, { url: receiver.url });
  const answer = await request(`${path}/rotate-secret`, org.apiKey, { method: "POST", ...init });
  expect(answer.status).toBe(200);
  const { secret, previous_secret_expires_at: until } = webhookWithSecretSchema.parse(await answer.json());
  expect(secret).not.toBe(first);
  expect(until).toBe(new Date(Date.now() + 86_400_000).toISOString().replace(".000", ""));
});

test.for(SENT)(
  "a webhook is tried by %s: with the first event that it is subscribed to",
  async ([, init]) => {
    const [org, receiver] = [await createOrganisation(), await Receiver.listen()];
    const events = ["call.no_answer", "call.ended"];
    const { path } = await createWebhook(org, { url: receiver.url, events });
    const answer = await request(`${path}/test`, org.apiKey, { method: "POST", ...init });
    expect(answer.status).toBe(200);
    const [got] = await receiver.requests();
    expect(JSON.parse(got?.body ?? "null")).toMatchObject({ event: "call.no_answer", test: true });
  },
);

test("an Idempotency-Key takes no body and `{}` for the same request", async () => {
  const org = await createOrganisation();
  const { path } = await createWebhook(org);
  const rotate = (init: object, headers: Record<string, string> = {}) =>
    request(`${path}/rotate-secret`, org.apiKey, {
      method: "POST",
      headers: { "idempotency-key": "once", ...headers },
      ...init,
    });
  expect((await rotate({})).headers.get("idempotent-replayed")).toBeNull();
  const again = await rotate({ body: "{}" }, JSON_TYPE);
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
  const other = await rotate({ body: '{"expires_in":60}' }, JSON_TYPE);
  expect((await readProblem(other)).code).toBe("idempotency_key_reused");
});

test("a body that is there is judged as any other", async () => {
  const org = await createOrganisation();
  const { path } = await createWebhook(org);
  for (const [status, body, headers] of [
    [415, '{"expires_in":60}', { "content-type": "" }],
    [415, '{"expires_in":60}', { "content-type": "text/plain" }],
    [400, " ", JSON_TYPE],
    [422, '{"expires_in":-1}', JSON_TYPE],
    [422, "null", JSON_TYPE],
  ] as const) {
    const answer = await request(`${path}/rotate-secret`, org.apiKey, { method: "POST", headers, body });
    expect([body, answer.status]).toEqual([body, status]);
    await readProblem(answer);
  }
});
