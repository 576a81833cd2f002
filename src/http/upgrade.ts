import type { Context, TypedResponse } from "hono";
import { notFound, problem } from "./problem.ts";

/** 101 as a route's contract names it: what follows is no body. */
type Upgraded = Response & TypedResponse<Record<never, never>, 101, string>;

type Stub = { fetch(request: Request): Promise<Response> };

/** Hands a WebSocket handshake on to a call's object. @param target path and query at the object. */
export function upgradeToCall(c: Context, session: Stub, target: string) {
  return upgradeTo(c, session, target, "call");
}

/** … or to any object. @param what in plain words, for the refusal if it takes no socket. */
export async function upgradeTo(c: Context, object: Stub, target: string, what: string) {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    return problem(c, { code: "upgrade_required", detail: "Connect to this address by WebSocket." });
  }
  const response = await object.fetch(new Request(`https://object${target}`, c.req.raw));
  if (response.webSocket === null) return notFound(c, what);
  // The object's own response can't be changed, and middleware adds headers.
  const headers = { "x-request-id": String(c.get("requestId")) };
  const upgraded = new Response(null, { status: 101, webSocket: response.webSocket, headers });
  // Its status is in the line above.
  return upgraded as Upgraded;
}
