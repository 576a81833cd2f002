// PATCH /v1/contacts/{contact_id} (contract, part B).

import { describe, expect, test } from "vitest";
import { optOuts } from "../../src/db/schema.ts";
import { place, read as readCall } from "../support/api.ts";
import {
  PHONE,
  FULL,
  db,
  created,
  change,
  remove,
  readOne,
  list,
  refusal,
  storedOf,
} from "../support/contacts.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

describe("PATCH", () => {
  test("merges metadata by RFC 7396, replaces tags, clears by null and leaves the rest", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { ...FULL, metadata: { a: { b: 1, c: 2 }, list: [1, 2], gone: 1 } });
    const body = { metadata: { a: { b: null, d: 3 }, list: [3], gone: null }, tags: ["south"], email: null };
    const response = await change(org, contact, body);
    expect(response.status).toBe(200);
    const now = { ...contact, metadata: { a: { c: 2, d: 3 }, list: [3] }, tags: ["south"], email: null };
    expect(await response.json()).toEqual(now);
    expect(await readOne(org, contact)).toEqual(now);

    const nothing = await change(org, contact, {});
    expect([nothing.status, await nothing.json()]).toEqual([200, now]);
    const cleared = { name: null, tags: null, preferred_language: null, metadata: null };
    const bare = await change(org, contact, cleared);
    expect(await bare.json()).toEqual({ ...now, ...cleared, tags: [], metadata: {} });
    const filled = await change(org, contact, { metadata: { again: true } });
    expect(await filled.json()).toMatchObject({ metadata: { again: true } });
  });

  test("50 changes of metadata at once: none is lost", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { metadata: { kept: { old: 1 } } });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => change(org, contact, { metadata: { kept: { [`k${i}`]: i } } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const all = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]));
    expect((await readOne(org, contact)).metadata).toEqual({ kept: { old: 1, ...all } });
  });

  test("metadata may grow to 256 KiB and no further, and then nothing else is changed", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { name: "Sam" });
    const part = "x".repeat(60_000);
    for (const key of ["a", "b", "c", "d"]) {
      expect((await change(org, contact, { metadata: { [key]: part } })).status).toBe(200);
    }
    const before = await readOne(org, contact);
    const left = 262_144 - JSON.stringify(before.metadata).length - `,"e":""`.length;
    const over = await change(org, contact, { name: "Other", metadata: { e: "y".repeat(left + 1) } });
    expect(await refusal(over)).toMatchObject({ status: 422, code: "metadata_too_large" });
    expect(await readOne(org, contact)).toEqual(before);
    // In bytes, of which an umlaut has two.
    const umlauts = { metadata: { e: "ü".repeat(Math.ceil((left + 1) / 2)) } };
    expect((await change(org, contact, umlauts)).status).toBe(422);
    expect((await change(org, contact, { metadata: { e: "y".repeat(left) } })).status).toBe(200);
  });

  test("gives a contact another phone, with which it is called from then on", async () => {
    const org = await createOrganisation();
    const contact = await created(org, FULL);
    await db.insert(optOuts).values({ orgId: org.orgId, phone: PHONE, createdAt: 3_000 });
    const moved = await change(org, contact, { phone: "+14155550193" });
    // The opt-out is the number's, and stays with it.
    expect(await moved.json()).toEqual({ ...contact, phone: "+14155550193" });
    expect((await created(org)).opted_out_at).toBe("1970-01-01T00:50:00Z");
    // Its own phone is no other's.
    expect((await change(org, contact, { phone: "+14155550193" })).status).toBe(200);
  });

  test("a phone that another contact has: 409, and nothing is changed", async () => {
    const org = await createOrganisation();
    const contact = await created(org, FULL);
    const other = await created(org, { phone: "+14155550193", name: "Other" });
    const refused = await refusal(
      await change(org, contact, { phone: other.phone, name: "X", metadata: { x: 1 } }),
    );
    expect(refused).toMatchObject({ status: 409, code: "already_exists" });
    expect(JSON.stringify(refused)).not.toMatch(/Other|cst_/);
    expect(await readOne(org, contact)).toEqual(contact);
    expect(await readOne(org, other)).toEqual(other);
  });

  test("a phone whose contact was deleted is free; the deleted one never comes back with it", async () => {
    const org = await createOrganisation();
    const other = await created(org, { phone: "+15005550011", name: "Other" });
    const callId = await place(org, other.phone);
    await until(
      () => readCall(org, callId),
      ({ status }) => status === "ended",
    );
    await remove(org, other);
    const contact = await created(org, FULL);
    expect((await change(org, contact, { phone: other.phone })).status).toBe(200);
    expect(await list(org)).toMatchObject({ contacts: [{ uuid: contact.uuid, total_calls: 0 }], total: 1 });
    // The old call keeps its contact.
    expect((await readCall(org, callId)).contact_uuid).toBe(other.uuid);
    await place(org, other.phone);
    expect(await list(org)).toMatchObject({ contacts: [{ uuid: contact.uuid, total_calls: 1 }], total: 1 });
  });

  test("two contacts that want one phone at once: one gets it", async () => {
    const org = await createOrganisation();
    const pair = [await created(org), await created(org, { phone: "+14155550193" })];
    const answers = await Promise.all(pair.map((contact) => change(org, contact, { phone: "+14155550194" })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const phones = (await list(org)).contacts.map(({ phone }) => phone);
    expect(phones.filter((phone) => phone === "+14155550194")).toHaveLength(1);
  });

  test("a change and a deletion at once: what is deleted stays empty", async () => {
    const org = await createOrganisation();
    const contact = await created(org, FULL);
    const [deleted, ...changes] = await Promise.all([
      remove(org, contact),
      ...Array.from({ length: 10 }, (_, i) => change(org, contact, { name: `N${i}`, metadata: { i } })),
    ]);
    expect(deleted?.status).toBe(204);
    for (const { status } of changes) expect([200, 404]).toContain(status);
    expect(await storedOf(org)).toMatchObject([{ name: null, metadata: null }]);
  });
});
