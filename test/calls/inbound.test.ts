// A call that comes in, up to the moment the agent talks; what the carrier says is the test's own.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { callRecordSchema } from "../../src/contract/calls.ts";
import { liveCallsSchema } from "../../src/contract/live.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { createKey, createOrganisation, FROM, type Organisation } from "../support/organisation.ts";
import { BASE_URL, post, read, request } from "../support/api.ts";
import { openRelay } from "../support/fake-carrier.ts";
import { addInboundCampaign, CALLER, callIn, createDesk, newCallSid } from "../support/inbound.ts";
import { until } from "../support/wait.ts";

const db = openDb(env.DB);

function callsOf(org: Organisation) {
  return db.select().from(tables.calls).where(eq(tables.calls.orgId, org.orgId));
}

function contactsOf(org: Organisation) {
  return db.select().from(tables.contacts).where(eq(tables.contacts.orgId, org.orgId));
}

/** Ends what a test began, as the carrier would. */
async function hangUp(org: Organisation): Promise<void> {
  for (const { id } of await callsOf(org)) {
    const session = env.CALL_SESSION.getByName(id);
    await session.requestEnd("workflow_close");
    const facts = (await session.snapshot())?.facts;
    await session.reportStatus(org.carrierId, {
      carrierCallId: facts?.carrierCallId ?? "",
      phase: "completed",
      atMs: null,
      durationSeconds: null,
      answeredBy: null,
    });
  }
}

async function liveCalls(org: Organisation, query = "", key = org.apiKey) {
  const response = await request(`/api/voice/calls/live${query}`, key);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return liveCallsSchema.parse(await response.json());
}

