// Who asks, and whether they may. Stands before validation, so a stranger learns nothing of a route.

import type { Context, MiddlewareHandler } from "hono";
import { missingScopes, type Scope } from "../domain/scopes.ts";
import { authenticate } from "../services/auth/authenticate.ts";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

/** @param from where the key may stand: sockets and players can't set headers, so theirs may be in the query. */
export function requireScope(
  scope: Scope,
  from: "header" | "header_or_query" = "header",
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const services = c.get("services");
    const secret = bearer(c) ?? (from === "header_or_query" ? c.req.query("token") : undefined);
    const key = secret === undefined ? null : await authenticate(services, secret);
    if (key === null) {
      return problem(
        c,
        { code: "unauthorized", detail: "A valid API key is required: Authorization: Bearer tl_k_…" },
        { "www-authenticate": "Bearer" },
      );
    }
    const missing = missingScopes(key.scopes, [scope]);
    if (missing.length > 0) {
      return problem(c, { code: "insufficient_scope", detail: `The key lacks ${missing.join(", ")}.` });
    }
    c.set("key", key);
    c.set("org", { ...services, orgId: key.orgId });
    return next();
  };
}

function bearer(c: Context<AppEnv>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}
