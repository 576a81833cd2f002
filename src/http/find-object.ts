import type { MiddlewareHandler } from "hono";
import type { OrgContext } from "../services/context.ts";
import type { AppEnv, PathObjects } from "./env.ts";
import { findSurely } from "./open-database.ts";
import { notFound } from "./problem.ts";

/**
 * Finds the object that a path names and leaves it under `name`. Stands before validation: that there is no such thing
 * is said before what else is wrong. @param what in plain words, for the refusal.
 */
export function findObject<N extends keyof PathObjects>(
  name: N,
  parameter: string,
  what: string,
  find: (org: OrgContext, id: string) => Promise<AppEnv["Variables"][N] | null>,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const found = await findSurely(c, (org) => find(org, c.req.param(parameter) ?? ""));
    if (found === null) return notFound(c, what);
    c.set(name, found);
    return next();
  };
}
