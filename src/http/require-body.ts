import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

/** Without a content type there is no body, or none that can be read: the framework would take it for `{}`. */
export const requireBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if ((c.req.header("content-type") ?? "") !== "") return next();
  return problem(c, { code: "unsupported_media_type", detail: "Send a body, as application/json." });
};
