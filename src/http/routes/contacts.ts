import { z } from "zod";
import {
  changeContactSchema,
  contactListSchema,
  contactSchema,
  createContactSchema,
  listContactsSchema,
} from "../../contract/contacts.ts";
import { findNamedContact, listContacts, toContact } from "../../services/contacts/read-contacts.ts";
import { changeContact, createContact, deleteContact } from "../../services/contacts/write-contacts.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/contacts";
const ONE = `${PATH}/{contact_id}` as const;

const params = z.object({ contact_id: z.string().meta({ example: "cst_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const finds = findObject("contact", "contact_id", "contact", findNamedContact);
const tags: [string] = ["Contacts"];
const writes = { scope: "voice:contacts:write", bucket: "write_contact" } as const;

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createContact",
  summary: "Create a contact",
  description:
    "A phone has one contact. If there is one already, it is refused, or with `overwrite` its given fields are " +
    "replaced. A deleted contact comes back with the new fields only, and the calls it had.",
  tags,
  access: writes,
  request: { body: { required: true, content: json(createContactSchema) } },
  responses: {
    200: { description: "The contact that was there, overwritten.", content: json(contactSchema) },
    201: { description: "The new contact.", content: json(contactSchema) },
  },
  refuses: ["already_exists"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listContacts",
  summary: "List contacts",
  tags,
  access: { scope: "voice:contacts:read" },
  request: { query: listContactsSchema },
  responses: { 200: { description: "A page, newest first.", content: json(contactListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readContact",
  summary: "Read a contact",
  tags,
  access: { scope: "voice:contacts:read" },
  finds,
  request: { params },
  responses: { 200: { description: "The contact.", content: json(contactSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeContact",
  summary: "Change a contact",
  description: "A merge patch (RFC 7396): `metadata` is merged, `tags` are replaced, null clears a field.",
  tags,
  access: writes,
  finds,
  request: { params, body: { required: true, content: json(changeContactSchema) } },
  responses: { 200: { description: "The contact as it is now.", content: json(contactSchema) } },
  refuses: ["not_found", "already_exists", "metadata_too_large"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteContact",
  summary: "Delete a contact",
  description:
    "Erases what is known of the person. Calls, and an opt-out of the number, stay; the next call brings the " +
    "contact back, empty.",
  tags,
  access: writes,
  finds,
  request: { params },
  responses: { 204: { description: "It is gone." } },
  refuses: ["not_found"],
});

export const contactRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createContact(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    const { isNew, contact } = created.value;
    return isNew ? c.json(contact, 201, { location: `${PATH}/${contact.uuid}` }) : c.json(contact, 200);
  })
  .openapi(list, async (c) => c.json(await listContacts(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toContact(c.get("contact")), 200))
  .openapi(change, async (c) => {
    const changed = await changeContact(c.get("org"), c.get("contact"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    const deleted = await deleteContact(c.get("org"), c.get("contact"));
    return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
  });
