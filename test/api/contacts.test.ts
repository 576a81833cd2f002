// /v1/contacts: what is created, and deleted (contract, part B).

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { contactSchema } from "../../src/contract/contacts.ts";
import { contacts, idempotencyKeys, optOuts } from "../../src/db/schema.ts";
import { place, post, read as readCall, request } from "../support/api.ts";
import {
  PATH,
  PHONE,
  FULL,
  db,
  create,
  created,
  change,
  remove,
  readOne,
  list,
  refusal,
  withBody,
  storedOf,
} from "../support/contacts.ts";
import { tripsOf } from "../support/d1-trips.ts";
import { CALLER, callIn, createDesk } from "../support/inbound.ts";
import { createOrganisation } from "../support/organisation.ts";

const NUL = "\u0000";

describe("POST", () => {
  test("creates a contact with what it lacks, which is read and listed as it is answered", async () => {
    const org = await createOrganisation();
    const contact = await created(org);
    expect(contact).toEqual({
      uuid: expect.stringMatching(/^cst_/),
      phone: PHONE,
      name: null,
      email: null,
      tags: [],
      preferred_language: null,
      metadata: {},
      total_calls: 0,
      last_contact: null,
      opted_out_at: null,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(Math.abs(Date.parse(contact.created_at) - Date.now())).toBeLessThan(60_000);
    expect(await readOne(org, contact)).toEqual(contact);
    expect(await list(org)).toEqual({ contacts: [contact], total: 1 });
  });

  test("takes every field, a name trimmed and a language in its canonical spelling", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { ...FULL, name: "  Priya Kumar ", preferred_language: "PT-br" });
    expect(contact).toMatchObject(FULL);
    expect(await readOne(org, contact)).toEqual(contact);
  });

  test("null is as if the field were not named; in metadata too, as where calls merge it", async () => {
    const org = await createOrganisation();
    const nothing = { name: null, email: null, tags: null, preferred_language: null, metadata: null };
    expect(await created(org, nothing)).toMatchObject({ ...nothing, tags: [], metadata: {} });
    const other = await created(org, {
      phone: "+14155550193",
      metadata: { a: null, b: { c: null, d: [null] } },
    });
    expect(other.metadata).toEqual({ b: { d: [null] } });
  });

  test("a phone that has a contact: 409, which tells nothing of it and changes nothing", async () => {
    const org = await createOrganisation();
    const contact = await created(org, FULL);
    const refused = await refusal(await create(org, { name: "Other", overwrite: false }));
    expect(refused).toMatchObject({ status: 409, code: "already_exists" });
    expect(JSON.stringify(refused)).not.toMatch(/Priya|cst_|4155550192/);
    expect(await readOne(org, contact)).toEqual(contact);
  });

  test("the same phone is another contact in another organisation", async () => {
    const [one, other] = [await createOrganisation(), await createOrganisation()];
    const first = await created(one, { name: "One" });
    const second = await created(other, { name: "Other", overwrite: true });
    expect(second.uuid).not.toBe(first.uuid);
    expect(await readOne(one, first)).toEqual(first);
  });

  test("with overwrite, replaces the given fields alone: calls, age, id and opt-out stay", async () => {
    const org = await createOrganisation();
    const { uuid } = await created(org, FULL);
    await db
      .update(contacts)
      .set({ createdAt: 1_000, totalCalls: 7, lastContact: 2_000 })
      .where(eq(contacts.id, uuid));
    await db.insert(optOuts).values({ orgId: org.orgId, phone: PHONE, createdAt: 3_000 });
    const response = await create(org, { overwrite: true, metadata: { other: 1 }, email: null, name: "P." });
    expect(response.status).toBe(200);
    expect(response.headers.get("location")).toBeNull();
    const now = {
      ...FULL,
      uuid,
      phone: PHONE,
      name: "P.",
      email: null,
      metadata: { other: 1 },
      total_calls: 7,
      last_contact: "1970-01-01T00:33:20Z",
      opted_out_at: "1970-01-01T00:50:00Z",
      created_at: "1970-01-01T00:16:40Z",
    };
    expect(await response.json()).toEqual(now);
    expect(await readOne(org, { uuid })).toEqual(now);
    // Nothing given is nothing replaced.
    const nothing = await create(org, { overwrite: true });
    expect([nothing.status, await nothing.json()]).toEqual([200, now]);
  });

  test("with overwrite, creates what is not there", async () => {
    const org = await createOrganisation();
    expect(await created(org, { ...FULL, overwrite: true })).toMatchObject(FULL);
  });

  test.for([false, true])(
    "of a deleted contact (overwrite: %s) brings back its calls alone",
    async (overwrite) => {
      const org = await createOrganisation();
      const contact = await created(org, FULL);
      await db.update(contacts).set({ totalCalls: 7 }).where(eq(contacts.id, contact.uuid));
      expect((await remove(org, contact)).status).toBe(204);
      const back = await created(org, { name: "New", overwrite });
      expect(back).toEqual({
        ...contact,
        name: "New",
        email: null,
        tags: [],
        preferred_language: null,
        metadata: {},
        total_calls: 7,
      });
      expect(await list(org)).toEqual({ contacts: [back], total: 1 });
    },
  );

  test("20 of one phone at once: one is created, the others are refused", async () => {
    const org = await createOrganisation();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => create(org, { name: `N${i}` })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const winner = await answers[statuses.indexOf(201)]?.json();
    expect(await list(org)).toEqual({ contacts: [winner], total: 1 });
  });

  test("20 overwrites of one phone at once: one creates, and no field of any is lost", async () => {
    const org = await createOrganisation();
    const fields = [{ name: "N" }, { email: "e@example.com" }, { tags: ["t"] }, { preferred_language: "de" }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => create(org, { ...fields[i % 4], overwrite: true })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    const { contacts: all, total } = await list(org);
    expect(total).toBe(1);
    expect(all[0]).toMatchObject({
      name: "N",
      email: "e@example.com",
      tags: ["t"],
      preferred_language: "de",
    });
  });

  test("an Idempotency-Key gives the first answer again", async () => {
    const org = await createOrganisation();
    const send = () =>
      request(PATH, org.apiKey, {
        ...withBody("POST", { phone: PHONE }),
        headers: { "content-type": "application/json", "idempotency-key": "abc" },
      });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await again.json()).toEqual(await first.json());
  });
});

