import { Hono } from "hono";
import type { AppEnv } from "../env.ts";

/** The script and the stylesheet of `/docs`: static files, which bring their ETag with them. */
export const docsFiles = new Hono<AppEnv>().get("/docs/:file", async (c, next) => {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // What there is no file for is refused as any unknown path is.
  if (file.status === 404) return next();
  // The platform's own response can't be changed, and middleware adds headers.
  return new Response(file.body, file);
});
