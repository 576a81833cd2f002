// The one gate for URLs that a user sets (webhooks, a carrier's base, a model's endpoint): each is taken for hostile.
// Guarantees for the URL it returns: https, a public name or a public address in whatever spelling it came, and no
// credentials or fragment. Local development may name loopback, http included.
// Can't: resolve names. A public name may lead to a private address, today or after a change of its record; where that
// matters, the network has to refuse. Nor does it see redirects: whoever fetches follows none (`redirect: "manual"`).
// Request the URL returned, never the text: another parser may read another host in it.

import { err, ok, type Result } from "../lib/result.ts";

export type OutboundUrlProblem =
  | "too_long"
  | "not_a_url"
  | "not_https"
  | "credentials"
  | "fragment"
  | "forbidden_port"
  | "forbidden_host";

export const MAX_OUTBOUND_URL_LENGTH = 2_048;

export function checkOutboundUrl(
  text: string,
  options: { allowLoopbackHttp: boolean },
): Result<URL, OutboundUrlProblem> {
  if (text.length > MAX_OUTBOUND_URL_LENGTH) return err("too_long");
  if (!URL.canParse(text)) return err("not_a_url");
  const url = new URL(text);
  // `example.com.` is example.com, said absolutely.
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  const isLocal = options.allowLoopbackHttp && isLoopbackHost(url.hostname);
  if (url.protocol !== "https:" && !(isLocal && url.protocol === "http:")) return err("not_https");
  if (url.username !== "" || url.password !== "") return err("credentials");
  // An empty fragment shows in `href` alone, where `#` can stand for nothing else.
  if (url.href.includes("#")) return err("fragment");
  // Parsing escapes, and so may lengthen.
  if (url.href.length > MAX_OUTBOUND_URL_LENGTH) return err("too_long");
  if (url.port !== "" && BAD_PORTS.has(Number(url.port))) return err("forbidden_port");
  return isLocal || isPublicHost(url.hostname) ? ok(url) : err("forbidden_host");
}

/** @param hostname as a parsed URL has it: lower case, IPv6 in brackets. */
export function isLoopbackHost(hostname: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The URL parser has made every number, octal, hexadecimal or short, four decimal octets, or refused it. */
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicIpv6(readIpv6(hostname.slice(1, -1)));
  if (/^[\d.]+$/.test(hostname)) return isPublicIpv4(readIpv4(hostname));
  const labels = hostname.split(".");
  // A single label is looked up on the local network, and so may be what has an empty one.
  if (labels.length < 2 || labels.includes("")) return false;
  return !LOCAL_DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
}

/**
 * Names that never are public. RFC 6761, 6762, 7686, 8375; `internal` was set aside by ICANN. The others are no names of
 * the public tree, and much used in private ones (RFC 6762, appendix G).
 */
const LOCAL_DOMAINS = [
  "localhost",
  "local",
  "internal",
  "home.arpa",
  "onion",
  "localdomain",
  "lan",
  "home",
  "corp",
  "intranet",
  "private",
];

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const SPECIAL_IPV4 = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared by a provider's customers; a cloud's metadata at 100.100.100.200
  "127.0.0.0/8", // loopback
  "168.63.129.16/32", // a cloud's metadata, at an address that is public by its number
  "169.254.0.0/16", // link-local; most clouds' metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments; a cloud's metadata at 192.0.0.192
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // relays to 6to4, given up
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
];

/**
 * Public addresses lie in here. Outside are loopback, unspecified, unique local, link-local, site-local, multicast,
 * discard, and IPv4 mapped (::ffff:0:0/96), compatible (::/96) or translated (64:ff9b::/96, 64:ff9b:1::/48).
 */
const GLOBAL_UNICAST = "2000::/3";

/**
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 * 6to4 and Teredo are refused as a whole: they are given up, and what they carry is an IPv4 address.
 */
const SPECIAL_IPV6 = [
  "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4
  "3ffe::/16", // the former test network, given back
  "3fff::/20", // documentation
];

function isPublicIpv4(address: bigint): boolean {
  return !SPECIAL_IPV4.some((block) => isWithin(block, address, readIpv4, 32));
}

function isPublicIpv6(address: bigint): boolean {
  if (!isWithin(GLOBAL_UNICAST, address, readIpv6, 128)) return false;
  return !SPECIAL_IPV6.some((block) => isWithin(block, address, readIpv6, 128));
}

function isWithin(block: string, address: bigint, read: (text: string) => bigint, width: number): boolean {
  const [base = "", length] = block.split("/");
  const rest = BigInt(width - Number(length));
  return address >> rest === read(base) >> rest;
}

function readIpv4(text: string): bigint {
  return text.split(".").reduce((address, octet) => address * 256n + BigInt(octet), 0n);
}

/** As the URL parser writes it: hexadecimal groups, at most one `::`, no dotted tail. */
function readIpv6(text: string): bigint {
  const [head, tail] = text.split("::");
  const left = groupsOf(head);
  const right = groupsOf(tail);
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].reduce(
    (address, group) => address * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

function groupsOf(text = ""): string[] {
  return text === "" ? [] : text.split(":");
}

/** Ports where other protocols listen: https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
