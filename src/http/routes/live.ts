import { Hono } from "hono";
import { z } from "zod";
import { isId } from "../../lib/ids.ts";
import { watchCall } from "../../services/calls/watch-call.ts";
import type { AppEnv } from "../env.ts";
import { notFound } from "../problem.ts";
import { requireAccess } from "../require-access.ts";
import { upgradeToCall } from "../upgrade.ts";
import { refuseField } from "../validation.ts";

const cursorSchema = z
  .string()
  .regex(/^\d{1,15}$/, "must be the cursor of a message")
  .transform(Number)
  .default(0);

/** A call as it happens, over a WebSocket. `cursor` names the last message that the watcher has seen. */
export const liveRoute = new Hono<AppEnv>().get(
  "/ws/live/:call_uuid",
  requireAccess({ scope: "voice:calls:read", keyFrom: "header_or_query" }),
  async (c) => {
    const callId = c.req.param("call_uuid");
    const watch = isId("call", callId) ? await watchCall(c.get("org"), callId) : null;
    if (watch === null) return notFound(c, "call");
    const cursor = cursorSchema.safeParse(c.req.query("cursor"));
    if (!cursor.success) return refuseField(c, "cursor", cursor.error);
    return upgradeToCall(c, watch.session, `/watch?cursor=${cursor.data}&ended=${watch.ended}`);
  },
);
