// What /v1/contacts refuses, and whom (contract, part B).

import { describe, expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { post, request } from "../support/api.ts";
import {
  PATH,
  PHONE,
  FULL,
  create,
  created,
  change,
  remove,
  readOne,
  list,
  refusal,
  withBody,
} from "../support/contacts.ts";
import { createKey, createOrganisation } from "../support/organisation.ts";

const NUL = "\u0000";

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const INVALID: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["a phone without +", { phone: "14155550192" }, "phone"],
  ["a phone that can't be", { phone: "+1415555" }, "phone"],
  ["a phone with more behind it", { phone: `${PHONE}'; DROP TABLE contacts; --` }, "phone"],
  ["a phone with U+0000", { phone: `${PHONE}${NUL}` }, "phone"],
  ["a phone in other digits", { phone: "+１４１５５５５０１９２" }, "phone"],
  ["a phone that is null", { phone: null }, "phone"],
  ["an empty name", { name: " " }, "name"],
  ["a name too long", { name: "x".repeat(201) }, "name"],
  ["U+0000 in the name", { name: `a${NUL}b` }, "name"],
  ["a line end in the name", { name: "a\nb" }, "name"],
  ["a lone surrogate in the name", { name: "a\ud800" }, "name"],
  ["no email", { email: "priya" }, "email"],
  ["an email with U+0000", { email: `priya${NUL}@example.com` }, "email"],
  ["an email with a header", { email: "priya@example.com\r\nBcc: all@example.com" }, "email"],
  ["an email too long", { email: `${"a".repeat(250)}@b.co` }, "email"],
  ["tags that are text", { tags: "vip" }, "tags"],
  ["a tag with a comma", { tags: ["a,b"] }, "tags.0"],
  ["an empty tag", { tags: ["ok", ""] }, "tags.1"],
  ["a tag with U+0000", { tags: [`a${NUL}`] }, "tags.0"],
  ["a tag too long", { tags: ["x".repeat(51)] }, "tags.0"],
  ["a tag that is none", { tags: [7] }, "tags.0"],
  ["a tag twice", { tags: ["vip", " vip"] }, "tags"],
  ["too many tags", { tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, "tags"],
  ["no language", { preferred_language: "english please" }, "preferred_language"],
  ["an empty language", { preferred_language: "" }, "preferred_language"],
  ["a language with U+0000", { preferred_language: `en${NUL}` }, "preferred_language"],
  ["a language too long", { preferred_language: `en-${"abcdefgh-".repeat(20)}a` }, "preferred_language"],
  ["metadata that is no object", { metadata: [1] }, "metadata"],
  ["metadata too deep", { metadata: deep(101) }, "metadata"],
  ["U+0000 in a key of metadata", { metadata: { [`a${NUL}`]: 1 } }, "metadata"],
  ["a key of metadata named __proto__", { metadata: JSON.parse('{"__proto__":{"a":1}}') }, "metadata"],
  ["such a key deeper in metadata", { metadata: { a: JSON.parse('{"__proto__":{"a":1}}') } }, "metadata"],
  ["a lone surrogate in metadata", { metadata: { a: "\udc00" } }, "metadata"],
  ["an unknown field", { total_calls: 9 }, "total_calls"],
  ["another unknown field", { opted_out_at: null }, "opted_out_at"],
];

describe("refused, and nothing is changed", () => {
  test.for(INVALID)("%s", async ([, body, path]) => {
    const org = await createOrganisation();
    const refused = await refusal(await create(org, body));
    expect(refused).toMatchObject({ status: 422, code: "validation_failed" });
    expect(refused.errors?.[0]?.path).toBe(path);
    expect(await list(org)).toEqual({ contacts: [], total: 0 });
    const contact = await created(org, FULL);
    expect((await change(org, contact, { ...body, metadata: body["metadata"] ?? { x: 1 } })).status).toBe(
      422,
    );
    expect(await readOne(org, contact)).toEqual(contact);
  });

  test("without a phone; overwrite that is no boolean, or in a change", async () => {
    const org = await createOrganisation();
    expect((await post(PATH, org.apiKey, { name: "X" })).status).toBe(422);
    expect((await create(org, { overwrite: "true" })).status).toBe(422);
    const contact = await created(org);
    expect((await change(org, contact, { overwrite: true })).status).toBe(422);
  });

  test("a number in metadata that would be kept as null", async () => {
    const org = await createOrganisation();
    const contact = await created(org, { metadata: { a: 1 } });
    const body = '{"metadata":{"a":1e999}}';
    const response = await request(`${PATH}/${contact.uuid}`, org.apiKey, { ...withBody("PATCH", {}), body });
    expect(await refusal(response)).toMatchObject({ status: 422, errors: [{ path: "metadata" }] });
    expect(await readOne(org, contact)).toEqual(contact);
  });

  test("a body that is huge, unreadable or no object", async () => {
    const org = await createOrganisation();
    const contact = await created(org);
    expect((await change(org, contact, { metadata: { a: "x".repeat(70_000) } })).status).toBe(413);
    expect((await create(org, { phone: "+14155550193", name: "x".repeat(70_000) })).status).toBe(413);
    for (const [body, status] of [
      ["{", 400],
      ["null", 422],
      ["[]", 422],
      ['"x"', 422],
    ] as const) {
      const init = { ...withBody("PATCH", {}), body };
      expect((await request(`${PATH}/${contact.uuid}`, org.apiKey, init)).status).toBe(status);
      expect((await request(PATH, org.apiKey, { ...init, method: "POST" })).status).toBe(status);
    }
    expect(await list(org)).toEqual({ contacts: [contact], total: 1 });
  });
});

test("another organisation's contact, and what is no contact, is not found", async () => {
  const [org, stranger] = [await createOrganisation(), await createOrganisation()];
  const contact = await created(org, FULL);
  const ids = [
    contact.uuid,
    newId("contact"),
    newId("call"),
    "cst_1",
    contact.uuid.toUpperCase(),
    "%00",
    "'",
  ];
  for (const uuid of ids) {
    expect((await request(`${PATH}/${uuid}`, stranger.apiKey)).status).toBe(404);
    // That it is not there is said before what else is wrong.
    expect((await change(stranger, { uuid }, { phone: 7 })).status).toBe(404);
    expect((await remove(stranger, { uuid })).status).toBe(404);
  }
  expect(await list(stranger, "?search=priya&tags=vip")).toEqual({ contacts: [], total: 0 });
  expect(await readOne(org, contact)).toEqual(contact);
});

test("to read and to write are two scopes", async () => {
  const org = await createOrganisation();
  const contact = await created(org);
  const reader = { ...org, apiKey: await createKey(org.orgId, ["voice:contacts:read"]) };
  const writer = { ...org, apiKey: await createKey(org.orgId, ["voice:contacts:write"]) };
  const path = `${PATH}/${contact.uuid}`;
  for (const [response, scope] of [
    [await create(reader, { overwrite: true }), "voice:contacts:write"],
    [await change(reader, contact, {}), "voice:contacts:write"],
    [await remove(reader, contact), "voice:contacts:write"],
    [await request(PATH, writer.apiKey), "voice:contacts:read"],
    [await request(path, writer.apiKey), "voice:contacts:read"],
  ] as const) {
    expect(await refusal(response)).toMatchObject({ status: 403, detail: `The key lacks ${scope}.` });
  }
  expect((await request(PATH, reader.apiKey)).status).toBe(200);
  for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
    const target = method === "GET" || method === "POST" ? PATH : path;
    expect((await request(target, null, { method })).status).toBe(401);
  }
});

test("to create, to change and to delete draw on one bucket of 60 a minute; to read does not", async () => {
  const made = await createOrganisation();
  const org = {
    ...made,
    apiKey: await createKey(made.orgId, ["voice:contacts:read", "voice:contacts:write"]),
  };
  const contact = await created(org);
  const answers = await Promise.all(Array.from({ length: 90 }, () => change(org, contact, { name: "X" })));
  const refused = answers.filter(({ status }) => status === 429);
  // One a second refills while they are asked.
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get("ratelimit-policy")).toBe('"write_contact";q=60;w=60');
  for (const response of [await create(org, {}), await remove(org, contact)]) {
    expect(response.headers.get("ratelimit-policy")).toBe('"write_contact";q=60;w=60');
  }
  const read = await request(PATH, org.apiKey);
  expect([read.status, read.headers.get("ratelimit-policy")]).toEqual([200, '"default";q=600;w=60']);
});
