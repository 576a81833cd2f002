// GET /v1/calls and GET /v1/calls/stats (contract A2, A5), against counts by hand.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { callListSchema, callStatsSchema } from "../../src/contract/call-lists.ts";
import { CALL_STATUSES, CALL_TYPES, OUTCOMES, SENTIMENTS } from "../../src/domain/call/status.ts";
import { newId } from "../../src/lib/ids.ts";
import { request } from "../support/api.ts";
import { addInboundCampaign } from "../support/inbound.ts";
import { createKey, createOrganisation, FROM, type Organisation } from "../support/organisation.ts";

type Stored = {
  id: string;
  startedAt: number;
  campaignId: string;
  contactId: string | null;
  callType: string;
  status: string;
  outcome: string | null;
  sentiment: string | null;
  duration: number | null;
};

let org: Organisation;
let campaigns: { id: string; callType: string }[] = [];
let contacts: string[] = [];
let calls: Stored[] = [];

/** Around the ends of hours, days, months and years, several at one second. */
const MOMENTS = [
  "2025-12-31T23:59:59Z",
  "2026-01-01T00:00:00Z",
  "2026-02-28T23:30:00Z",
  "2026-05-12T14:32:01Z",
  "2026-05-12T14:59:59Z",
  "2026-05-12T15:00:00Z",
  "2026-11-22T05:10:00Z",
].map((text) => Date.parse(text) / 1000);

beforeAll(async () => {
  org = await createOrganisation();
  const second = await addInboundCampaign(org, { name: "Second desk", phoneNumber: "+15550010001" });
  const third = await addInboundCampaign(org, {
    name: "Third",
    phoneNumber: "+15550010002",
    kind: "outbound",
  });
  campaigns = [
    { id: org.campaignId, callType: "outbound" },
    { id: second, callType: "inbound" },
    { id: third, callType: "outbound" },
  ];
  contacts = [newId("contact"), newId("contact")];
  const statements = contacts.map((id, index) =>
    env.DB.prepare("INSERT INTO contacts (id, org_id, phone, created_at) VALUES (?, ?, ?, 1)").bind(
      id,
      org.orgId,
      `+1415555010${index}`,
    ),
  );
  for (let index = 0; index < 150; index += 1) {
    const isLive = index % 11 === 0;
    const outcome = isLive ? null : (OUTCOMES[index % 4] ?? null);
    const campaign = campaigns[index % 3] ?? { id: "", callType: "" };
    const call: Stored = {
      id: newId("call"),
      startedAt: (MOMENTS[index % 7] ?? 0) + (index % 5),
      campaignId: campaign.id,
      contactId: index % 4 === 3 ? null : (contacts[index % 2] ?? null),
      callType: campaign.callType,
      status: isLive ? (CALL_STATUSES[index % 5] ?? "ringing") : "ended",
      outcome,
      sentiment: outcome === "connected" ? ([...SENTIMENTS, null][(index % 8) >> 1] ?? null) : null,
      duration: isLive ? null : outcome === "connected" ? index : 0,
    };
    calls.push(call);
    statements.push(
      env.DB.prepare(
        `INSERT INTO calls (id, org_id, campaign_id, contact_id, carrier_id, call_type, from_number, to_number,
           status, outcome, sentiment, duration, started_at, ended_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, iif(?9 = 'ended', ?13, NULL))`,
      ).bind(
        call.id,
        org.orgId,
        call.campaignId,
        call.contactId,
        org.carrierId,
        call.callType,
        FROM,
        `+1415556${String(1000 + index)}`,
        call.status,
        call.outcome,
        call.sentiment,
        call.duration,
        call.startedAt,
      ),
    );
  }
  await env.DB.batch(statements);
  calls = calls.toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
});

async function list(query: Record<string, string> = {}) {
  const response = await request(`/v1/calls?${new URLSearchParams(query)}`, org.apiKey);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return callListSchema.parse(await response.json());
}

async function stats(query: Record<string, string> = {}) {
  const response = await request(`/v1/calls/stats?${new URLSearchParams(query)}`, org.apiKey);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return callStatsSchema.parse(await response.json());
}

/** The same by hand. Dates are given to the second or as a day. */
function matching(query: Record<string, string>): Stored[] {
  const from = query["date_from"] === undefined ? -Infinity : Date.parse(query["date_from"]) / 1000;
  const to = query["date_to"];
  const end = to === undefined ? Infinity : Date.parse(to) / 1000 + (to.length === 10 ? 86_399 : 0);
  const fields = {
    campaign_id: "campaignId",
    contact_id: "contactId",
    outcome: "outcome",
    sentiment: "sentiment",
    status: "status",
    call_type: "callType",
  } as const;
  return calls.filter(
    (call) =>
      call.startedAt >= from &&
      call.startedAt <= end &&
      Object.entries(fields).every(
        ([name, field]) => query[name] === undefined || call[field] === query[name],
      ),
  );
}

