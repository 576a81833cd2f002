import { availabilityQuerySchema, availabilitySchema } from "../../contract/queues.ts";
import { readAvailability } from "../../services/queues/read-availability.ts";
import { findNamedQueue } from "../../services/queues/read-queues.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { findSurely } from "../open-database.ts";
import { problem } from "../problem.ts";

const route = apiRoute({
  method: "get",
  path: "/api/voice/calls/agent-availability",
  operationId: "readAgentAvailability",
  summary: "Read whether a human agent is available",
  description: "Advisory: nobody is reserved by it.",
  tags: ["Workflow actions"],
  access: { scope: "voice:calls:read", bucket: "agent_availability" },
  request: { query: availabilityQuerySchema },
  responses: {
    200: {
      description: "How the queue stands at this moment.",
      content: { "application/json": { schema: availabilitySchema } },
    },
  },
  refuses: ["queue_not_found"],
});

const QUEUE_NOT_FOUND = {
  code: "queue_not_found",
  detail: "The organisation has no queue of this name.",
} as const;

export const availabilityRoute = apiRouter().openapi(route, async (c) => {
  const queue = await findSurely(c, (org) => findNamedQueue(org, c.req.valid("query").target));
  if (queue === null) return problem(c, QUEUE_NOT_FOUND);
  return c.json(await readAvailability(c.get("org"), queue), 200);
});
