// GET /v1/calls/stats/daily, against GET /v1/calls/stats (contract A5), which is held against counts by hand.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { callStatsSchema, dailyCallStatsSchema, type CallStats } from "../../src/contract/call-lists.ts";
import { dailyCountsOf } from "../../src/db/call-counts.ts";
import { openDb } from "../../src/db/client.ts";
import { calls } from "../../src/db/schema.ts";
import { OUTCOMES, SENTIMENTS } from "../../src/domain/call/status.ts";
import { newId } from "../../src/lib/ids.ts";
import { request } from "../support/api.ts";
import { tripsOf } from "../support/d1-trips.ts";
import { addInboundCampaign } from "../support/inbound.ts";
import { createOrganisation, FROM, type Organisation } from "../support/organisation.ts";

const DAY = 86_400;
const NEW_YEAR = Date.parse("2026-01-01T00:00:00Z") / 1000;

let org: Organisation;
let inboundCampaignId = "";

beforeAll(async () => {
  org = await createOrganisation();
  inboundCampaignId = await addInboundCampaign(org, { name: "Desk", phoneNumber: "+15550010001" });
  const rows = Array.from({ length: 180 }, (_, index) => {
    const isInbound = index % 3 === 0;
    const isLive = index % 13 === 0;
    const outcome = isLive ? null : (OUTCOMES[index % 4] ?? null);
    const isConnected = outcome === "connected";
    return {
      id: newId("call"),
      orgId: org.orgId,
      campaignId: isInbound ? inboundCampaignId : org.campaignId,
      carrierId: org.carrierId,
      callType: isInbound ? ("inbound" as const) : ("outbound" as const),
      fromNumber: FROM,
      toNumber: `+1415557${String(1000 + index)}`,
      status: isLive ? ("ringing" as const) : ("ended" as const),
      endedAt: isLive ? null : NEW_YEAR,
      outcome,
      sentiment: isConnected ? ([...SENTIMENTS, null][(index % 16) >> 2] ?? null) : null,
      duration: isConnected ? index : null,
      // Over ten weeks, on the first and the last second of days among them, and no call on many a day.
      startedAt: NEW_YEAR + ((index * 7) % 70) * DAY + ([0, DAY - 1, 3_599, 3_600, 52_321][index % 5] ?? 0),
    };
  });
  const db = openDb(env.DB);
  for (const row of rows) await db.insert(calls).values(row);
});

const ask = (path: string, query: Record<string, string>, apiKey = org.apiKey): Promise<Response> =>
  request(`${path}?${new URLSearchParams(query)}`, apiKey);

async function daily(query: Record<string, string>, apiKey?: string) {
  const response = await ask("/v1/calls/stats/daily", query, apiKey);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return dailyCallStatsSchema.parse(await response.json());
}

async function whole(query: Record<string, string>): Promise<CallStats> {
  return callStatsSchema.parse(await (await ask("/v1/calls/stats", query)).json());
}

type Days = Awaited<ReturnType<typeof daily>>["days"];

/** What the days are together. */
function sumOf(days: Days): CallStats {
  const sum = (of: (day: Days[number]) => number): number => days.reduce((all, day) => all + of(day), 0);
  const total = sum((day) => day.total_calls);
  const connected = sum((day) => day.connected);
  const talk = sum((day) => day.talk_seconds);
  return {
    total_calls: total,
    connected,
    voicemail: sum((day) => day.voicemail),
    no_answer: sum((day) => day.no_answer),
    failed: sum((day) => day.failed),
    connect_rate: total === 0 ? 0 : Math.round((connected / total) * 100) / 100,
    sentiment_breakdown: {
      positive: sum((day) => day.sentiment_breakdown.positive),
      neutral: sum((day) => day.sentiment_breakdown.neutral),
      negative: sum((day) => day.sentiment_breakdown.negative),
    },
    avg_duration_seconds: connected === 0 ? 0 : Math.round(talk / connected),
  };
}

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000", "");
const dateOf = (seconds: number): string => isoOf(seconds).slice(0, 10);

const moment = fc
  .tuple(fc.integer({ min: -3, max: 73 }), fc.constantFrom(0, 1, 3_600, 40_000, DAY - 1))
  .map(([day, second]) => NEW_YEAR + day * DAY + second);
const bound = fc.oneof(moment.map(isoOf), moment.map(dateOf));