function statsByHand(query: Record<string, string>) {
  const ended = matching({ ...query, status: "ended" });
  const of = (outcome: string) => ended.filter((call) => call.outcome === outcome);
  const connected = of("connected");
  const judged = (sentiment: string) => connected.filter((call) => call.sentiment === sentiment).length;
  const talked = connected.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  return {
    total_calls: ended.length,
    connected: connected.length,
    voicemail: of("voicemail").length,
    no_answer: of("no-answer").length,
    failed: of("failed").length,
    connect_rate: ended.length === 0 ? 0 : Math.round((connected.length / ended.length) * 100) / 100,
    sentiment_breakdown: {
      positive: judged("positive"),
      neutral: judged("neutral"),
      negative: judged("negative"),
    },
    avg_duration_seconds: connected.length === 0 ? 0 : Math.round(talked / connected.length),
  };
}

const moments = fc.constantFrom(
  ...MOMENTS.flatMap((seconds) => [seconds - 1, seconds, seconds + 2, seconds + 1800]).map((seconds) =>
    new Date(seconds * 1000).toISOString().replace(".000", ""),
  ),
  "2026-05-12",
  "2026-01-01",
  "2026-02-28",
);
const queries = fc
  .record({
    campaign_id: fc.option(fc.nat(2).map((index) => () => campaigns[index]?.id ?? "")),
    contact_id: fc.option(fc.nat(1).map((index) => () => contacts[index] ?? "")),
    outcome: fc.option(fc.constantFrom(...OUTCOMES)),
    sentiment: fc.option(fc.constantFrom(...SENTIMENTS)),
    status: fc.option(fc.constantFrom(...CALL_STATUSES), { freq: 2 }),
    call_type: fc.option(fc.constantFrom(...CALL_TYPES)),
    date_from: fc.option(moments),
    date_to: fc.option(moments),
  })
  .map((drawn) =>
    Object.fromEntries(
      Object.entries(drawn).flatMap(([name, value]) =>
        value === null ? [] : [[name, typeof value === "function" ? value : () => value] as const],
      ),
    ),
  );

test("any filter over any time: the page and the total are what a full count gives", async () => {
  await fc.assert(
    fc.asyncProperty(queries, async (drawn) => {
      const query = Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, value()]));
      const expected = matching(query);
      const page = await list({ ...query, limit: "100" });
      expect(page.total).toBe(expected.length);
      expect(page.calls.map(({ uuid }) => uuid)).toEqual(expected.slice(0, 100).map(({ id }) => id));
    }),
    { numRuns: 250 },
  );
});

test("the numbers of any campaign and time are what a full count gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.option(fc.nat(2)),
      fc.option(moments),
      fc.option(moments),
      async (campaign, from, to) => {
        const query = {
          ...(campaign === null ? {} : { campaign_id: campaigns[campaign]?.id ?? "" }),
          ...(from === null ? {} : { date_from: from }),
          ...(to === null ? {} : { date_to: to }),
        };
        expect(await stats(query)).toEqual(statsByHand(query));
      },
    ),
    { numRuns: 150 },
  );
});

describe("pages", () => {
  test.for([
    {},
    { outcome: "connected" },
    { campaign_id: 0, outcome: "failed" },
    { campaign_id: 1, sentiment: "positive", date_from: "2026-01-01" },
    { call_type: "outbound", outcome: "connected", date_to: "2026-05-12" },
  ])(
    "by cursor give every call once, in order, and then no next one: %j",
    async ({ campaign_id, ...rest }) => {
      const of = campaign_id === undefined ? {} : { campaign_id: campaigns[campaign_id]?.id ?? "" };
      const query = { ...of, ...rest };
      const expected = matching(query);
      expect(expected.length).toBeGreaterThan(0);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ ...query, limit: "2", ...(cursor === null ? {} : { cursor }) });
        expect(page.total).toBe(expected.length);
        seen.push(...page.calls.map(({ uuid }) => uuid));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(expected.map(({ id }) => id));
      const tail = await list({ ...query, offset: "1" });
      expect(tail.calls.map(({ uuid }) => uuid)).toEqual(expected.slice(1, 51).map(({ id }) => id));
    },
  );

  test("by offset give the same", async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < calls.length; offset += 40) {
      seen.push(...(await list({ limit: "40", offset: String(offset) })).calls.map(({ uuid }) => uuid));
    }
    expect(seen).toEqual(calls.map(({ id }) => id));
    expect(await list({ offset: "1000" })).toEqual({ calls: [], total: calls.length, next_cursor: null });
  });

  test("hold fifty if nothing else is asked for, a hundred at most", async () => {
    expect((await list()).calls).toHaveLength(50);
    expect((await list({ limit: "100" })).calls).toHaveLength(100);
    expect((await list({ limit: "1" })).calls).toHaveLength(1);
  });
});

