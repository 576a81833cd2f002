import { z } from "zod";
import {
  changeHumanSchema,
  createHumanSchema,
  humanListSchema,
  humanSchema,
  listHumansSchema,
} from "../../contract/queues.ts";
import { listHumans, toHuman } from "../../services/queues/read-humans.ts";
import { addHuman, changeHuman, removeHuman } from "../../services/queues/write-humans.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireHuman, requireQueue } from "../require-human.ts";

const PATH = "/v1/queues/{name}/agents";
const ONE = `${PATH}/{agent_id}` as const;

const queueParams = z.object({ name: z.string().meta({ example: "sales_specialist" }) });
const params = queueParams.extend({
  agent_id: z.string().meta({ example: "hum_01k4v4n5r7f0a9d8c3b2e1h6jm" }),
});
const tags: [string] = ["Human queues"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createHumanAgent",
  summary: "Add a person to a queue",
  description:
    "Reached by exactly one of `phone` and `sip`. A phone must be of a country that the organisation's " +
    "`allowed_countries` lets be called; what a SIP address leads to is the organisation's own affair.",
  tags,
  access: { scope: "voice:queues:write", bucket: "create_human_agent" },
  finds: requireQueue,
  request: { params: queueParams, body: { required: true, content: json(createHumanSchema) } },
  responses: { 201: { description: "The new person of the queue.", content: json(humanSchema) } },
  refuses: ["not_found", "already_exists", "destination_not_allowed"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listHumanAgents",
  summary: "List who is in a queue",
  tags,
  access: { scope: "voice:queues:read" },
  finds: requireQueue,
  request: { params: queueParams, query: listHumansSchema },
  responses: { 200: { description: "A page, oldest first.", content: json(humanListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readHumanAgent",
  summary: "Read a person of a queue",
  tags,
  access: { scope: "voice:queues:read" },
  finds: requireHuman,
  request: { params },
  responses: { 200: { description: "The person.", content: json(humanSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeHumanAgent",
  summary: "Change a person of a queue",
  description:
    "A merge patch (RFC 7396); a new address takes the place of the one before, of whichever kind that was. A call " +
    "that they were offered already stays theirs, whatever their presence becomes. A phone must be of a country that " +
    "the organisation's `allowed_countries` lets be called.",
  tags,
  access: { scope: "voice:queues:write" },
  finds: requireHuman,
  request: { params, body: { required: true, content: json(changeHumanSchema) } },
  responses: { 200: { description: "The person as they are now.", content: json(humanSchema) } },
  refuses: ["not_found", "already_exists", "destination_not_allowed"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteHumanAgent",
  summary: "Remove a person from a queue",
  description: "Refused while they are offered a call or talk to a caller.",
  tags,
  access: { scope: "voice:queues:write" },
  finds: requireHuman,
  request: { params },
  responses: { 204: { description: "They are gone." } },
  refuses: ["in_use"],
});

export const humanRoutes = apiRouter()
  .openapi(create, async (c) => {
    const added = await addHuman(c.get("org"), c.get("queue"), c.req.valid("json"));
    if (!added.ok) return problem(c, added.error);
    return c.json(added.value, 201, {
      location: `/v1/queues/${added.value.queue}/agents/${added.value.uuid}`,
    });
  })
  .openapi(list, async (c) =>
    c.json(await listHumans(c.get("org"), c.get("queue"), c.req.valid("query")), 200),
  )
  .openapi(read, async (c) => c.json(toHuman(c.get("queue"), c.get("human")), 200))
  .openapi(change, async (c) => {
    const changed = await changeHuman(c.get("org"), c.get("queue"), c.get("human"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    const removed = await removeHuman(c.get("org"), c.get("queue"), c.get("human"));
    return removed.ok ? c.body(null, 204) : problem(c, removed.error);
  });
