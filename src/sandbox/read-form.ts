import type { Context } from "hono";

/** The request's form body. Repeated fields stay repeated. */
export async function readForm(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()));
}