describe("what is refused", () => {
  test.for([
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "ten"],
    ["limit", "1e1"],
    ["limit", ""],
    ["offset", "-1"],
    ["offset", "1.5"],
    ["outcome", "answered"],
    ["sentiment", "happy"],
    ["status", "over"],
    ["call_type", "sideways"],
    ["campaign_id", "flw_1"],
    ["campaign_id", "cst_01m827y5jae4aax8c7tw3pwwgy"],
    ["contact_id", "nobody"],
    ["date_from", "yesterday"],
    ["date_from", "2026-02-30"],
    ["date_from", "2026-13-01"],
    ["date_to", "2026-05-12T25:00:00Z"],
    ["date_to", "12.05.2026"],
    ["date_to", "1780000000"],
    ["cursor", "nonsense"],
    ["cursor", btoa("[1]")],
    ["cursor", btoa('[1,"flw_01m827y0r5fzstea1tcff5xwnf"]')],
  ] as const)("%s=%s", async ([name, value]) => {
    const response = await request(`/v1/calls?${new URLSearchParams({ [name]: value })}`, org.apiKey);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: "validation_failed", errors: [{ path: name, message: expect.any(String) }] },
    ]);
  });

  test("a cursor together with an offset", async () => {
    const { next_cursor: cursor } = await list({ limit: "1" });
    const response = await request(`/v1/calls?offset=0&cursor=${cursor}`, org.apiKey);
    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ path: "cursor" }] }]);
  });

  test("a key that may not read, and none", async () => {
    const writer = await createKey(org.orgId, ["voice:calls:write"]);
    for (const path of ["/v1/calls", "/v1/calls/stats"]) {
      expect((await request(path, writer)).status).toBe(403);
      expect((await request(path, null)).status).toBe(401);
    }
  });
});

test("nothing of another organisation is listed or counted, not even by its ids", async () => {
  const other = await createOrganisation();
  for (const query of ["", `?campaign_id=${org.campaignId}`, `?contact_id=${contacts[0]}`]) {
    const page = await (await request(`/v1/calls${query}`, other.apiKey)).json();
    expect(page).toEqual({ calls: [], total: 0, next_cursor: null });
  }
  const numbers = await (await request(`/v1/calls/stats?campaign_id=${org.campaignId}`, other.apiKey)).json();
  expect(numbers).toMatchObject({ total_calls: 0, connect_rate: 0, avg_duration_seconds: 0 });
});

test("a date-time may have an offset, and without one it is UTC", async () => {
  const { total } = await list({ date_from: "2026-05-12T14:59:59Z" });
  expect((await list({ date_from: "2026-05-12T16:59:59+02:00" })).total).toBe(total);
  expect((await list({ date_from: "2026-05-12T14:59:59" })).total).toBe(total);
  expect((await list({ date_from: "2026-05-12T14:59:58.5Z" })).total).toBe(total);
});

const changes = fc.array(
  fc.oneof(
    fc.record({
      call: fc.nat(),
      end: fc.record({
        outcome: fc.constantFrom(...OUTCOMES),
        duration: fc.option(fc.nat({ max: 5_000 })),
      }),
    }),
    fc.record({ call: fc.nat(), sentiment: fc.option(fc.constantFrom(...SENTIMENTS)) }),
    fc.record({ call: fc.nat(), isDeleted: fc.constant(true) }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Changes the stored call and ours alike. Only a call that lives can end, and only who was talked with is judged. */
async function apply(change: {
  call: number;
  end?: { outcome: string; duration: number | null };
  sentiment?: string | null;
  isDeleted?: boolean;
}): Promise<void> {
  const call = calls[change.call % Math.max(1, calls.length)];
  if (call === undefined) return;
  if (change.isDeleted === true) {
    calls = calls.filter((other) => other !== call);
    await env.DB.prepare("DELETE FROM calls WHERE id = ?").bind(call.id).run();
  } else if (change.end !== undefined && call.status !== "ended") {
    Object.assign(call, { status: "ended", ...change.end });
    await env.DB.prepare(
      "UPDATE calls SET status = 'ended', ended_at = started_at, outcome = ?, duration = ? WHERE id = ?",
    )
      .bind(call.outcome, call.duration, call.id)
      .run();
  } else if (change.sentiment !== undefined && call.outcome === "connected") {
    call.sentiment = change.sentiment;
    await env.DB.prepare("UPDATE calls SET sentiment = ? WHERE id = ?").bind(call.sentiment, call.id).run();
  }
}

// The last test: it changes the calls that the others know.
test("after any changes any list and any numbers still are what a full count gives", async () => {
  await fc.assert(
    fc.asyncProperty(changes, queries, async (drawn, drawnQuery) => {
      for (const change of drawn) await apply(change);
      const query = Object.fromEntries(Object.entries(drawnQuery).map(([name, value]) => [name, value()]));
      expect((await list(query)).total).toBe(matching(query).length);
      const { campaign_id, date_from, date_to } = query;
      const range = Object.fromEntries(
        Object.entries({ campaign_id, date_from, date_to }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      );
      expect(await stats(range)).toEqual(statsByHand(range));
    }),
    // Each run goes on from what the last one left, which a shrunken one could not.
    { numRuns: 60, endOnFailure: true },
  );
});
