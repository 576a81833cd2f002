// /v1/opt-outs (contract, part B), and what they do to calls (A1, A7).

import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { contactSchema } from "../../src/contract/contacts.ts";
import { optOutListSchema, optOutSchema, type OptOut } from "../../src/contract/opt-outs.ts";
import { openDb } from "../../src/db/client.ts";
import { deleteOptOut } from "../../src/db/opt-outs.ts";
import { optOutRemovals, optOuts } from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, post, read as readCall, request } from "../support/api.ts";
import { tripsOf } from "../support/d1-trips.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const PATH = "/v1/opt-outs";
const PHONE = "+14155550192";
const ONE = `${PATH}/%2B14155550192`;
const NUL = "\u0000";

const add = (org: Organisation, body: Record<string, unknown> = {}) =>
  post(PATH, org.apiKey, { phone: PHONE, ...body });

async function added(org: Organisation, body: Record<string, unknown> = {}): Promise<OptOut> {
  const response = await add(org, body);
  expect(response.status).toBe(201);
  return optOutSchema.parse(await response.json());
}

const remove = (org: Organisation, path = ONE, reason = "?reason=Asked%20in%20the%20shop") =>
  request(`${path}${reason}`, org.apiKey, { method: "DELETE" });

async function list(org: Organisation, query = "") {
  const response = await request(`${PATH}${query}`, org.apiKey);
  expect(response.status).toBe(200);
  return optOutListSchema.parse(await response.json());
}

const refusal = async (response: Response) => ({
  status: response.status,
  ...(await response.json<{ code: string; errors?: { path: string }[] }>()),
});

const callTo = (org: Organisation, to: string) =>
  post("/v1/calls", org.apiKey, { to, campaign_id: org.campaignId });

const ended = (org: Organisation, callId: string) =>
  until(
    () => readCall(org, callId),
    ({ status }) => status === "ended",
  );

describe("an opt-out", () => {
  test("is added, read, listed and removed", async () => {
    const org = await createOrganisation();
    const response = await add(org, { reason: " Asked by email " });
    expect([response.status, response.headers.get("location")]).toEqual([201, ONE]);
    const optOut = optOutSchema.parse(await response.json());
    expect(optOut).toEqual({
      phone: PHONE,
      reason: "Asked by email",
      created_at: expect.stringMatching(/Z$/),
    });
    expect(Math.abs(Date.parse(optOut.created_at) - Date.now())).toBeLessThan(60_000);
    expect(await list(org)).toEqual({ opt_outs: [optOut], total: 1 });
    for (const path of [ONE, `${PATH}/${PHONE}`]) {
      const read = await request(path, org.apiKey);
      expect([read.status, await read.json()]).toEqual([200, optOut]);
    }
    const removed = await remove(org);
    expect([removed.status, await removed.text()]).toEqual([204, ""]);
    expect((await request(ONE, org.apiKey)).status).toBe(404);
    expect((await remove(org)).status).toBe(404);
    expect(await list(org)).toEqual({ opt_outs: [], total: 0 });
    // Once more, and removed by the number as people write it.
    expect(await added(org, { reason: null })).toMatchObject({ reason: null });
    expect((await remove(org, `${PATH}/${PHONE}`)).status).toBe(204);
  });

  test("that is there already keeps its first reason and time", async () => {
    const org = await createOrganisation();
    const first = { orgId: org.orgId, phone: PHONE, reason: "First", createdAt: 3_000 };
    await openDb(env.DB).insert(optOuts).values(first);
    const response = await add(org, { reason: "Second" });
    expect([response.status, response.headers.get("location")]).toEqual([200, null]);
    const there = { phone: PHONE, reason: "First", created_at: "1970-01-01T00:50:00Z" };
    expect(await response.json()).toEqual(there);
    expect(await list(org)).toEqual({ opt_outs: [there], total: 1 });
  });

  test("added 20 times at once is made once, with one reason for all", async () => {
    const org = await createOrganisation();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => add(org, { reason: `R${i}` })));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    const told = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(told).size).toBe(1);
  });

  test("removed 10 times at once is removed once", async () => {
    const org = await createOrganisation();
    await added(org);
    const answers = await Promise.all(Array.from({ length: 10 }, () => remove(org)));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([204, ...Array.from({ length: 9 }, () => 404)]);
  });

  test("that was made anew after a removal was asked for is not removed by it", async () => {
    const org = await createOrganisation();
    const optOut = { orgId: org.orgId, phone: PHONE, reason: null, createdAt: 3_000 };
    const db = openDb(env.DB);
    await db.insert(optOuts).values(optOut);
    expect(await deleteOptOut(db, { ...optOut, createdAt: 2_000 }, "older wish", 3_000)).toBe(false);
    expect((await list(org)).total).toBe(1);
    expect(await deleteOptOut(db, optOut, "asked again", 3_000)).toBe(true);
  });

  test("outlives its contact, which shows it", async () => {
    const org = await createOrganisation();
    const contacts = () => post("/v1/contacts", org.apiKey, { phone: PHONE });
    const contact = contactSchema.parse(await (await contacts()).json());
    expect(contact.opted_out_at).toBeNull();
    const path = `/v1/contacts/${contact.uuid}`;
    const { created_at: since } = await added(org);
    expect(await (await request(path, org.apiKey)).json()).toEqual({ ...contact, opted_out_at: since });
    expect((await request(path, org.apiKey, { method: "DELETE" })).status).toBe(204);
    expect((await list(org)).total).toBe(1);
    expect(await (await contacts()).json()).toMatchObject({ opted_out_at: since });
    expect((await remove(org)).status).toBe(204);
    expect(await (await request(path, org.apiKey)).json()).toMatchObject({ opted_out_at: null });
  });

  test("an Idempotency-Key gives the first answer again", async () => {
    const org = await createOrganisation();
    const send = () =>
      request(PATH, org.apiKey, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": "abc" },
        body: JSON.stringify({ phone: PHONE }),
      });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.headers.get("location")]).toEqual([201, 201, ONE]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });
});