test("what looks like SQL, markup or any script is text", async () => {
  const org = await createOrganisation();
  const odd = {
    name: `Robert'); DROP TABLE contacts;-- "<b>" \\ % _ 🤖 محمد 山田`,
    email: "o'brien+tag_x@example.com",
    tags: [`'; DELETE FROM contacts; --`, `"]`, "🏷️", "null", "1"],
    metadata: { "'; --": `"}`, "a.b": { "$[0]": `nul:${NUL}` }, "": [], "🤖": 1e21, constructor: { x: 1 } },
  };
  const contact = await created(org, odd);
  expect(contact).toMatchObject(odd);
  expect(await readOne(org, contact)).toEqual(contact);
  for (const name of ["'); drop", `"<b>"`, "\\ % _", "🤖", "محمد", "田"]) {
    expect((await list(org, `?search=${encodeURIComponent(name)}`)).total).toBe(1);
  }
  for (const tag of odd.tags) expect((await list(org, `?tags=${encodeURIComponent(tag)}`)).total).toBe(1);
  const patched = await change(org, contact, {
    metadata: { "a.b": { "$[0]": null, '"': 2 }, constructor: null },
  });
  expect(contactSchema.parse(await patched.json()).metadata).toEqual({
    "'; --": `"}`,
    "a.b": { '"': 2 },
    "": [],
    "🤖": 1e21,
  });
});

