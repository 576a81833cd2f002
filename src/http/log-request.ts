import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { isId } from "../lib/ids.ts";
import { logInfo } from "../lib/log.ts";
import type { AppEnv } from "./env.ts";

/**
 * One line for each request, when it is answered. Of its address only the route is logged: a path may hold a phone
 * number, and a query a token.
 */
export const logRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  const begunMs = Date.now();
  await next();
  const key = c.get("key") as AppEnv["Variables"]["key"] | undefined;
  logInfo("request", {
    request_id: c.get("requestId"),
    method: c.req.method,
    route: routeOf(c),
    status: c.res.status,
    ms: Date.now() - begunMs,
    org_id: key?.orgId,
    key_id: key?.id,
    call_id: callOf(c),
  });
};

/** As it was registered; that of the last that matched, behind all middleware. */
function routeOf(c: Context): string {
  const path = matchedRoutes(c).findLast(({ path: pattern }) => !pattern.endsWith("*"))?.path;
  return path ?? "none";
}

/** The call that the path names, or that the request made. */
function callOf(c: Context<AppEnv>): string | undefined {
  const named = c.req.param("call_uuid") ?? c.res.headers.get("location")?.split("/").at(-1) ?? "";
  return isId("call", named) ? named : undefined;
}
