// What a webhook signs with and what it sends along: who sees it, how often, and how it is changed for another.

import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { webhookWithSecretSchema } from "../../src/contract/webhooks.ts";
import { seal } from "../../src/lib/sealing.ts";
import { webhookEndpointOf } from "../../src/stubs/stubs.ts";
import { readProblem } from "../support/answers.ts";
import { post, request } from "../support/api.ts";
import { patch } from "../support/carrier-accounts.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import type { ReceivedRequest } from "../support/receiver-answers.ts";
import { Receiver } from "../support/receivers.ts";
import { changeWebhook, newDelivery } from "../support/webhook.ts";
import { createWebhook, storedWebhook, webhook } from "../support/webhooks-by-api.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const HEADER = "of-the-customer-and-nobody-elses";
const URL_TOKEN = "token-in-the-query";

function postOnce(path: string, org: Organisation, body: object) {
  return request(path, org.apiKey, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "once" },
    body: JSON.stringify(body),
  });
}

async function rotate(org: Organisation, path: string, body: object = {}) {
  const response = await post(`${path}/rotate-secret`, org.apiKey, body);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const { secret, ...shown } = webhookWithSecretSchema.parse(await response.json());
  return { secret: secret ?? "", shown };
}

test("stand in one answer each, and nowhere else: no other answer, no row, no log", async () => {
  const lines: unknown[] = [];
  for (const stream of ["log", "error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, stream).mockImplementation((...line: unknown[]) => void lines.push(line));
  }
  const [org, receiver] = [await createOrganisation(), await Receiver.listen({ status: 500, body: "No" })];
  const url = `${receiver.url}?key=${URL_TOKEN}`;
  const body = webhook({ url, headers: { authorization: HEADER } });
  const created = await postOnce("/v1/webhooks", org, body);
  expect(created.headers.get("cache-control")).toBe("no-store");
  const { secret, ...shown } = webhookWithSecretSchema.parse(await created.json());
  const replayed = await postOnce("/v1/webhooks", org, body);
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
  expect(await replayed.json()).toEqual({ ...shown, secret: null });
  const path = `/v1/webhooks/${shown.uuid}`;
  const rotated = webhookWithSecretSchema.parse(
    await (await postOnce(`${path}/rotate-secret`, org, {})).json(),
  );
  const again = await postOnce(`${path}/rotate-secret`, org, {});
  expect(await again.json()).toEqual({ ...rotated, secret: null });
  const secrets = [secret ?? "", rotated.secret ?? ""];
  expect(secrets.filter((each) => /^whsec_[A-Za-z0-9+/]{43}=$/.test(each))).toHaveLength(2);
  expect(await storedWebhook(shown.uuid)).toMatchObject({
    secret: secrets[1],
    previousSecrets: [secrets[0]],
    headers: { authorization: HEADER },
  });

  const answers = [
    await request(path, org.apiKey),
    await request("/v1/webhooks", org.apiKey),
    await patch(path, org.apiKey, { name: "X", headers: { "x-a": "b" } }),
    await patch(path, org.apiKey, { url: "https://thief.example" }),
    await patch(path, org.apiKey, { headers: { "content-type": HEADER } }),
    await patch(path, org.apiKey, { headers: { "x-a": `${HEADER}\n` } }),
    await post(`${path}/test`, org.apiKey, {}),
    await request(`${path}/logs`, org.apiKey),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 422, 422, 422, 200, 200]);
  const [got] = await receiver.requests();
  expect(got?.headers["authorization"]).toBe(HEADER);
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const rows = await env.DB.batch(tables.map(({ name }) => env.DB.prepare(`SELECT * FROM ${name}`)));
  expect(JSON.stringify(rows)).toContain(shown.uuid);
  const said = [
    ...(await Promise.all(answers.map((answer) => answer.text()))),
    JSON.stringify(rows),
    JSON.stringify(lines),
  ];
  for (const hidden of [...secrets, ...secrets.map((each) => each.slice(6)), HEADER]) {
    expect(said.filter((text) => text.includes(hidden))).toEqual([]);
  }
  // Who has the scope sees the address with all that is in it; a log never has it.
  expect(said[0]).toContain(URL_TOKEN);
  expect(lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(lines)).not.toContain(URL_TOKEN);
});