describe("a call to a number with an active inbound campaign", () => {
  test("is answered with a relay, and is there as a call with its caller as a contact", async () => {
    const org = await createDesk();
    const sid = newCallSid();
    const response = await callIn(org, { CallSid: sid });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/xml"]);
    const document = await response.text();
    const [stored] = await callsOf(org);
    expect(document).toContain(`/carriers/${org.carrierId}/calls/${stored?.id}/relay"`);
    expect(document).toMatch(
      /^<\?xml .*<Response><Start><Recording [^>]+><\/Start><Connect action="[^"]+"><ConversationRelay /,
    );

    const call = await read(org, stored?.id ?? "");
    const [contact] = await contactsOf(org);
    expect(call).toMatchObject({
      call_type: "inbound",
      status: "in_progress",
      campaign_uuid: org.inboundId,
      contact_uuid: contact?.id,
      from_number: CALLER,
      to_number: FROM,
      carrier: { carrier_id: org.carrierId, carrier_call_id: sid },
      transcript: [],
    });
    expect(call.answered_at).not.toBeNull();
    expect(contact).toMatchObject({ phone: CALLER, name: null, totalCalls: 1 });
    await hangUp(org);
  });

  test("is one call, however often the carrier asks, and is hung up on once it is over", async () => {
    const org = await createDesk();
    const sid = newCallSid();
    const answers = await Promise.all([1, 2, 3].map(() => callIn(org, { CallSid: sid })));
    const documents = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(documents).size).toBe(1);
    expect(documents[0]).toContain("<ConversationRelay ");
    const [call, ...others] = await callsOf(org);
    expect(others).toEqual([]);
    expect(await contactsOf(org)).toHaveLength(1);

    await hangUp(org);
    await until(
      () => read(org, call?.id ?? ""),
      ({ ended_at }) => ended_at !== null,
    );
    expect(await (await callIn(org, { CallSid: sid })).text()).toContain("<Response><Hangup/></Response>");
    expect(await callsOf(org)).toHaveLength(1);
  });

  test("knows a caller who is a contact, who answers for whom, and leaves the contact as it was", async () => {
    const org = await createDesk();
    const contact = {
      id: `cst_${org.orgId.slice(4)}`,
      orgId: org.orgId,
      phone: CALLER,
      name: "Priya Kumar",
      metadata: '{"tier":"gold"}',
      createdAt: 1_780_000_000,
    };
    await db.insert(tables.contacts).values(contact);
    await callIn(org);
    const [call] = await callsOf(org);
    expect(call?.contactId).toBe(contact.id);
    expect(await contactsOf(org)).toMatchObject([{ ...contact, totalCalls: 1 }]);
    const session = env.CALL_SESSION.getByName(call?.id ?? "");
    const plan = await runInDurableObject(session, (_object, { storage }) =>
      JSON.parse(storage.sql.exec<{ plan: string }>("SELECT plan FROM call").one().plan),
    );
    expect(plan).toMatchObject({
      callType: "inbound",
      organisationName: "Luminary Home",
      campaign: { name: "Front desk" },
      agent: { name: "Aria" },
      contact: { name: "Priya Kumar", metadata: { tier: "gold" } },
    });
    await hangUp(org);
  });

  test("is taken from who opted out of our calls", async () => {
    const org = await createDesk();
    await db
      .insert(tables.optOuts)
      .values({ orgId: org.orgId, phone: CALLER, reason: "asked", createdAt: 1_780_000_000 });
    expect(await (await callIn(org)).text()).toContain("<ConversationRelay ");
    const [call] = await callsOf(org);
    expect(call).toMatchObject({ callType: "inbound", fromNumber: CALLER });
    await hangUp(org);
  });

  test.for(["anonymous", "unknown", "client:alice", "sip:bob@example.com"])(
    "is taken from %s, who is no contact and can't be opted out",
    async (from) => {
      const org = await createDesk();
      expect(await (await callIn(org, { From: from })).text()).toContain("<ConversationRelay ");
      const [call] = await callsOf(org);
      expect(call).toMatchObject({ fromNumber: from, contactId: null });
      expect(await contactsOf(org)).toEqual([]);
      await env.CALL_SESSION.getByName(call?.id ?? "").requestEnd("dnc_request");
      await hangUp(org);
      const ended = await until(
        () => callsOf(org),
        ([row]) => row?.status === "ended",
      );
      expect(ended[0]).toMatchObject({ outcome: "connected", endedReason: "dnc_request" });
      const optOuts = db.select().from(tables.optOuts).where(eq(tables.optOuts.orgId, org.orgId));
      expect(await optOuts).toEqual([]);
    },
  );

  test("comes through while an outbound call to the same number lives", async () => {
    const org = await createDesk();
    const placed = await post("/v1/calls", org.apiKey, { to: CALLER, campaign_id: org.campaignId });
    expect(placed.status).toBe(201);
    expect(await (await callIn(org)).text()).toContain("<ConversationRelay ");
    expect((await callsOf(org)).map(({ callType }) => callType).toSorted()).toEqual(["inbound", "outbound"]);
    await hangUp(org);
  });

  test("opts the caller out, not the number that was called, who asks for it", async () => {
    const org = await createDesk();
    await callIn(org);
    const [call] = await callsOf(org);
    await env.CALL_SESSION.getByName(call?.id ?? "").requestEnd("dnc_request");
    const optOuts = await until(
      () => db.select().from(tables.optOuts).where(eq(tables.optOuts.orgId, org.orgId)),
      (rows) => rows.length > 0,
    );
    expect(optOuts.map(({ phone }) => phone)).toEqual([CALLER]);
    await hangUp(org);
  });
});

