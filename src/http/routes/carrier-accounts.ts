import { z } from "zod";
import {
  carrierListSchema,
  carrierSchema,
  changeCarrierSchema,
  createCarrierSchema,
  createdCarrierSchema,
  listCarriersSchema,
} from "../../contract/carrier-accounts.ts";
import { findNamedCarrier, listCarriers, toCarrier } from "../../services/carriers/read-carriers.ts";
import { changeCarrier, createCarrier, deleteCarrier } from "../../services/carriers/write-carriers.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/carriers";
const ONE = `${PATH}/{carrier_id}` as const;

const params = z.object({ carrier_id: z.string().meta({ example: "car_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const finds = findObject("carrier", "carrier_id", "carrier account", findNamedCarrier);
const tags: [string] = ["Carrier accounts"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createCarrier",
  summary: "Add a carrier account",
  description:
    "A sandbox account that comes without `account_sid` and `auth_token` is made on the spot, and its `auth_token` " +
    "answered this once. Any other answer has null there. Point the voice webhook of each number at `inbound_url` for it to take calls.",
  tags,
  access: { scope: "voice:admin", bucket: "create_carrier" },
  request: { body: { required: true, content: json(createCarrierSchema) } },
  responses: { 201: { description: "The new carrier account.", content: json(createdCarrierSchema) } },
  secretFields: ["auth_token"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listCarriers",
  summary: "List carrier accounts",
  tags,
  access: { scope: "voice:admin" },
  request: { query: listCarriersSchema },
  responses: { 200: { description: "A page, newest first.", content: json(carrierListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readCarrier",
  summary: "Read a carrier account",
  tags,
  access: { scope: "voice:admin" },
  finds,
  request: { params },
  responses: { 200: { description: "The carrier account.", content: json(carrierSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeCarrier",
  summary: "Change a carrier account",
  description:
    "A merge patch (RFC 7396); `numbers` replaces the list, and a number that a campaign has can't be removed " +
    "(409 `in_use`). An `api_base_url` at another host needs the `auth_token` anew, so that a stored token is never sent " +
    "where it does not belong; null, the carrier's own, does not. Calls that live keep the account as it was; callbacks " +
    "are checked against a new token within 60 seconds.",
  tags,
  access: { scope: "voice:admin" },
  finds,
  request: { params, body: { required: true, content: json(changeCarrierSchema) } },
  responses: { 200: { description: "The carrier account as it is now.", content: json(carrierSchema) } },
  refuses: ["not_found", "in_use"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteCarrier",
  summary: "Remove a carrier account",
  description:
    "Refused while a campaign has it or a call of it lives (409 `in_use`). Its token is erased, so what it has not " +
    "delivered by then, a recording perhaps, is lost.",
  tags,
  access: { scope: "voice:admin" },
  finds,
  request: { params },
  responses: { 204: { description: "It is gone." } },
  refuses: ["not_found", "in_use"],
});

export const carrierAccountRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createCarrier(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    return c.json(created.value, 201, { location: `${PATH}/${created.value.uuid}` });
  })
  .openapi(list, async (c) => c.json(await listCarriers(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toCarrier(c.get("carrier"), c.get("org").config), 200))
  .openapi(change, async (c) => {
    const changed = await changeCarrier(c.get("org"), c.get("carrier"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    const deleted = await deleteCarrier(c.get("org"), c.get("carrier"));
    return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
  });
