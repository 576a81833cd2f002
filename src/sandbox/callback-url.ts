// What a callback's URL says beyond where it leads: a fragment `#rc=3&rp=ct,5xx` overrides how often and on
// which failures a request is tried again. The fragment is neither sent nor signed.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
// The sandbox speaks to the deployment's own origin only, and in local development to loopback.

import { isLoopbackUrl } from "../config.ts";

export const FAILURE_KINDS = ["ct", "rt", "4xx", "5xx"] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export type RetryPolicy = { retries: number; on: readonly FailureKind[] };

const DEFAULT_RETRIES = 1;
const MAX_RETRIES = 5;

export function retryPolicyOf(url: string): RetryPolicy {
  const fragment = new URLSearchParams(new URL(url).hash.slice(1));
  const count = Number(fragment.get("rc") ?? DEFAULT_RETRIES);
  const retries = Number.isInteger(count) && count >= 0 && count <= MAX_RETRIES ? count : DEFAULT_RETRIES;
  const policies = fragment.get("rp")?.split(",") ?? ["ct"];
  return { retries, on: FAILURE_KINDS.filter((kind) => policies.includes("all") || policies.includes(kind)) };
}

export type Reach = { ownOrigin: string; isLocal: boolean };

/** True for an absolute http(s) URL that the sandbox may request. */
export function isReachable(url: string, reach: Reach): boolean {
  return isOwnOrigin(url, reach) || (reach.isLocal && /^https?:/.test(url) && isLoopbackUrl(url));
}

export function isOwnOrigin(url: string, reach: Reach): boolean {
  return URL.canParse(url) && new URL(url).origin === reach.ownOrigin;
}

/** `wss://host/path` as the https URL that carries its handshake; anything else is refused. */
export function handshakeUrlOf(socketUrl: string): string | undefined {
  return /^wss?:\/\//i.test(socketUrl) ? socketUrl.replace(/^ws/i, "http") : undefined;
}
