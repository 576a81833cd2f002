import { placeCallSchema, placedCallSchema } from "../../contract/calls.ts";
import { placeCall } from "../../services/calls/place-call.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";

const route = apiRoute({
  method: "post",
  path: "/v1/calls",
  operationId: "placeCall",
  summary: "Place one outbound call at once",
  tags: ["Calls"],
  access: { scope: "voice:calls:write", bucket: "place_call" },
  request: { body: { required: true, content: { "application/json": { schema: placeCallSchema } } } },
  responses: {
    201: {
      description: "The call was accepted; nobody has been called yet.",
      content: { "application/json": { schema: placedCallSchema } },
    },
  },
  refuses: [
    "campaign_not_found",
    "campaign_inbound",
    "campaign_not_active",
    "agent_inactive",
    "campaign_without_number",
    "contact_opted_out",
    "number_in_call",
    "destination_not_allowed",
    "metadata_too_large",
  ],
});

export const placeCallRoute = apiRouter().openapi(route, async (c) => {
  const placed = await placeCall(c.get("org"), c.req.valid("json"));
  if (!placed.ok) {
    const mayComeAgain = placed.error.code === "idempotency_in_progress";
    return problem(c, placed.error, mayComeAgain ? { "retry-after": "1" } : {});
  }
  return c.json(placed.value, 201, { location: `/v1/calls/${placed.value.call_uuid}` });
});
