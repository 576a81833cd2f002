import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { watchCall } from "../../services/calls/watch-call.ts";
import type { AppEnv } from "../env.ts";
import { notFound } from "../problem.ts";
import { requireScope } from "../require-scope.ts";
import { upgradeToCall } from "../upgrade.ts";
import { refuseInvalid } from "../validation.ts";

const query = z.object({ cursor: z.coerce.number().int().min(0).default(0), token: z.string().optional() });

/** A call as it happens, over a WebSocket. `cursor` names the last message that the watcher has seen. */
export const liveRoute = new Hono<AppEnv>().get(
  "/ws/live/:call_uuid",
  requireScope("voice:calls:read", "header_or_query"),
  zValidator("query", query, refuseInvalid),
  async (c) => {
    const callId = c.req.param("call_uuid");
    const { cursor } = c.req.valid("query");
    const watch = isId("call", callId) ? await watchCall(c.get("org"), callId, cursor) : null;
    return watch === null ? notFound(c, "call") : upgradeToCall(c, watch.session, watch.target);
  },
);
