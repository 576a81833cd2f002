import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./env.ts";

/** No body is `{}`, whatever type it is said to have: to the validation, its defaults, and the `Idempotency-Key`. */
export const fillBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if ((await c.req.arrayBuffer()).byteLength === 0) {
    const headers = new Headers(c.req.raw.headers);
    headers.set("content-type", "application/json");
    headers.delete("content-length");
    c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers, body: "{}" });
    c.req.bodyCache = {};
  }
  return next();
};