describe("a secret", () => {
  const verifies = (secret: string, got: ReceivedRequest | undefined) => {
    try {
      new Webhook(secret).verify(got?.body ?? "", got?.headers ?? {});
      return true;
    } catch {
      return false;
    }
  };

  async function open() {
    const [org, receiver] = [await createOrganisation(), await Receiver.listen()];
    const { path, secret, shown } = await createWebhook(org, { url: receiver.url });
    /** Which of these the next event is signed with. */
    const signing = async (...secrets: string[]) => {
      expect((await post(`${path}/test`, org.apiKey, {})).status).toBe(200);
      const got = (await receiver.requests()).at(-1);
      return secrets.map((each) => verifies(each, got));
    };
    return { org, receiver, path, shown, first: secret, signing };
  }

  test("that is rotated signs on beside the new one, for a day if nobody says otherwise", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 });
    const { org, path, shown, first, signing } = await open();
    const nowMs = Date.now();
    const { secret: second, shown: rotated } = await rotate(org, path);
    const expires = new Date(nowMs + 86_400_000).toISOString().replace(".000", "");
    expect(rotated).toEqual({ ...shown, previous_secret_expires_at: expires });
    expect(await signing(first, second)).toEqual([true, true]);
    vi.setSystemTime(nowMs + 86_400_000 - 1);
    expect(await (await request(path, org.apiKey)).json()).toEqual(rotated);
    vi.setSystemTime(nowMs + 86_400_000);
    expect(await (await request(path, org.apiKey)).json()).toEqual(shown);
  });

  test("that receivers may know by now signs on when it is rotated again, each until its own end", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 });
    const { org, path, shown, first, signing } = await open();
    const endIn = (ms: number) => new Date(Date.now() + ms).toISOString().replace(".000", "");
    const { secret: second } = await rotate(org, path, { expires_in: 60 });
    const end = endIn(604_800_000);
    const { secret: third, shown: again } = await rotate(org, path, { expires_in: 604_800 });
    const { secret: fourth, shown: once } = await rotate(org, path, { expires_in: 120 });
    expect(again).toEqual({ ...shown, previous_secret_expires_at: end });
    expect(once).toEqual(again);
    expect(await signing(first, second, third, fourth)).toEqual([true, true, true, true]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await signing(first, second, third, fourth)).toEqual([false, true, true, true]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await signing(first, second, third, fourth)).toEqual([false, true, false, true]);
    const { secret: fifth, shown: now } = await rotate(org, path, { expires_in: 0 });
    expect(now).toEqual(shown);
    expect(await signing(first, second, third, fourth, fifth)).toEqual([false, false, false, false, true]);
    expect(await storedWebhook(shown.uuid)).toMatchObject({ secret: fifth, previousSecrets: [] });
  });

  test("and five before it sign; a sixth has to wait until the first of them ends, and none goes before", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 });
    const { org, path, shown, first, signing } = await open();
    const secrets = [first];
    for (const expires_in of [600, 60, 500, 400, 300]) {
      secrets.push((await rotate(org, path, { expires_in })).secret);
    }
    const before = await storedWebhook(shown.uuid);
    const refused = await post(`${path}/rotate-secret`, org.apiKey, { expires_in: 1 });
    const { status, code, detail } = await readProblem(refused);
    expect([status, code]).toEqual([409, "limit_reached"]);
    expect(detail).toContain(new Date(Date.now() + 60_000).toISOString().replace(".000", ""));
    expect(await storedWebhook(shown.uuid)).toEqual(before);
    expect(await signing(...secrets)).toEqual([true, true, true, true, true, true]);
    vi.setSystemTime(Date.now() + 60_000);
    secrets.push((await rotate(org, path, { expires_in: 200 })).secret);
    expect(await signing(...secrets)).toEqual([true, false, true, true, true, true, true]);
    const { secret: alone } = await rotate(org, path, { expires_in: 0 });
    expect(await signing(...secrets, alone)).toEqual([...secrets.map(() => false), true]);
  });

  test.for([
    ["newest", "secretEncrypted", [false, false, true]],
    ["one before", "previousSecretEncrypted", [false, true, true]],
  ] as const)("does not open, the %s: a new one heals the webhook", async ([, column, signed]) => {
    const { org, path, shown, first, signing } = await open();
    const { secret: second } = await rotate(org, path);
    await changeWebhook(shown.uuid, { previousSecretEncrypted: null, [column]: "other.key.made-it" });
    const { secret: third } = await rotate(org, path);
    expect(await signing(first, second, third)).toEqual(signed);
  });

  test("before the newest does not open: the newest signs, and what opens is not logged", async () => {
    const { org, path, shown, first, signing } = await open();
    const { secret: second } = await rotate(org, path);
    const sealedAsItIs = await seal(readConfig(env).CREDENTIALS_KEY, first, shown.uuid);
    for (const previousSecretEncrypted of ["other.key.made-it", sealedAsItIs]) {
      await changeWebhook(shown.uuid, { previousSecretEncrypted });
      await webhookEndpointOf(env, shown.uuid).readAnew(false);
      expect(await signing(first, second)).toEqual([false, true]);
    }
  });

  test("that is dropped at once signs nothing more, and a new one does", async () => {
    const { org, receiver, path, shown, first } = await open();
    const endpoint = webhookEndpointOf(env, shown.uuid);
    await endpoint.accept([newDelivery()]);
    await receiver.got(1);
    const { secret } = await rotate(org, path, { expires_in: 0 });
    await endpoint.accept([newDelivery()]);
    const [before, after] = await receiver.got(2);
    expect([verifies(first, before), verifies(first, after), verifies(secret, after)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("that is rotated twice at the same time: receivers go on, and both new ones sign", async () => {
    const { org, path, first, signing } = await open();
    const [one, other] = await Promise.all([rotate(org, path), rotate(org, path)]);
    expect(await signing(first, one.secret, other.secret)).toEqual([true, true, true]);
  });

  test.for([
    { expires_in: -1 },
    { expires_in: 604_801 },
    { expires_in: 1.5 },
    { expires_in: null },
    { secret: "x" },
  ])("is not rotated with %j", async (body) => {
    const { org, path, first, signing } = await open();
    expect((await post(`${path}/rotate-secret`, org.apiKey, body)).status).toBe(422);
    expect(await signing(first)).toEqual([true]);
  });
});
