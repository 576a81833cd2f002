// `Idempotency-Key` on a POST: acted upon once, answered alike ever after.

import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { claimRequest, pruneRequests } from "../../src/db/idempotency.ts";
import { openDb } from "../../src/db/client.ts";
import { calls, idempotencyKeys, voiceAgents } from "../../src/db/schema.ts";
import { pruneRequests as pruneAll } from "../../src/services/auth/prune-requests.ts";
import { request } from "../support/api.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(() => {
  vi.useRealTimers();
});

const db = openDb(env.DB);
const AGENTS = "/v1/voice-agents";

function send(path: string, apiKey: string, key: string, body: unknown): Promise<Response> {
  return request(path, apiKey, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const agentsOf = ({ orgId }: Organisation, name: string) =>
  db
    .select()
    .from(voiceAgents)
    .where(and(eq(voiceAgents.orgId, orgId), eq(voiceAgents.name, name)));

const rowsOf = ({ orgId }: Organisation) =>
  db.select().from(idempotencyKeys).where(eq(idempotencyKeys.orgId, orgId));

test("the same request is answered the same, with its headers, and acts once", async () => {
  const org = await createOrganisation();
  const first = await send(AGENTS, org.apiKey, "k-1", { name: "Ben", role: "Advisor" });
  const text = await first.text();
  // Another order of the fields, and the form of the draft, say the same.
  const again = await send(AGENTS, org.apiKey, '"k-1"', '{ "role": "Advisor", "name": "Ben" }');
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(await again.text()).toBe(text);
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
  expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
  expect([first, again].map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"]);
  expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  expect(await agentsOf(org, "Ben")).toHaveLength(1);
});

test("20 creates at the same time under one key are one call", async () => {
  const org = await createOrganisation();
  const body = { to: "+15005550010", campaign_id: org.campaignId };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send("/v1/calls", org.apiKey, "one-call", body)),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
  const bodies = await Promise.all(answers.map((answer) => answer.json<Record<string, unknown>>()));
  const ids = bodies.flatMap((answer) => (typeof answer.call_uuid === "string" ? [answer.call_uuid] : []));
  expect(new Set(ids).size).toBe(1);
  for (const refused of answers.filter(({ status }) => status === 409)) {
    expect(refused.headers.get("retry-after")).toMatch(/^[1-5]$/);
  }
  const codes = bodies.flatMap((answer) => (typeof answer.code === "string" ? [answer.code] : []));
  expect(new Set(codes).size).toBeLessThanOrEqual(1);
  expect(codes[0] ?? "idempotency_in_progress").toBe("idempotency_in_progress");
  expect(await db.select().from(calls).where(eq(calls.orgId, org.orgId))).toHaveLength(1);
  // Long after the call has ended, the same key still is that call, and rings nobody.
  await until(
    () => db.select().from(calls).where(eq(calls.orgId, org.orgId)),
    ([call]) => call?.status === "ended",
  );
  const later = await send("/v1/calls", org.apiKey, "one-call", body);
  expect(later.status).toBe(201);
  expect(await later.json()).toMatchObject({ call_uuid: ids[0] });
  expect(await db.select().from(calls).where(eq(calls.orgId, org.orgId))).toHaveLength(1);
});

test("a call and its answer are kept together: whatever comes after the transaction may be lost", async () => {
  const org = await createOrganisation();
  const body = { to: "+15005550010", campaign_id: org.campaignId };
  const answer = await send("/v1/calls", org.apiKey, "together", body);
  const [row] = await rowsOf(org);
  expect(row).toMatchObject({ status: 201, body: await answer.text() });
  expect(JSON.parse(row?.headers ?? "")).toEqual({
    "content-type": answer.headers.get("content-type"),
    location: answer.headers.get("location"),
  });
});

test("another body under the same key is refused, and nothing happens", async () => {
  const org = await createOrganisation();
  await send(AGENTS, org.apiKey, "k", { name: "Ben" });
  const other = await send(AGENTS, org.apiKey, "k", { name: "Bea" });
  expect(other.status).toBe(422);
  expect(await other.json()).toMatchObject({ code: "idempotency_key_reused" });
  expect(await agentsOf(org, "Bea")).toEqual([]);
});

test("the same key on another path, or of another organisation, is another request", async () => {
  const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
  await send(AGENTS, org.apiKey, "k", { name: "Ben" });
  const elsewhere = await send("/v1/calls", org.apiKey, "k", { name: "Ben" });
  expect(elsewhere.status).toBe(422);
  expect(await elsewhere.json()).toMatchObject({ code: "validation_failed" });
  expect((await send(AGENTS, other.apiKey, "k", { name: "Bea" })).status).toBe(201);
});

test.for([
  ["invalid", { name: 7 }, 422],
  ["unreadable", "{", 400],
  ["too large", { name: "x".repeat(70_000) }, 413],
] as const)("a request that is %s leaves the key unused", async ([, body, status]) => {
  const org = await createOrganisation();
  expect((await send(AGENTS, org.apiKey, "k", body)).status).toBe(status);
  expect(await rowsOf(org)).toEqual([]);
  expect((await send(AGENTS, org.apiKey, "k", { name: "Ben" })).status).toBe(201);
});

test("what an action refuses leaves the key unused", async () => {
  const org = await createOrganisation({ campaign: { status: "paused" } });
  const body = { to: "+15005550010", campaign_id: org.campaignId };
  expect((await send("/v1/calls", org.apiKey, "k", body)).status).toBe(409);
  expect(await rowsOf(org)).toEqual([]);
});

test("one that runs is waited for; once its lease has run out the next may act", async () => {
  const org = await createOrganisation();
  const body = { name: "Ben" };
  await send(AGENTS, org.apiKey, "k", body);
  const [answered] = await rowsOf(org);
  // As a crash leaves it: claimed, never answered.
  await db.update(idempotencyKeys).set({ status: null, body: null }).where(eq(idempotencyKeys.key, "k"));
  const running = await send(AGENTS, org.apiKey, "k", body);
  expect(running.status).toBe(409);
  expect(await running.json()).toMatchObject({ code: "idempotency_in_progress" });
  expect(Number(running.headers.get("retry-after"))).toBeGreaterThan(0);
  vi.setSystemTime((answered?.leaseUntilMs ?? 0) + 1);
  expect((await send(AGENTS, org.apiKey, "k", body)).status).toBe(201);
  expect(await agentsOf(org, "Ben")).toHaveLength(2);
});

test("a day later the key is new, also before it is pruned", async () => {
  const org = await createOrganisation();
  await send(AGENTS, org.apiKey, "k", { name: "Ben" });
  const name = { orgId: org.orgId, method: "POST", path: AGENTS, key: "k" };
  const dayMs = 86_400_000;
  expect((await claimRequest(db, name, "another", Date.now() + dayMs - 5_000)).kind).toBe("other_request");
  expect((await claimRequest(db, name, "another", Date.now() + dayMs)).kind).toBe("claimed");
});

test("only what is older than a day is pruned", async () => {
  const org = await createOrganisation();
  await send(AGENTS, org.apiKey, "old", { name: "Ben" });
  await db.update(idempotencyKeys).set({ createdAt: 1_000 }).where(eq(idempotencyKeys.orgId, org.orgId));
  await send(AGENTS, org.apiKey, "new", { name: "Bea" });
  expect(await pruneRequests(db, Math.floor(Date.now() / 1000), 10)).toBe(1);
  expect((await rowsOf(org)).map(({ key }) => key)).toEqual(["new"]);
});

test("a run prunes all that is old, however much came", async () => {
  const org = await createOrganisation();
  await env.DB.prepare(
    `INSERT INTO idempotency_keys (org_id, method, path, key, fingerprint, holder, lease_until_ms, created_at)
     SELECT ?, 'POST', '/v1/calls', a.value || '-' || b.value, '', '', 0, 1000
     FROM json_each(?) AS a, json_each(?) AS b`,
  )
    .bind(org.orgId, JSON.stringify([1, 2, 3]), JSON.stringify(Array.from({ length: 700 }, (_, i) => i)))
    .run();
  await send(AGENTS, org.apiKey, "new", { name: "Ben" });
  await pruneAll({ db });
  expect((await rowsOf(org)).map(({ key }) => key)).toEqual(["new"]);
});

test.for([
  ["empty", '""', 422],
  ["256 long", "x".repeat(256), 422],
  ["255 long", "x".repeat(255), 201],
  ["not ASCII", "schl\u00fcssel", 422],
  ["with a space, bare", "a b", 422],
  ["a quote left open", '"a', 422],
] as const)("a key that is %s", async ([, key, status]) => {
  const org = await createOrganisation();
  expect((await send(AGENTS, org.apiKey, key, { name: "Ben" })).status).toBe(status);
});
