// The cookie of a session at the desk, and which requests it counts for: those of our own pages alone.

import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { SESSION_SECONDS } from "../../services/desk/sessions.ts";
import type { AppEnv } from "../env.ts";

const NAME = "trunkline_desk";

/** Null where there is none, or where the request was not made by a page of ours. */
export function sessionOf(c: Context<AppEnv>): string | null {
  if (!isSameOrigin(c)) return null;
  return getCookie(c, NAME, prefixOf(c)) ?? null;
}

export function setSession(c: Context<AppEnv>, secret: string): void {
  const prefix = prefixOf(c);
  const secure = prefix === "host";
  setCookie(c, NAME, secret, {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    maxAge: SESSION_SECONDS,
    secure,
    ...(prefix === undefined ? {} : { prefix }),
  });
}

export function dropSession(c: Context<AppEnv>): void {
  const prefix = prefixOf(c);
  deleteCookie(c, NAME, {
    path: "/",
    secure: prefix === "host",
    ...(prefix === undefined ? {} : { prefix }),
  });
}

/**
 * What changes something, or opens a socket, must name our origin: browsers let no page choose that header. What only
 * reads may come without it, as a player's requests do; `SameSite=Strict` keeps those of other sites without a cookie.
 */
export function isSameOrigin(c: Context<AppEnv>): boolean {
  const origin = c.req.header("origin");
  const reads = (c.req.method === "GET" || c.req.method === "HEAD") && c.req.header("upgrade") === undefined;
  if (origin !== undefined || !reads) return origin !== undefined && originsOf(c).includes(origin);
  const site = c.req.header("sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none";
}

/**
 * Ours are the address that was asked and the one that is published: where TLS ends in front of us they differ. None is
 * plain http where the published one is https: there the key would go in clear, and the browser not keep the cookie.
 */
function originsOf(c: Context<AppEnv>): string[] {
  const origins = [new URL(c.req.url).origin, c.get("services").config.PUBLIC_BASE_URL];
  return prefixOf(c) === "host" ? origins.filter((origin) => origin.startsWith("https:")) : origins;
}

/** `__Host-` binds a cookie to this host and https. Plain http is for one's own machine alone. */
function prefixOf(c: Context<AppEnv>): "host" | undefined {
  return c.get("services").config.PUBLIC_BASE_URL.startsWith("https:") ? "host" : undefined;
}
