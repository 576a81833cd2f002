import type { MiddlewareHandler } from "hono";
import { findNamedCall } from "../services/calls/find-call.ts";
import type { AppEnv } from "./env.ts";
import { notFound } from "./problem.ts";

/** Finds the path's call. Stands before validation: that there is no such call is said before what else is wrong. */
export const requireCall: MiddlewareHandler<AppEnv> = async (c, next) => {
  const call = await findNamedCall(c.get("org"), c.req.param("call_uuid") ?? "");
  if (call === null) return notFound(c, "call");
  c.set("call", call);
  return next();
};
