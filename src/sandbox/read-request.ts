import type { Context } from "hono";
import type { z } from "zod";
import { readConfig } from "../config.ts";
import type { SandboxEnv } from "./authenticate.ts";
import type { Reach } from "./callback-url.ts";
import { queryFields } from "./paging.ts";
import { TwilioError } from "./twilio-error.ts";

/** The request's form body. Repeated fields stay repeated. */
export async function readForm(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()));
}

/** The request's JSON body; undefined for one that is none. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined;
  }
}

/** A list's query. One that cannot be read is refused: left out, it would find what was not asked for. */
export function readQuery<T>(c: Context, schema: z.ZodType<T>): { query: T; search: URLSearchParams } {
  const search = new URL(c.req.url).searchParams;
  const parsed = schema.safeParse(queryFields(search));
  if (parsed.success) return { query: parsed.data, search };
  throw new TwilioError(400, 20001, `Invalid parameter ${String(parsed.error.issues[0]?.path[0])}`);
}

/** Where this request's callbacks may lead. */
export function reachOf(c: Context<SandboxEnv>): Reach {
  const { PUBLIC_BASE_URL, isLocal } = readConfig(c.env);
  return { ownOrigin: PUBLIC_BASE_URL, isLocal };
}
