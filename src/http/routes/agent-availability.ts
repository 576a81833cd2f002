import { availabilityQuerySchema, availabilitySchema } from "../../contract/queues.ts";
import { readAvailability } from "../../services/queues/read-availability.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
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

export const availabilityRoute = apiRouter().openapi(route, async (c) => {
  const read = await readAvailability(c.get("org"), c.req.valid("query").target);
  return read.ok ? c.json(read.value, 200) : problem(c, read.error);
});
