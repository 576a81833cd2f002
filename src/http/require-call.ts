import type { MiddlewareHandler } from "hono";
import { isId } from "../lib/ids.ts";
import { findNamedCall } from "../services/calls/find-call.ts";
import type { AppEnv } from "./env.ts";
import { findObject } from "./find-object.ts";
import { findSurely } from "./open-database.ts";
import { notFound } from "./problem.ts";

export const requireCall = findObject("call", "call_uuid", "call", findNamedCall);

/**
 * … for what writes to the call's row, and so is refused if there is none: what succeeds has found it, and costs one trip
 * less. Only of a refusal it is asked whether there is such a call; if not that is said, whatever else is wrong.
 */
export const requireCallOfRefused: MiddlewareHandler<AppEnv> = async (c, next) => {
  const callId = c.req.param("call_uuid") ?? "";
  if (!isId("call", callId)) return notFound(c, "call");
  await next();
  const isRefused = c.res.status >= 400 && c.res.status < 500;
  if (!isRefused || (await findSurely(c, (org) => findNamedCall(org, callId))) !== null) return undefined;
  c.res = notFound(c, "call");
  // The other refusal's headers are taken over; there is nothing to come back for.
  c.header("retry-after", undefined);
  return undefined;
};
