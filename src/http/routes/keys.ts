import { z } from "zod";
import {
  changeKeySchema,
  createdKeySchema,
  createKeySchema,
  keyListSchema,
  keySchema,
  listKeysSchema,
} from "../../contract/keys.ts";
import { findNamedKey, listKeys, toKey } from "../../services/keys/read-keys.ts";
import { changeKey, createKey, revokeKey } from "../../services/keys/write-keys.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/keys";
const ONE = `${PATH}/{key_id}` as const;

const params = z.object({ key_id: z.string().meta({ example: "key_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const finds = findObject("namedKey", "key_id", "key", findNamedKey);
const tags: [string] = ["Keys"];
const scope = "voice:admin";

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createKey",
  summary: "Create an API key",
  description: "The answer has the secret as `key`, this once. It is stored nowhere.",
  tags,
  access: { scope, bucket: "create_key" },
  request: { body: { required: true, content: json(createKeySchema) } },
  responses: { 201: { description: "The new key, with its secret.", content: json(createdKeySchema) } },
  secretFields: ["key"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listKeys",
  summary: "List API keys",
  description: "Revoked ones too, with `revoked_at`.",
  tags,
  access: { scope },
  request: { query: listKeysSchema },
  responses: { 200: { description: "A page, newest first.", content: json(keyListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readKey",
  summary: "Read an API key",
  tags,
  access: { scope },
  finds,
  request: { params },
  responses: { 200: { description: "The key, without its secret.", content: json(keySchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeKey",
  summary: "Change an API key",
  description: "A merge patch (RFC 7396). In force within 60 seconds. What a key may do can't be changed.",
  tags,
  access: { scope },
  finds,
  request: { params, body: { required: true, content: json(changeKeySchema) } },
  responses: { 200: { description: "The key as it is now.", content: json(keySchema) } },
  refuses: ["not_found"],
});

const revoke = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "revokeKey",
  summary: "Revoke an API key",
  description: "It is refused everywhere within 60 seconds, and so are the tokens that it made.",
  tags,
  access: { scope },
  finds,
  request: { params },
  responses: { 204: { description: "It is revoked." } },
});

export const keyRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createKey(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    return c.json(created.value, 201, { location: `${PATH}/${created.value.uuid}` });
  })
  .openapi(list, async (c) => c.json(await listKeys(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toKey(c.get("namedKey")), 200))
  .openapi(change, async (c) => {
    const changed = await changeKey(c.get("org"), c.get("namedKey"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(revoke, async (c) => {
    await revokeKey(c.get("org"), c.get("namedKey"));
    return c.body(null, 204);
  });