test("is given our limit and our address once the talk begins, and again until the carrier has heard", async () => {
  const asked: { path: string; form: Record<string, string> }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const sent = new Request(input, init);
    const body = new TextDecoder().decode(await sent.arrayBuffer());
    asked.push({ path: new URL(sent.url).pathname, form: Object.fromEntries(new URLSearchParams(body)) });
    return asked.length === 1 ? new Response(null, { status: 503 }) : Response.json({ sid });
  });
  const org = await createDesk({}, { apiBaseUrl: "https://carrier.example" });
  const sid = newCallSid();
  await callIn(org, { CallSid: sid });
  const [call] = await callsOf(org);
  const base = `/carriers/${org.carrierId}/calls/${call?.id}`;
  expect(asked).toEqual([]);

  await openRelay(org, `${base}/relay`, { callSid: sid, sessionId: "VX1" });
  await until(
    async () => asked,
    (list) => list.length === 2,
  );
  const conditions = {
    path: `/2010-04-01/Accounts/${org.accountSid}/Calls/${sid}.json`,
    // Ours stands at 8 s, and the carrier's 20 s behind it.
    form: {
      TimeLimit: "28",
      StatusCallback: `${BASE_URL}${base}/status#rc=5&rp=ct,rt,5xx`,
      StatusCallbackMethod: "POST",
    },
  };
  expect(asked).toEqual([conditions, conditions]);
  await hangUp(org);
  vi.restoreAllMocks();
});

describe("who can't be connected is told so politely, and leaves no trace", () => {
  const CLOSED: [
    what: string,
    org: () => Promise<Organisation>,
    fields: Record<string, string>,
    words: RegExp,
  ][] = [
    ["no campaign at all", () => createOrganisation(), {}, /not in service/],
    ["a number that is not ours", () => createDesk(), { To: "+15550019999" }, /not in service/],
    ["an outbound campaign only", () => createOrganisation(), { To: FROM }, /not in service/],
    ["a paused campaign", () => createDesk({ status: "paused" }), {}, /try again later/],
    ["a draft", () => createDesk({ status: "draft" }), {}, /try again later/],
    ["a campaign that is completed", () => createDesk({ status: "completed" }), {}, /try again later/],
    ["no voice agent", () => createDesk({ voiceAgentId: null }), {}, /try again later/],
    [
      "a voice agent that is inactive",
      () => createDesk({}, { agent: { isActive: false } }),
      {},
      /try again later/,
    ],
  ];

  test.for(CLOSED)("%s", async ([, create, fields, words]) => {
    const org = await create();
    const response = await callIn(org, fields);
    expect(response.status).toBe(200);
    const document = await response.text();
    expect(document).toMatch(words);
    expect(document).toMatch(/<Response><Say language="en-US">[^<]+<\/Say><Hangup\/><\/Response>$/);
    expect(await callsOf(org)).toEqual([]);
    expect(await contactsOf(org)).toEqual([]);
  });

  test("a number that the account has given up", async () => {
    const org = await createDesk();
    await db
      .delete(tables.carrierNumbers)
      .where(and(eq(tables.carrierNumbers.carrierId, org.carrierId), eq(tables.carrierNumbers.phone, FROM)));
    expect(await (await callIn(org)).text()).toMatch(/not in service/);
  });
});

test("another organisation's campaign does not answer at our number", async () => {
  const [ours, theirs] = [await createOrganisation(), await createOrganisation()];
  await addInboundCampaign(theirs, { carrierId: ours.carrierId });
  expect(await (await callIn(ours)).text()).toMatch(/not in service/);
  expect(await callsOf(theirs)).toEqual([]);
});

test("of several campaigns at a number the active one answers", async () => {
  const org = await createDesk({ status: "paused" });
  await addInboundCampaign(org, { status: "completed" });
  const active = await addInboundCampaign(org);
  await addInboundCampaign(org, { status: "draft" });
  await callIn(org);
  expect(await callsOf(org)).toMatchObject([{ campaignId: active }]);
  await hangUp(org);
});

test("two accounts with the same number answer each its own calls", async () => {
  const [ours, theirs] = [await createDesk(), await createDesk()];
  await callIn(ours);
  expect(await callsOf(ours)).toHaveLength(1);
  expect(await callsOf(theirs)).toEqual([]);
  await hangUp(ours);
});

