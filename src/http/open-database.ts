// Which copy of the database a route works with. A read takes the nearest that has come as far as the client has seen;
// what changes something, or must not be old, goes to the primary. The answer says how far the database had come, and a
// client that sends that back reads what it wrote, and never anything older than what it has read.

import type { Context, MiddlewareHandler } from "hono";
import { isBookmark, openAtPrimary, openNear, type DbSession } from "../db/d1-sessions.ts";
import type { OrgContext } from "../services/context.ts";
import type { AppEnv } from "./env.ts";

const HEADER = "trunkline-bookmark";

export const readNear: MiddlewareHandler<AppEnv> = async (c, next) => {
  const bookmark = c.req.header(HEADER)?.trim() ?? null;
  // Of what is no bookmark nobody knows how far it had come: the primary has come as far as any.
  if (bookmark !== null && !isBookmark(bookmark)) return workAtPrimary(c, next);
  workWith(c, openNear(c.env.DB, bookmark), true);
  return tellOf(c, next);
};

export const workAtPrimary: MiddlewareHandler<AppEnv> = (c, next) => {
  workWith(c, openAtPrimary(c.env.DB), false);
  return tellOf(c, next);
};

/**
 * What a path or a query names. A replica may not have heard of it yet, so that the primary is asked before it is said
 * that there is no such thing; it then answers whatever else the request reads.
 */
export async function findSurely<T>(
  c: Context<AppEnv>,
  find: (org: OrgContext) => Promise<T | null>,
): Promise<T | null> {
  const found = await find(c.get("org"));
  if (found !== null || !c.get("mayBeBehind")) return found;
  workWith(c, openAtPrimary(c.env.DB), false);
  return find(c.get("org"));
}

function workWith(c: Context<AppEnv>, session: DbSession, mayBeBehind: boolean): void {
  c.set("org", { ...c.get("org"), db: session.db });
  c.set("dbSession", session);
  c.set("mayBeBehind", mayBeBehind);
}

async function tellOf(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  await next();
  const bookmark = c.get("dbSession").bookmark();
  if (bookmark !== null) c.header(HEADER, bookmark);
}
