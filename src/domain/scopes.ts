/** What an API key may be allowed to do. None implies another. */
export const SCOPES = [
  "voice:calls:read",
  "voice:calls:write",
  "voice:campaigns:read",
  "voice:campaigns:write",
  "voice:contacts:read",
  "voice:contacts:write",
  "voice:webhooks:read",
  "voice:webhooks:write",
  "voice:queues:read",
  "voice:queues:write",
  "voice:admin",
] as const;
export type Scope = (typeof SCOPES)[number];

export function missingScopes(held: readonly string[], needed: readonly Scope[]): Scope[] {
  return needed.filter((scope) => !held.includes(scope));
}
