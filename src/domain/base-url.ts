// The address of somebody's API, to which paths are appended.

import { err, ok, type Result } from "../lib/result.ts";
import { checkOutboundUrl, type OutboundUrlProblem } from "./outbound-url.ts";

export type BaseUrlProblem = OutboundUrlProblem | "query" | "trailing_slash";

/** The address as the URL parser spells it, origin and path without a slash at the end, if it may be asked at all. */
export function checkBaseUrl(
  text: string,
  options: { allowLoopbackHttp: boolean },
): Result<string, BaseUrlProblem> {
  const checked = checkOutboundUrl(text, options);
  if (!checked.ok) return checked;
  const { href, origin, pathname } = checked.value;
  // An empty query shows in `href` alone, where `?` can stand for nothing else.
  if (href.includes("?")) return err("query");
  if (pathname === "/" && !text.endsWith("/")) return ok(origin);
  return pathname.endsWith("/") ? err("trailing_slash") : ok(`${origin}${pathname}`);
}

/** False for what is no URL, which nothing is at the same host with. */
export function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