describe("calls", () => {
  test("are refused while their number is opted out, and taken again once it is not", async () => {
    const org = await createOrganisation();
    const to = "+15005550011";
    await added(org, { phone: to });
    expect(await refusal(await callTo(org, to))).toMatchObject({ status: 409, code: "contact_opted_out" });
    expect(await (await request("/v1/contacts", org.apiKey)).json()).toMatchObject({ total: 0 });
    expect((await remove(org, `${PATH}/${to}`)).status).toBe(204);
    expect(await ended(org, await place(org, to))).toMatchObject({ ended_reason: "no_answer" });
  });

  test("of other organisations go on", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    await added(org, { phone: "+15005550010" });
    await place(other, "+15005550010");
  });

  test("that wait for their turn end without a ring when their number opts out", async () => {
    const org = await createOrganisation({ maxConcurrent: 1 });
    const gate = env.CARRIER_GATE.getByName(org.carrierId);
    const other = {
      callId: newId("call"),
      attempt: 1,
      limits: { callsPerSecond: 100, maxConcurrent: 1 },
      leaseMs: 60_000,
      deadlineMs: Date.now() + 60_000,
    };
    await gate.reserve(other);
    const callId = await place(org, "+15005550030");
    await added(org, { phone: "+15005550030" });
    await gate.release(other.callId);
    const call = await ended(org, callId);
    expect(call).toMatchObject({ outcome: "failed", ended_reason: "contact_opted_out", fault: "none" });
    expect(call.carrier.carrier_call_id).toBeNull();
  });

  test("are withheld with their recording while the number is opted out", async () => {
    const org = await createOrganisation();
    const to = "+15005550035";
    const callId = await place(org, to);
    const played = () => request(`/api/voice/calls/${callId}/recording`, org.apiKey);
    const url = async () => (await readCall(org, callId)).recording_url;
    await until(url, (found) => found !== null);
    expect((await played()).status).toBe(200);
    await added(org, { phone: to });
    expect([(await played()).status, await url()]).toEqual([404, null]);
    await remove(org, `${PATH}/${to}`);
    expect([(await played()).status, await url()]).toEqual([200, expect.stringMatching(/^http/)]);
  });

  test("in which somebody asks never to be called again leave an opt-out that says so", async () => {
    const org = await createOrganisation();
    const callId = await place(org, "+15005550032");
    await ended(org, callId);
    const { opt_outs: all } = await until(
      () => list(org),
      ({ total }) => total > 0,
    );
    expect(all).toMatchObject([{ phone: "+15005550032", reason: `Asked for in call ${callId}` }]);
  });
});

describe("refused, and nothing is changed", () => {
  test.for([
    ["a phone without +", { phone: "14155550192" }, "phone"],
    ["a phone that can't be", { phone: "+1415555" }, "phone"],
    ["no phone", { phone: null }, "phone"],
    ["a phone with more behind it", { phone: `${PHONE}' OR 1=1 --` }, "phone"],
    ["U+0000 in the phone", { phone: `${PHONE}${NUL}` }, "phone"],
    ["U+0000 in the reason", { reason: `a${NUL}` }, "reason"],
    ["a lone surrogate in the reason", { reason: "\ud800" }, "reason"],
    ["an empty reason", { reason: "" }, "reason"],
    ["a reason too long", { reason: "x".repeat(501) }, "reason"],
    ["a reason that is no text", { reason: { a: 1 } }, "reason"],
    ["an unknown field", { created_at: "2020-01-01T00:00:00Z" }, "created_at"],
  ] as const)("%s", async ([, body, path]) => {
    const org = await createOrganisation();
    const refused = await refusal(await add(org, body));
    expect(refused).toMatchObject({ status: 422, code: "validation_failed", errors: [{ path }] });
    expect((await list(org)).total).toBe(0);
  });

  test("a huge body; a reason is text, whatever stands in it", async () => {
    const org = await createOrganisation();
    expect((await add(org, { reason: "x".repeat(70_000) })).status).toBe(413);
    const reason = `'); DELETE FROM opt_outs; -- "%_\\" 🤖 محمد`;
    expect(await added(org, { reason })).toMatchObject({ reason });
    expect(await list(org)).toMatchObject({ opt_outs: [{ reason }] });
  });

  test.for(["", "?reason=", "?reason=%20", "?reason=%00", `?reason=${"x".repeat(501)}`])(
    "a removal that does not say why (%s)",
    async (reason) => {
      const org = await createOrganisation();
      await added(org);
      const refused = await refusal(await remove(org, ONE, reason));
      expect(refused).toMatchObject({ status: 422, errors: [{ path: "reason" }] });
      expect((await list(org)).total).toBe(1);
    },
  );
});

