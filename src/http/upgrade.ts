import type { Context } from "hono";
import { notFound, problem } from "./problem.ts";

/** Hands a WebSocket handshake on to a call's object. @param target path and query at the object. */
export async function upgradeToCall(
  c: Context,
  session: { fetch(request: Request): Promise<Response> },
  target: string,
): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    return problem(c, { code: "upgrade_required", detail: "Connect to this address by WebSocket." });
  }
  const response = await session.fetch(new Request(`https://call${target}`, c.req.raw));
  if (response.webSocket === null) return notFound(c, "call");
  // The object's own response can't be changed, and middleware adds headers.
  const headers = { "x-request-id": String(c.get("requestId")) };
  return new Response(null, { status: 101, webSocket: response.webSocket, headers });
}
