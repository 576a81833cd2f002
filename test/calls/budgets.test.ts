// What reading costs, by D1's own count, with 100,000 calls spread over a year.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { request } from "../support/api.ts";
import { createOrganisation, FROM, type Organisation } from "../support/organisation.ts";

const CALLS = 100_000;
const YEAR_BEGINS = Date.UTC(2025, 10, 22, 5, 30) / 1000;
const YEAR_SECONDS = 365 * 86_400;

let org: Organisation;
let contactId = "";
let callId = "";

beforeAll(async () => {
  org = await createOrganisation();
  contactId = newId("contact");
  const prefix = newId("call").slice(0, -6);
  callId = `${prefix}${String(4_711).padStart(6, "0")}`;
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO contacts (id, org_id, phone, created_at) VALUES (?, ?, '+14155550000', 1)",
    ).bind(contactId, org.orgId),
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
       INSERT INTO calls (id, org_id, campaign_id, contact_id, carrier_id, call_type, from_number, to_number, status,
         outcome, sentiment, duration, started_at, ended_at, projected_seq)
       SELECT ?2 || printf('%06d', i), ?3, ?4, iif(i % 500 = 0, ?5, NULL), ?6, 'outbound', ?7,
         '+1500' || printf('%07d', i), 'ended', iif(i % 4 < 2, 'connected', iif(i % 4 = 2, 'voicemail', 'failed')),
         iif(i % 4 = 0, 'positive', iif(i % 4 = 1 AND i % 3 = 0, 'negative', NULL)), i % 300,
         CAST(?8 + i * ?9 / ?1 AS INTEGER), CAST(?8 + i * ?9 / ?1 AS INTEGER) + i % 300, 1 FROM n`,
    ).bind(
      CALLS,
      prefix,
      org.orgId,
      org.campaignId,
      contactId,
      org.carrierId,
      FROM,
      YEAR_BEGINS,
      YEAR_SECONDS,
    ),
  ]);
}, 120_000);

afterEach(() => {
  vi.restoreAllMocks();
});

type Asked = { query: string; values: unknown[] };

/** Fetches, and then asks each question once more for what it read. */
async function costOf(path: string): Promise<{ rows: number; trips: number; body: Record<string, unknown> }> {
  // The key's own look-up is cached by now.
  await request(path, org.apiKey);
  const asked: Asked[] = [];
  let batches = 0;
  let batched = 0;
  const prepare = env.DB.prepare.bind(env.DB);
  const batch = env.DB.batch.bind(env.DB);
  vi.spyOn(env.DB, "prepare").mockImplementation((query) => {
    const statement = prepare(query);
    const bind = statement.bind.bind(statement);
    const question: Asked = { query, values: [] };
    asked.push(question);
    statement.bind = (...values) => {
      question.values = values;
      return bind(...values);
    };
    return statement;
  });
  vi.spyOn(env.DB, "batch").mockImplementation((statements) => {
    batches += 1;
    batched += statements.length;
    return batch(statements);
  });
  const withSession = env.DB.withSession.bind(env.DB);
  vi.spyOn(env.DB, "withSession").mockImplementation((from) => {
    const session = withSession(from);
    session.prepare = (query) => env.DB.prepare(query);
    session.batch = (statements) => env.DB.batch(statements);
    return session;
  });
  const response = await request(path, org.apiKey);
  expect(asked).not.toEqual([]);
  expect([path, response.status]).toEqual([path, 200]);
  const body = await response.json<Record<string, unknown>>();
  vi.restoreAllMocks();
  const results = await Promise.all(
    asked.map(({ query, values }) =>
      prepare(query)
        .bind(...values)
        .all(),
    ),
  );
  const rows = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
  return { rows, trips: asked.length - batched + batches, body };
}

const SINGLE_FILTERS = (): string[] => [
  "",
  `campaign_id=${org.campaignId}`,
  `contact_id=${contactId}`,
  "outcome=connected",
  "outcome=no-answer",
  "sentiment=positive",
  "sentiment=neutral",
  "status=ended",
  "status=in_progress",
  "call_type=outbound",
  "call_type=inbound",
  "date_from=2026-05-12",
  "date_to=2026-01-31T23:59:59Z",
];

test("a page by any single filter reads four rows for each call it may hold and a hundred, with the total", async () => {
  for (const limit of [50, 10]) {
    for (const filter of SINGLE_FILTERS()) {
      const { rows, trips } = await costOf(`/v1/calls?${filter}&limit=${limit}`);
      expect([filter, limit, trips]).toEqual([filter, limit, 1]);
      expect([filter, limit, rows <= 4 * limit + 100 ? "within" : rows]).toEqual([filter, limit, "within"]);
    }
  }
});

test("a page of a part's calls that came out somehow looks at the days and hours that have any", async () => {
  const SPARSE_DAYS = 366;
  for (const part of [`campaign_id=${org.campaignId}`, "call_type=outbound"]) {
    for (const way of ["outcome=no-answer", "sentiment=neutral"]) {
      const none = await costOf(`/v1/calls?${part}&${way}`);
      expect([part, way, none.body["calls"], none.trips]).toEqual([part, way, [], 1]);
      expect([part, way, none.rows <= SPARSE_DAYS + 50 ? "within" : none.rows]).toEqual([
        part,
        way,
        "within",
      ]);
    }
    for (const way of ["outcome=failed", "sentiment=negative", "outcome=connected&sentiment=positive"]) {
      const some = await costOf(`/v1/calls?${part}&${way}&date_from=2026-02-01`);
      expect([part, way, some.rows <= 1_000 ? "within" : some.rows]).toEqual([part, way, "within"]);
    }
  }
});

/** In the fixture: every 500th call. */
const CALLS_OF_CONTACT = CALLS / 500;

test("what is asked beside a contact looks at the contact's calls alone, once for the page and once for the total", async () => {
  for (const beside of ["outcome=connected", "outcome=failed", "sentiment=negative", "call_type=outbound"]) {
    const { rows, trips } = await costOf(`/v1/calls?contact_id=${contactId}&${beside}`);
    const most = 2 * CALLS_OF_CONTACT + 300;
    expect([beside, trips, rows <= most ? "within" : rows]).toEqual([beside, 1, "within"]);
  }
});

test("what is asked beside a live status looks at the live calls alone, and what can't be at none", async () => {
  for (const filter of [
    `status=in_progress&campaign_id=${org.campaignId}`,
    `status=in_progress&contact_id=${contactId}`,
    "status=ringing&call_type=outbound",
    "status=dialing&outcome=connected",
    "status=dialing&sentiment=positive",
    "outcome=failed&sentiment=positive",
    `campaign_id=${org.campaignId}&call_type=inbound`,
  ]) {
    const { rows, body } = await costOf(`/v1/calls?${filter}`);
    expect([filter, body["calls"], body["total"]]).toEqual([filter, [], 0]);
    expect([filter, rows <= 100 ? "within" : rows]).toEqual([filter, "within"]);
  }
});

test("a page by cursor costs the same at the far end", async () => {
  const cursor = btoa(JSON.stringify([YEAR_BEGINS + 86_400, callId])).replaceAll("=", "");
  const { rows, body } = await costOf(`/v1/calls?cursor=${cursor}&limit=50`);
  expect(body["calls"]).toHaveLength(50);
  expect(rows).toBeLessThanOrEqual(300);
});

test("the numbers of a year, or between any two moments, read at most 500 rows and those of two hours", async () => {
  const callsOfTwoHours = Math.ceil((2 * 3_600 * CALLS) / YEAR_SECONDS);
  for (const range of [
    "",
    "date_from=2025-11-22&date_to=2026-11-21",
    "date_from=2025-11-30T17:59:59Z&date_to=2026-11-01T06:00:01Z",
    `date_from=2025-12-31T23:17:01Z&date_to=2026-10-31T01:59:58Z&campaign_id=${org.campaignId}`,
  ]) {
    const { rows, trips } = await costOf(`/v1/calls/stats?${range}`);
    expect([range, trips, rows <= 500 + callsOfTwoHours ? "within" : rows]).toEqual([range, 1, "within"]);
  }
});

test("one call reads at most five rows", async () => {
  const { rows, trips, body } = await costOf(`/v1/calls/${callId}`);
  expect(body["uuid"]).toBe(callId);
  expect(trips).toBe(1);
  expect(rows).toBeLessThanOrEqual(5);
});
