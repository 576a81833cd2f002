import { z } from "zod";
import {
  addOptOutSchema,
  listOptOutsSchema,
  optOutListSchema,
  optOutSchema,
  removeOptOutSchema,
} from "../../contract/opt-outs.ts";
import {
  addOptOut,
  findNamedOptOut,
  listOptOuts,
  removeOptOut,
  toOptOut,
} from "../../services/opt-outs/opt-outs.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/opt-outs";
const ONE = `${PATH}/{phone}` as const;

const params = z.object({ phone: z.string().meta({ example: "+14155550192" }) });
const finds = findObject("optOut", "phone", "opt-out", findNamedOptOut);
const tags: [string] = ["Opt-outs"];

const add = apiRoute({
  method: "post",
  path: PATH,
  operationId: "addOptOut",
  summary: "Opt a number out",
  description:
    "The organisation calls it no more: new calls are refused, those that wait for their turn end " +
    "`failed` with `contact_opted_out`, and recordings of it are withheld.",
  tags,
  access: { scope: "voice:contacts:write", bucket: "create_opt_out" },
  request: { body: { required: true, content: json(addOptOutSchema) } },
  responses: {
    200: {
      description: "It was opted out already: as it was, with its first reason.",
      content: json(optOutSchema),
    },
    201: { description: "The new opt-out.", content: json(optOutSchema) },
  },
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listOptOuts",
  summary: "List opt-outs",
  tags,
  access: { scope: "voice:contacts:read" },
  request: { query: listOptOutsSchema },
  responses: { 200: { description: "A page, newest first.", content: json(optOutListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readOptOut",
  summary: "Read a number's opt-out",
  tags,
  access: { scope: "voice:contacts:read" },
  finds,
  request: { params },
  responses: { 200: { description: "The opt-out.", content: json(optOutSchema) } },
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "removeOptOut",
  summary: "Remove a number's opt-out",
  description: "The number may be called again.",
  tags,
  access: { scope: "voice:contacts:write" },
  finds,
  request: { params, query: removeOptOutSchema },
  responses: { 204: { description: "It is gone." } },
  refuses: ["not_found"],
});

export const optOutRoutes = apiRouter()
  .openapi(add, async (c) => {
    const { isNew, optOut } = await addOptOut(c.get("org"), c.req.valid("json"));
    if (!isNew) return c.json(optOut, 200);
    return c.json(optOut, 201, { location: `${PATH}/${encodeURIComponent(optOut.phone)}` });
  })
  .openapi(list, async (c) => c.json(await listOptOuts(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toOptOut(c.get("optOut")), 200))
  .openapi(remove, async (c) => {
    const removed = await removeOptOut(c.get("org"), c.get("optOut"), c.req.valid("query"));
    return removed.ok ? c.body(null, 204) : problem(c, removed.error);
  });
