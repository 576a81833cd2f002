// Which headers of a webhook are not its owner's to set.

const RESERVED = [
  // What we say ourselves, and what the signature vouches for.
  "host",
  "user-agent",
  // Of the connection, not of the request: RFC 9110 section 7.6.1, and its predecessors.
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
];
const RESERVED_PREFIXES = ["webhook-", "content-"];

export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.includes(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}
