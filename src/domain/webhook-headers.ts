// Headers that a customer has sent along to its receiver, to be let in there: which are not theirs to set.

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

/**
 * `webhook-*` is how the receiver knows that it is we, `trunkline-*` what we tell beside the body. What says where the message goes, how long it is and in which form
 * it comes is ours too; were it a customer's, two parsers on the way could read two messages in one.
 */
const RESERVED_PREFIXES = ["webhook-", "trunkline-", "content-", "proxy-"];
const RESERVED = new Set([
  "host",
  // By it the receiver's operators tell who sends. A cookie may be set: some gateways let in by one.
  "user-agent",
  // Of the connection, not of the request: RFC 9110 section 7.6.1, and its predecessors.
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  // Of the network between: what a receiver behind it believes of where a request comes from.
  "cdn-loop",
  "cf-connecting-ip",
  "cf-worker",
]);

export const MAX_HEADERS = 20;

export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

export function checkHeaderName(name: string): "not_a_name" | "reserved" | null {
  if (!TOKEN.test(name)) return "not_a_name";
  return isReservedHeader(name) ? "reserved" : null;
}
