import { z } from "zod";
import { typedActSchema, typedSchema } from "../../contract/typed-person.ts";
import { actAsCustomer } from "../../services/calls/act-as-customer.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireCall } from "../require-call.ts";

const route = apiRoute({
  method: "post",
  path: "/v1/calls/{call_uuid}/typed",
  operationId: "typeForCustomer",
  summary: "Say, press or hang up what is typed for the customer",
  description:
    "Tries an agent by typing: for a live call whose customer is the sandbox carrier's typed person (`+15005550080`). " +
    "Who is on the line of any other call speaks for itself, and there is nothing here.",
  tags: ["Calls"],
  access: { scope: "voice:calls:write" },
  finds: requireCall,
  request: {
    params: z.object({ call_uuid: z.string() }),
    body: { required: true, content: json(typedActSchema) },
  },
  responses: { 200: { description: "It is said or done.", content: json(typedSchema) } },
  refuses: ["not_found", "call_not_active"],
});

export const typedPersonRoute = apiRouter().openapi(route, async (c) => {
  const acted = await actAsCustomer(c.get("org"), c.get("call"), c.req.valid("json"));
  if (acted.ok) return c.json(acted.value, 200);
  return problem(c, acted.error, acted.error.code === "unavailable" ? { "retry-after": "5" } : {});
});
