// Contacts, as their routes keep them.

import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { expect } from "vitest";
import { contactListSchema, contactSchema, type Contact } from "../../src/contract/contacts.ts";
import { openDb } from "../../src/db/client.ts";
import { contacts } from "../../src/db/schema.ts";
import { post, request } from "./api.ts";
import type { Organisation } from "./organisation.ts";

export const PATH = "/v1/contacts";
export const PHONE = "+14155550192";
export const db = openDb(env.DB);

export const create = (org: Organisation, body: Record<string, unknown>) =>
  post(PATH, org.apiKey, { phone: PHONE, ...body });

export async function created(org: Organisation, body: Record<string, unknown> = {}): Promise<Contact> {
  const response = await create(org, body);
  expect([response.status, response.headers.get("content-type")]).toEqual([201, "application/json"]);
  const contact = contactSchema.parse(await response.json());
  expect(response.headers.get("location")).toBe(`${PATH}/${contact.uuid}`);
  return contact;
}

export const withBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export const change = (org: Organisation, { uuid }: { uuid: string }, body: unknown) =>
  request(`${PATH}/${uuid}`, org.apiKey, withBody("PATCH", body));

export const remove = (org: Organisation, { uuid }: { uuid: string }) =>
  request(`${PATH}/${uuid}`, org.apiKey, { method: "DELETE" });

export async function readOne(org: Organisation, { uuid }: { uuid: string }): Promise<Contact> {
  const response = await request(`${PATH}/${uuid}`, org.apiKey);
  expect(response.status).toBe(200);
  return contactSchema.parse(await response.json());
}

export async function list(org: Organisation, query = "") {
  const response = await request(`${PATH}${query}`, org.apiKey);
  expect(response.status).toBe(200);
  return contactListSchema.parse(await response.json());
}

export const refusal = async (response: Response) => ({
  status: response.status,
  ...(await response.json<{ code: string; detail: string; errors?: { path: string }[] }>()),
});

export const FULL = {
  name: "Priya Kumar",
  email: "priya@example.com",
  tags: ["vip", "north"],
  preferred_language: "pt-BR",
  metadata: { plan: "pro", desks: 3 },
};

export const storedOf = (org: Organisation, phone = PHONE) =>
  db
    .select()
    .from(contacts)
    .where(and(eq(contacts.orgId, org.orgId), eq(contacts.phone, phone)));
