import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { watchCall } from "../../services/calls/watch-call.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { cursorSchema } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { upgradeToCall } from "../upgrade.ts";
import { refuseField } from "../validation.ts";

const live = apiRoute({
  method: "get",
  path: "/ws/live/{call_uuid}",
  operationId: "watchCall",
  summary: "Watch a call as it happens over a WebSocket",
  description:
    "Who joins late is told the last 200 messages of the last ten minutes; who reconnects names the last `cursor` it " +
    "saw and misses nothing.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read", token: { purpose: "live", parameter: "call_uuid" } },
  request: {
    params: z.object({ call_uuid: z.string() }),
    // Judged in the handler: that there is no such call comes before that there is no such cursor.
    query: z.object({
      cursor: z.string().default("0").meta({ description: "That of the last message you have seen" }),
      token: z.string().optional(),
    }),
  },
  responses: {
    101: { description: "The socket. Its messages are JSON: `start`, `transcript`, `status`, `end`." },
  },
  refuses: [404, 422, 426],
});

export const liveRoute = apiRouter().openapi(live, async (c) => {
  const { call_uuid: callId } = c.req.valid("param");
  const watch = isId("call", callId) ? await watchCall(c.get("org"), callId) : null;
  if (watch === null) return notFound(c, "call");
  const cursor = cursorSchema.safeParse(c.req.valid("query").cursor);
  if (!cursor.success) return refuseField(c, "cursor", cursor.error);
  return upgradeToCall(c, watch.session, `/watch?cursor=${cursor.data}&ended=${watch.ended}`);
});