test("the days of any range and campaign are together what the statistics say of it", async () => {
  let filled = 0;
  await fc.assert(
    fc.asyncProperty(bound, bound, fc.nat(2), async (from, to, which) => {
      const campaign = [undefined, org.campaignId, inboundCampaignId][which];
      const query = {
        date_from: from,
        date_to: to,
        ...(campaign === undefined ? {} : { campaign_id: campaign }),
      };
      const { days, total } = await daily(query);
      expect(sumOf(days)).toEqual(await whole(query));
      expect(total).toBe(days.length);
      const expected = [];
      for (let date = from.slice(0, 10); date <= to.slice(0, 10); date = nextDay(date)) expected.push(date);
      expect(days.map(({ date }) => date)).toEqual(isoFrom(from) <= isoTo(to) ? expected : []);
      if (sumOf(days).total_calls > 20) filled += 1;
    }),
    { numRuns: 150 },
  );
  expect(filled).toBeGreaterThan(10);
});

const nextDay = (date: string): string => dateOf(Date.parse(date) / 1000 + DAY);
const isoFrom = (text: string): string => (text.length === 10 ? `${text}T00:00:00Z` : text);
const isoTo = (text: string): string => (text.length === 10 ? `${text}T23:59:59Z` : text);

test("each day is what the statistics say of it", async () => {
  const { days } = await daily({ date_from: "2026-01-01", date_to: "2026-01-31" });
  expect(days).toHaveLength(31);
  for (const { date, talk_seconds: talk, ...day } of days) {
    expect(day).toEqual(await whole({ date_from: date, date_to: date }));
    expect(Math.round(talk / Math.max(1, day.connected))).toBe(day.avg_duration_seconds);
  }
  expect(days.filter(({ total_calls: total }) => total === 0).length).toBeGreaterThan(0);
});

test("without a range it is the last 30 days, today (UTC) among them", async () => {
  const today = dateOf(Math.floor(Date.now() / 1000));
  const { days } = await daily({});
  expect(days).toHaveLength(30);
  // It may have been midnight meanwhile.
  expect([today, nextDay(today)]).toContain(days.at(-1)?.date);
  const past = (await daily({ date_to: "2026-03-01" })).days.map(({ date }) => date);
  expect([past.length, past[0], past.at(-1)]).toEqual([30, "2026-01-31", "2026-03-01"]);
  expect((await daily({ date_from: today })).days[0]?.date).toBe(today);
  expect((await daily({ date_from: "9000-01-01" })).days).toEqual([]);
});

test.for([
  ["2024-01-01", "2024-12-31", 366],
  ["2025-01-01T23:59:59Z", "2026-01-01T00:00:00Z", 366],
  ["2024-01-01", "2025-01-01", null],
  ["2025-01-01T23:59:59Z", "2026-01-02T00:00:00Z", null],
  ["0001-01-01", "9999-12-31", null],
  ["0001-01-01", undefined, null],
] as const)("from %s to %s: %s days", async ([from, to, expected]) => {
  const response = await ask("/v1/calls/stats/daily", {
    date_from: from,
    ...(to === undefined ? {} : { date_to: to }),
  });
  const body = await response.json();
  if (expected !== null) return expect(body).toMatchObject({ total: expected });
  expect([response.status, body]).toMatchObject([
    422,
    { code: "validation_failed", errors: [{ path: "date_from", message: expect.any(String) }] },
  ]);
});

test("another organisation sees nothing of it, not even by the campaign's id", async () => {
  const other = await createOrganisation();
  const query = { campaign_id: org.campaignId, date_from: "2026-01-01", date_to: "2026-03-15" };
  const { days } = await daily(query, other.apiKey);
  expect(days).toHaveLength(74);
  expect(sumOf(days).total_calls).toBe(0);
  expect(sumOf((await daily(query)).days).total_calls).toBeGreaterThan(0);
});

test("it costs one trip, and no more rows than two a day", async () => {
  const { status, log } = await tripsOf(
    "/v1/calls/stats/daily?date_from=2026-01-01&date_to=2026-12-31",
    org.apiKey,
  );
  expect([status, log]).toEqual([200, ["query"]]);
  const started = { from: NEW_YEAR, to: NEW_YEAR + 70 * DAY };
  const rowsRead = async (campaignId?: string): Promise<number> => {
    const counts = dailyCountsOf({ orgId: org.orgId, campaignId, started });
    const { meta } = await counts.bind(openDb(env.DB)).all();
    return meta.rows_read;
  };
  expect(await rowsRead()).toBeLessThanOrEqual(70 * 2);
  expect(await rowsRead(org.campaignId)).toBeLessThanOrEqual(70);
});
