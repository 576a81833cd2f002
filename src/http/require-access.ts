// Who asks, whether they may, and whether they ask too often. Stands before validation, so a stranger learns nothing of
// a route. Every answer to a known key draws one from the bucket of its route, but a 429 itself. What is answered is for
// who asked, and nobody in between keeps it, unless the handler says otherwise.

import type { Context, MiddlewareHandler } from "hono";
import type { TokenPurpose } from "../contract/tokens.ts";
import type { ApiKey } from "../db/keys.ts";
import type { RateLimitBucket } from "../domain/rate-limits.ts";
import { missingScopes, type Scope } from "../domain/scopes.ts";
import { authenticate, authenticateSession } from "../services/auth/authenticate.ts";
import { drawFromBucket, type Draw } from "../services/auth/draw-from-bucket.ts";
import type { TokenUse } from "../services/auth/tokens.ts";
import { sessionOf } from "./desk/session-cookie.ts";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

export type Access = {
  scope: Scope;
  /** The bucket of its own that the route draws on. */
  bucket?: RateLimitBucket;
  /**
   * Sockets and players can't set headers: their key may stand in the query, as `token`, and better a token for this
   * purpose and the object that the path's `parameter` names, or without one the organisation.
   */
  token?: { purpose: TokenPurpose; parameter?: string };
};

const UNKEPT = { "cache-control": "no-store" };

export function requireAccess({ scope, bucket = "default", token }: Access): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = await whoAsks(c, token);
    if (key === null) {
      const detail =
        token === undefined
          ? "A valid API key is required: Authorization: Bearer tl_k_…"
          : "A valid API key, or a token for just this, is required: Authorization: Bearer …, or ?token=…";
      return problem(c, { code: "unauthorized", detail }, { ...UNKEPT, "www-authenticate": "Bearer" });
    }
    const draw = await drawFromBucket(c.get("services"), key, bucket);
    if (draw === null) return limitUnread(c);
    const lacking = missingScopes(key.scopes, [scope]);
    if (lacking.length > 0) {
      const detail = `The key lacks ${lacking.join(", ")}.`;
      const headers = { ...UNKEPT, ...rateLimitHeaders(bucket, draw) };
      return problem(c, { code: "insufficient_scope", detail }, headers);
    }
    if (!draw.allowed) return limitReached(c, bucket, draw);
    c.set("key", key);
    c.set("org", { ...c.get("services"), orgId: key.orgId });
    const headers = Object.entries({ ...UNKEPT, ...rateLimitHeaders(bucket, draw) });
    // Before the handler: behind it hono makes the whole answer anew for each.
    for (const [name, value] of headers) c.header(name, value);
    await next();
    // An answer that the handler has from elsewhere was not made with them.
    const missing = headers.filter(([name]) => !c.res.headers.has(name));
    for (const [name, value] of missing) c.header(name, value);
    return undefined;
  };
}

/** Draws one from the bucket of all, for what is no route of the API. The refusal of one too many; null for all others. */
export async function refuseTooMany(c: Context<AppEnv>, key: ApiKey): Promise<Response | null> {
  const draw = await drawFromBucket(c.get("services"), key, "default");
  if (draw === null) return limitUnread(c);
  return draw.allowed ? null : limitReached(c, "default", draw);
}

function limitUnread(c: Context<AppEnv>) {
  const detail = "The rate limit can't be read at the moment.";
  return problem(c, { code: "unavailable", detail }, { ...UNKEPT, "retry-after": "1" });
}

function limitReached(c: Context<AppEnv>, bucket: RateLimitBucket, draw: Draw) {
  const detail = `The key may ask this ${draw.perMinute} times a minute.`;
  const retryAfter = { "retry-after": String(draw.retryAfterSeconds) };
  const headers = { ...UNKEPT, ...rateLimitHeaders(bucket, draw), ...retryAfter };
  return problem(c, { code: "rate_limited", detail }, headers);
}

/** By the header or, where that is taken, the query; else it is a page of the desk, by its session. */
async function whoAsks(c: Context<AppEnv>, token: Access["token"]): Promise<ApiKey | null> {
  const services = c.get("services");
  const secret = bearer(c) ?? (token === undefined ? undefined : c.req.query("token"));
  if (secret !== undefined) return authenticate(services, secret, useOf(c, token));
  const session = c.req.header("authorization") === undefined ? sessionOf(c) : null;
  return session === null ? null : authenticateSession(services, session);
}

function useOf(c: Context<AppEnv>, token: Access["token"]): TokenUse | null {
  if (token === undefined) return null;
  const { purpose, parameter } = token;
  return { purpose, objectId: parameter === undefined ? null : (c.req.param(parameter) ?? "") };
}

/** draft-ietf-httpapi-ratelimit-headers-10: the quota, and what is left of it. */
function rateLimitHeaders(bucket: RateLimitBucket, draw: Draw): Record<string, string> {
  return {
    "ratelimit-policy": `"${bucket}";q=${draw.perMinute};w=60`,
    ratelimit: `"${bucket}";r=${draw.remaining};t=${draw.resetSeconds}`,
  };
}

function bearer(c: Context<AppEnv>): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}
