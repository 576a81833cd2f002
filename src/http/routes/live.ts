import { z } from "zod";
import { liveMessageSchema } from "../../contract/live.ts";
import { isId } from "../../lib/ids.ts";
import { watchCall } from "../../services/calls/watch-call.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { cursorSchema } from "../cursor.ts";
import { findSurely } from "../open-database.ts";
import { notFound } from "../problem.ts";
import { upgradeToCall } from "../upgrade.ts";
import { refuseField } from "../validation.ts";

const route = apiRoute({
  method: "get",
  path: "/ws/live/{call_uuid}",
  operationId: "watchCall",
  summary: "Watch a call as it happens, over a WebSocket",
  description:
    "The server sends one JSON object a message, as `x-websocket-message` says: `start` once, then `status` and `transcript` as they come, `end` last. Who joins late is told what went before; who comes again names the `cursor` of the last message seen. What clients send is not read, but a text `ping` is answered by `pong`.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read", token: { purpose: "live", parameter: "call_uuid" } },
  request: { params: z.object({ call_uuid: z.string() }) },
  parameters: [
    {
      name: "cursor",
      in: "query",
      required: false,
      description: "The cursor of the last message that was seen; only later ones are sent.",
      schema: { type: "string", pattern: "^\\d{1,15}$" },
    },
  ],
  responses: {
    101: { description: "The socket is open." },
  },
  "x-websocket-message": liveMessageSchema,
  refuses: ["not_found", "validation_failed", "upgrade_required"],
});

export const liveRoute = apiRouter().openapi(route, async (c) => {
  const { call_uuid: callId } = c.req.valid("param");
  const watch = isId("call", callId)
    ? await findSurely(c, (org) => watchCall(org, c.get("key"), callId))
    : null;
  if (watch === null) return notFound(c, "call");
  const cursor = cursorSchema.safeParse(c.req.query("cursor"));
  if (!cursor.success) return refuseField(c, "cursor", cursor.error);
  return upgradeToCall(c, watch.session, watch.targetAt(cursor.data));
});