describe("DELETE", () => {
  test("erases the person, hides the contact and leaves opt-out and calls", async () => {
    const org = await createOrganisation();
    const contact = await created(org, FULL);
    await db.update(contacts).set({ totalCalls: 7 }).where(eq(contacts.id, contact.uuid));
    await db.insert(optOuts).values({ orgId: org.orgId, phone: PHONE, createdAt: 3_000 });
    const response = await remove(org, contact);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    const [row] = await storedOf(org);
    expect(row).toMatchObject({
      name: null,
      email: null,
      tags: null,
      preferredLanguage: null,
      metadata: null,
      totalCalls: 7,
    });
    expect(row?.deletedAt).toBeGreaterThan(0);
    expect(await list(org)).toEqual({ contacts: [], total: 0 });
    expect((await request(`${PATH}/${contact.uuid}`, org.apiKey)).status).toBe(404);
    expect((await change(org, contact, { name: "X" })).status).toBe(404);
    expect((await remove(org, contact)).status).toBe(404);
    expect(await created(org)).toMatchObject({ opted_out_at: "1970-01-01T00:50:00Z" });
  });

  test("takes along what was answered to those who made it, and nothing else that was", async () => {
    const org = await createOrganisation();
    const kept = async (key: string, body: Record<string, unknown>) => {
      const init = withBody("POST", body);
      const headers = { ...init.headers, "idempotency-key": key };
      const response = await request(PATH, org.apiKey, { ...init, headers });
      return contactSchema.parse(await response.json());
    };
    const contact = await kept("made", { ...FULL, phone: PHONE });
    await kept("overwritten", { phone: PHONE, name: "Sam", overwrite: true });
    await kept("another", { phone: "+14155550193", metadata: { uuid: contact.uuid } });
    expect((await remove(org, contact)).status).toBe(204);
    const left = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.orgId, org.orgId));
    expect(left.map(({ key }) => key)).toEqual(["another"]);
    expect(await kept("made", { ...FULL, phone: PHONE, name: "Back" })).toMatchObject({ name: "Back" });
  });

  test("A1 brings the contact back with what it says itself", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { ...FULL, phone: "+15005550001" });
    await remove(org, contact);
    const callId = await place(org, contact.phone, { contact_name: "Sam", metadata: { a: 1 } });
    expect((await readCall(org, callId)).contact_uuid).toBe(contact.uuid);
    expect(await readOne(org, contact)).toEqual({
      ...contact,
      name: "Sam",
      email: null,
      tags: [],
      preferred_language: null,
      metadata: { a: 1 },
      total_calls: 1,
      last_contact: expect.stringMatching(/Z$/),
    });
  });

  test("a call that A1 refuses does not bring it back", async () => {
    const org = await createOrganisation();
    const contact = await created(org);
    await remove(org, contact);
    await db.insert(optOuts).values({ orgId: org.orgId, phone: PHONE, createdAt: 3_000 });
    const refused = await post("/v1/calls", org.apiKey, { to: PHONE, campaign_id: org.campaignId });
    expect(refused.status).toBe(409);
    expect((await list(org)).total).toBe(0);
  });

  test("a call that comes in brings the contact back, empty", async () => {
    const org = await createDesk();
    const contact = await created(org, { ...FULL, phone: CALLER });
    await remove(org, contact);
    expect((await callIn(org)).status).toBe(200);
    expect(await readOne(org, contact)).toMatchObject({ name: null, metadata: {}, total_calls: 1 });
    const [call] = (
      await (
        await request("/v1/calls", org.apiKey)
      ).json<{ calls: { uuid: string; contact_uuid: string }[] }>()
    ).calls;
    expect(call?.contact_uuid).toBe(contact.uuid);
    await env.CALL_SESSION.getByName(call?.uuid ?? "").requestEnd("workflow_close");
  });
});

test("no route makes more than two trips to the database", async () => {
  const org = await createOrganisation();
  const contact = await created(org);
  const path = `${PATH}/${contact.uuid}`;
  const trips = (to: string, init?: RequestInit) => tripsOf(to, org.apiKey, init);
  const one = (body: unknown) => withBody("POST", body);
  expect(await trips(PATH, one({ phone: "+14155550193" }))).toEqual({ status: 201, log: ["query"] });
  expect(await trips(PATH, one({ phone: PHONE }))).toEqual({ status: 409, log: ["query"] });
  expect(await trips(PATH, one({ phone: PHONE, overwrite: true }))).toEqual({ status: 200, log: ["batch"] });
  expect(await trips(`${PATH}?search=a&tags=b`)).toEqual({ status: 200, log: ["batch"] });
  expect(await trips(path)).toEqual({ status: 200, log: ["query"] });
  const patch = (body: unknown) => trips(path, withBody("PATCH", body));
  expect(await patch({ metadata: { a: 1 } })).toEqual({ status: 200, log: ["query", "batch"] });
  expect(await patch({ phone: "+14155550193" })).toEqual({ status: 409, log: ["query", "batch"] });
  expect(await trips(path, { method: "DELETE" })).toEqual({ status: 204, log: ["query", "batch"] });
});
