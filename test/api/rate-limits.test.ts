// How often a key may ask: token buckets, one for each route that has a limit of its own.

import { env } from "cloudflare:workers";
import { and, eq, ne } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { calls } from "../../src/db/schema.ts";
import { post, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(() => {
  vi.useRealTimers();
});

const create = (org: Organisation, apiKey: string, index: number) =>
  post("/v1/calls", apiKey, { to: `+1500${200 + index}0001`, campaign_id: org.campaignId });

test("31 creates on one key while the clock stands still: 30 pass, one is 429 and draws nothing", async () => {
  const org = await createOrganisation();
  const apiKey = await createKey(org.orgId, ["voice:calls:write"]);
  const nowMs = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: nowMs });
  const answers = await Promise.all(Array.from({ length: 31 }, (_, index) => create(org, apiKey, index)));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array.from({ length: 30 }, () => 201), 429]);
  const refused = answers.find(({ status }) => status === 429);
  expect(await refused?.json()).toMatchObject({ code: "rate_limited" });
  expect(refused?.headers.get("ratelimit-policy")).toBe('"place_call";q=30;w=60');
  expect(refused?.headers.get("ratelimit")).toBe('"place_call";r=0;t=2');
  expect(refused?.headers.get("retry-after")).toBe("2");
  // A token comes every two seconds, whatever was refused meanwhile.
  vi.setSystemTime(nowMs + 2_000);
  expect((await create(org, apiKey, 40)).status).toBe(201);
  expect((await create(org, apiKey, 41)).status).toBe(429);
  vi.useRealTimers();
  await until(
    () =>
      openDb(env.DB)
        .select()
        .from(calls)
        .where(and(eq(calls.orgId, org.orgId), ne(calls.status, "ended"))),
    (live) => live.length === 0,
  );
});

test("a limit of its own leaves the others alone, and keys do not share", async () => {
  const org = await createOrganisation();
  const limits = JSON.stringify({ agent_availability: 1 });
  const [one, other] = await Promise.all([
    createKey(org.orgId, ["voice:calls:read"], { limits }),
    createKey(org.orgId, ["voice:calls:read"], { limits }),
  ]);
  const ask = async (key: string) =>
    (await request("/api/voice/calls/agent-availability?target=sales", key)).status;
  expect([await ask(one), await ask(one), await ask(other)]).toEqual([404, 429, 404]);
  expect((await request("/v1/calls", one)).headers.get("ratelimit")).toBe('"default";r=599;t=1');
});