test("why an opt-out was removed is kept, with what it was", async () => {
  const org = await createOrganisation();
  await added(org, { reason: "by e-mail" });
  expect((await remove(org, ONE, "?reason=asked%20on%20May%202")).status).toBe(204);
  const kept = await openDb(env.DB).select().from(optOutRemovals).where(eq(optOutRemovals.orgId, org.orgId));
  expect(kept).toEqual([
    expect.objectContaining({ phone: PHONE, reason: "asked on May 2", optOutReason: "by e-mail" }),
  ]);
});

test("the list is newest first, in pages, or of one number", async () => {
  const org = await createOrganisation();
  const phones = ["+14155550101", "+14155550102", "+14155550103", "+14155550104"];
  for (const [index, phone] of phones.entries()) {
    await added(org, { phone });
    // The last two are of one second.
    await openDb(env.DB)
      .update(optOuts)
      .set({ createdAt: 1_000 + Math.min(index, 2) })
      .where(and(eq(optOuts.orgId, org.orgId), eq(optOuts.phone, phone)));
  }
  const listed = async (query = "") => {
    const { opt_outs: page, total } = await list(org, query);
    return [...page.map(({ phone }) => phone.slice(-1)), `of ${total}`].join(" ");
  };
  expect(await listed()).toBe("4 3 2 1 of 4");
  expect(await listed("?limit=2")).toBe("4 3 of 4");
  expect(await listed("?limit=2&offset=2")).toBe("2 1 of 4");
  expect(await listed("?offset=9")).toBe("of 4");
  expect(await listed("?phone=%2B14155550102")).toBe("2 of 1");
  expect(await listed("?phone=+14155550102")).toBe("2 of 1");
  expect(await listed("?phone=%2B14155550109")).toBe("of 0");
  for (const query of ["phone=14155550102", "phone=", "phone=%00", "limit=0", "limit=101", "offset=x"]) {
    expect((await request(`${PATH}?${query}`, org.apiKey)).status).toBe(422);
  }
});

test("another organisation's opt-out, and what is no number, is not found", async () => {
  const [org, stranger] = [await createOrganisation(), await createOrganisation()];
  const optOut = await added(org);
  for (const path of [
    ONE,
    `${PATH}/14155550192`,
    `${PATH}/%252B14155550192`,
    `${PATH}/%00`,
    `${PATH}/%zz`,
    `${PATH}/'`,
  ]) {
    expect((await request(path, stranger.apiKey)).status).toBe(404);
    // Even without a reason: that it is not there is said first.
    expect((await remove(stranger, path, "")).status).toBe(404);
  }
  expect(await list(stranger, "?phone=%2B14155550192")).toEqual({ opt_outs: [], total: 0 });
  expect(await list(org)).toEqual({ opt_outs: [optOut], total: 1 });
});

test("to read and to write are two scopes, and to add draws on a bucket of its own", async () => {
  const org = await createOrganisation();
  const reader = { ...org, apiKey: await createKey(org.orgId, ["voice:contacts:read"]) };
  const writer = { ...org, apiKey: await createKey(org.orgId, ["voice:contacts:write"]) };
  const response = await add(writer);
  expect(response.headers.get("ratelimit-policy")).toBe('"create_opt_out";q=20;w=60');
  const read = await request(ONE, reader.apiKey);
  expect([read.status, read.headers.get("ratelimit-policy")]).toEqual([200, '"default";q=600;w=60']);
  for (const refused of [
    await add(reader),
    await remove(reader),
    await request(PATH, writer.apiKey),
    await request(ONE, writer.apiKey),
  ]) {
    expect(await refusal(refused)).toMatchObject({ status: 403, code: "insufficient_scope" });
  }
  expect((await request(PATH, null)).status).toBe(401);
  expect((await list(org)).total).toBe(1);
});

test("no route makes more than two trips to the database", async () => {
  const org = await createOrganisation();
  const trips = (path: string, init?: RequestInit) => tripsOf(path, org.apiKey, init);
  const opting = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ phone: PHONE }),
  };
  expect(await trips(PATH, opting)).toEqual({ status: 201, log: ["batch"] });
  expect(await trips(PATH, opting)).toEqual({ status: 200, log: ["batch"] });
  expect(await trips(`${PATH}?phone=%2B14155550192`)).toEqual({ status: 200, log: ["batch"] });
  expect(await trips(ONE)).toEqual({ status: 200, log: ["query"] });
  const removed = await trips(`${ONE}?reason=x`, { method: "DELETE" });
  expect(removed).toEqual({ status: 204, log: ["query", "batch"] });
});