describe("what does not come from the carrier is refused", () => {
  test("a request signed with another token", async () => {
    const org = await createDesk();
    const response = await callIn(org, {}, "0".repeat(32));
    expect([response.status, await response.json()]).toMatchObject([403, { code: "bad_signature" }]);
    expect(await callsOf(org)).toEqual([]);
  });

  test.for([
    ["another account", { AccountSid: `AC${"0".repeat(32)}` }],
    ["no caller", { From: undefined }],
    ["no number called", { To: undefined }],
    ["no call", { CallSid: undefined }],
    ["a caller of endless length", { From: "9".repeat(400) }],
  ] as const)("a form of %s", async ([, fields]) => {
    const org = await createDesk();
    const response = await callIn(org, fields);
    expect([response.status, await response.json()]).toMatchObject([400, { code: "bad_request" }]);
    expect(await callsOf(org)).toEqual([]);
  });

  test("an account that is unknown", async () => {
    const org = await createDesk();
    const response = await callIn({ ...org, carrierId: org.orgId });
    expect(response.status).toBe(403);
  });
});

describe("GET /api/voice/calls/live", () => {
  test("shows the calls that live, inbound ones unless others are asked for, and no ended one", async () => {
    const org = await createDesk();
    expect(await liveCalls(org)).toEqual({ calls: [], total: 0 });
    await callIn(org);
    await callIn(org, { From: "+14155550193" });
    const placed = await post("/v1/calls", org.apiKey, { to: "+15005550036", campaign_id: org.campaignId });
    const [second, first] = await until(
      async () => (await liveCalls(org)).calls,
      (calls) => calls.length === 2 && calls.every(({ status }) => status === "in_progress"),
    );
    expect([first?.from_number, second?.from_number]).toEqual([CALLER, "+14155550193"]);
    expect(first).toEqual({
      uuid: expect.stringMatching(/^cal_/),
      call_type: "inbound",
      campaign_uuid: org.inboundId,
      contact_uuid: expect.stringMatching(/^cst_/),
      from_number: CALLER,
      to_number: FROM,
      status: "in_progress",
      duration: expect.any(Number),
      duration_formatted: expect.stringMatching(/^00:\d\d$/),
      outcome: null,
      sentiment: null,
      summary: null,
      recording_url: null,
      started_at: expect.stringMatching(/Z$/),
      answered_at: expect.stringMatching(/Z$/),
      ended_at: null,
    });
    const all = await until(
      () => liveCalls(org, "?call_type=all"),
      ({ total }) => total === 3,
    );
    expect(all.calls.map(({ call_type }) => call_type)).toEqual(["outbound", "inbound", "inbound"]);
    expect((await liveCalls(org, "?call_type=outbound")).total).toBe(1);
    expect(placed.status).toBe(201);

    await hangUp(org);
    await until(
      () => liveCalls(org, "?call_type=all"),
      ({ total }) => total === 0,
    );
  });

  test("shows nothing of another organisation", async () => {
    const [org, other] = [await createDesk(), await createDesk()];
    await callIn(org);
    await until(
      () => liveCalls(org),
      ({ total }) => total === 1,
    );
    expect(await liveCalls(other, "?call_type=all")).toEqual({ calls: [], total: 0 });
    await hangUp(org);
  });

  test("refuses who may not read, and a kind of call that is none", async () => {
    const org = await createDesk();
    expect((await request("/api/voice/calls/live", null)).status).toBe(401);
    const writer = await createKey(org.orgId, ["voice:calls:write"]);
    expect((await request("/api/voice/calls/live", writer)).status).toBe(403);
    const response = await request("/api/voice/calls/live?call_type=sideways", org.apiKey);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: "validation_failed", errors: [{ path: "call_type" }] },
    ]);
  });
});

test("a call that came in is read back as any other", async () => {
  const org = await createDesk();
  await callIn(org);
  const [call] = await callsOf(org);
  await hangUp(org);
  const record = await until(
    async () => callRecordSchema.parse(await (await request(`/v1/calls/${call?.id}`, org.apiKey)).json()),
    ({ status }) => status === "ended",
  );
  expect(record).toMatchObject({
    call_type: "inbound",
    outcome: "connected",
    ended_reason: "workflow_close",
    fault: "none",
  });
});
