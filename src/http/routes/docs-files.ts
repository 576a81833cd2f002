import { Hono } from "hono";
import type { AppEnv } from "../env.ts";
import { notFound } from "../problem.ts";

/** The script and the stylesheet of `/docs`: static files, which bring their ETag with them. */
export const docsFiles = new Hono<AppEnv>().get("/docs/:file", async (c) => {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  if (file.status === 404) return notFound(c, "file");
  // The platform's own response can't be changed, and middleware adds headers.
  return new Response(file.body, file);
});
