import { z } from "zod";
import {
  changeQueueSchema,
  createQueueSchema,
  listQueuesSchema,
  queueListSchema,
  queueSchema,
} from "../../contract/queues.ts";
import { listQueues, toQueue } from "../../services/queues/read-queues.ts";
import { changeQueue, createQueue, deleteQueue } from "../../services/queues/write-queues.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireQueue } from "../require-human.ts";

const PATH = "/v1/queues";
const ONE = `${PATH}/{name}` as const;

const params = z.object({ name: z.string().meta({ example: "sales_specialist" }) });
const tags: [string] = ["Human queues"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createQueue",
  summary: "Create a queue of people who take calls over",
  tags,
  access: { scope: "voice:queues:write", bucket: "create_queue" },
  request: { body: { required: true, content: json(createQueueSchema) } },
  responses: { 201: { description: "The new queue, nobody in it yet.", content: json(queueSchema) } },
  refuses: ["already_exists"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listQueues",
  summary: "List queues",
  tags,
  access: { scope: "voice:queues:read" },
  request: { query: listQueuesSchema },
  responses: { 200: { description: "A page, newest first.", content: json(queueListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readQueue",
  summary: "Read a queue",
  tags,
  access: { scope: "voice:queues:read" },
  finds: requireQueue,
  request: { params },
  responses: { 200: { description: "The queue.", content: json(queueSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeQueue",
  summary: "Change how calls of a queue are accepted",
  description: "A call that somebody was offered already goes on as it began.",
  tags,
  access: { scope: "voice:queues:write" },
  finds: requireQueue,
  request: { params, body: { required: true, content: json(changeQueueSchema) } },
  responses: { 200: { description: "The queue as it is now.", content: json(queueSchema) } },
  refuses: ["not_found"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteQueue",
  summary: "Delete a queue and who is in it",
  description: "Refused while a call is offered or bridged to somebody of it, or a campaign names it.",
  tags,
  access: { scope: "voice:queues:write" },
  finds: requireQueue,
  request: { params },
  responses: { 204: { description: "It is gone." } },
  refuses: ["in_use"],
});

export const queueRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createQueue(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    return c.json(created.value, 201, { location: `${PATH}/${created.value.name}` });
  })
  .openapi(list, async (c) => c.json(await listQueues(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toQueue(c.get("queue")), 200))
  .openapi(change, async (c) => {
    const changed = await changeQueue(c.get("org"), c.get("queue"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    const deleted = await deleteQueue(c.get("org"), c.get("queue"));
    return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
  });
