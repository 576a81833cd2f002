import type { Key } from "../../contract/keys.ts";
import { SCOPES, type Scope } from "../../domain/scopes.ts";

/** What a key with the scope may do. */
export const SCOPE_WORDS: Record<Scope, string> = {
  "voice:calls:read": "See calls, hear recordings",
  "voice:calls:write": "Place, transfer and end calls",
  "voice:campaigns:read": "See campaigns and voice agents",
  "voice:campaigns:write": "Change campaigns and voice agents",
  "voice:contacts:read": "See contacts and opt-outs",
  "voice:contacts:write": "Change contacts and opt-outs",
  "voice:webhooks:read": "See webhooks and their logs",
  "voice:webhooks:write": "Change, test and replay webhooks",
  "voice:queues:read": "See queues and who is in them",
  "voice:queues:write": "Change queues, people and presences",
  "voice:admin": "Administer keys, carriers and the organisation",
};

/** `Calls: see, change`, an entry for each area. */
export function areasOf(scopes: readonly Scope[]): string[] {
  if (SCOPES.every((scope) => scopes.includes(scope))) return ["Everything"];
  const areas = new Map<string, string[]>();
  for (const scope of SCOPES.filter((each) => scopes.includes(each))) {
    const [, area = "", right] = scope.split(":");
    const rights = areas.get(area) ?? [];
    areas.set(area, right === undefined ? rights : [...rights, right === "read" ? "see" : "change"]);
  }
  return [...areas].map(([area, rights]) => {
    if (area === "admin") return "Administer";
    return `${area.charAt(0).toUpperCase()}${area.slice(1)}: ${rights.join(", ")}`;
  });
}

export type KeyState = "active" | "expired" | "revoked";

export function stateOf({ revoked_at, expires_at }: Key, nowMs: number): KeyState {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && Date.parse(expires_at) <= nowMs ? "expired" : "active";
}
