import { createTokenSchema, tokenSchema } from "../../contract/tokens.ts";
import { createToken } from "../../services/auth/create-token.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";

const create = apiRoute({
  method: "post",
  path: "/v1/tokens",
  operationId: "createToken",
  withoutAddress: true,
  summary: "Create a token for a player or a socket",
  description:
    "It opens one recording for 60 minutes, or one call's live feed or the board for 5, in the address (`?token=`) " +
    "or as `Authorization: Bearer`. It stands for the key that made it, and ends with it.",
  tags: ["Tokens"],
  access: { scope: "voice:calls:read" },
  request: { body: { required: true, content: { "application/json": { schema: createTokenSchema } } } },
  responses: {
    201: {
      description: "The token, and where to use it.",
      content: { "application/json": { schema: tokenSchema } },
    },
  },
  secretFields: ["token", "url"],
  refuses: ["not_found"],
});

export const tokenRoute = apiRouter().openapi(create, async (c) => {
  const created = await createToken(c.get("org"), c.get("key"), c.req.valid("json"));
  return created.ok ? c.json(created.value, 201) : problem(c, created.error);
});
