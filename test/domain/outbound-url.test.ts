// The gate for URLs that users set: what may be named, in whatever spelling.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkOutboundUrl, MAX_OUTBOUND_URL_LENGTH } from "../../src/domain/outbound-url.ts";

const DEPLOYED = { allowLoopbackHttp: false };
const LOCAL = { allowLoopbackHttp: true };

/** The URL that was let through, or why none was. */
function verdict(text: string, options = DEPLOYED): string {
  const checked = checkOutboundUrl(text, options);
  return checked.ok ? checked.value.href : checked.error;
}

describe("let through, and as what", () => {
  test.for([
    ["a name", "https://hooks.example/x?y=1", "https://hooks.example/x?y=1"],
    ["a port", "https://hooks.example:8443/", "https://hooks.example:8443/"],
    ["the usual port, said", "https://hooks.example:443/", "https://hooks.example/"],
    ["capitals", "HTTPS://Hooks.Example/X", "https://hooks.example/X"],
    ["a dot at the end", "https://hooks.example./x", "https://hooks.example/x"],
    ["a dot at the end, before a port", "https://hooks.example.:8443/", "https://hooks.example:8443/"],
    ["another script", "https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["punycode", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"],
    ["numbers in a name", "https://10.0.0.1.hooks.example/", "https://10.0.0.1.hooks.example/"],
    [
      "a name that only begins locally",
      "https://localhost.hooks.example/",
      "https://localhost.hooks.example/",
    ],
    ["a name that only looks local", "https://notlocal.mylocalhost/", "https://notlocal.mylocalhost/"],
    ["a name that is local only inside", "https://lan.corp.example/", "https://lan.corp.example/"],
    ["a public address", "https://8.8.8.8/", "https://8.8.8.8/"],
    ["a public address in hexadecimal", "https://0x08080808/", "https://8.8.8.8/"],
    ["a public IPv6 address", "https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
    ["one written out", "https://[2606:4700:4700:0:0:0:0:1111]/", "https://[2606:4700:4700::1111]/"],
    ["one without a gap", "https://[2a00:1:2:3:4:5:6:7]/", "https://[2a00:1:2:3:4:5:6:7]/"],
    ["an escaped # in a path", "https://hooks.example/%23x", "https://hooks.example/%23x"],
    ["an @ in a path", "https://hooks.example/@user:pass", "https://hooks.example/@user:pass"],
  ] as const)("%s: %s", ([, text, href]) => expect(verdict(text)).toBe(href));

  test("the longest", () => {
    const longest = "https://hooks.example/".padEnd(MAX_OUTBOUND_URL_LENGTH, "x");
    expect(verdict(longest)).toBe(longest);
    expect(verdict(`${longest}x`)).toBe("too_long");
  });

  test("length counts as given and as requested: neither what parsing drops nor what it escapes is free", () => {
    expect(verdict(`https://hooks.example/${" ".repeat(MAX_OUTBOUND_URL_LENGTH)}`)).toBe("too_long");
    expect(verdict(`https://hooks.example/${"é".repeat(400)}`)).toBe("too_long");
  });
});

describe("refused, whoever asks", () => {
  test.for([
    ["nothing", "", "not_a_url"],
    ["a path", "/x", "not_a_url"],
    ["a name alone", "hooks.example", "not_a_url"],
    ["no host", "https://", "not_a_url"],
    ["an octet too great", "https://256.1.1.1/", "not_a_url"],
    ["a zone of IPv6", "https://[fe80::1%25eth0]/", "not_a_url"],
    ["a port too great", "https://hooks.example:65536/", "not_a_url"],
    ["a negative port", "https://hooks.example:-1/", "not_a_url"],
    ["plain http", "http://hooks.example/", "not_https"],
    ["http to a private address", "http://10.0.0.1/", "not_https"],
    ["a socket", "wss://hooks.example/", "not_https"],
    ["another scheme", "ftp://hooks.example/", "not_https"],
    ["a file", "file:///etc/passwd", "not_https"],
    ["a script", "javascript:alert(1)", "not_https"],
    ["data", "data:text/plain,x", "not_https"],
    ["user and password", "https://user:pass@hooks.example/", "credentials"],
    ["a user", "https://user@hooks.example/", "credentials"],
    ["a password", "https://:pass@hooks.example/", "credentials"],
    ["a host that is a user", "https://hooks.example@10.0.0.1/", "credentials"],
    ["a fragment", "https://hooks.example/#x", "fragment"],
    ["an empty fragment", "https://hooks.example/#", "fragment"],
    ["port 0", "https://hooks.example:0/", "forbidden_port"],
    ["mail", "https://hooks.example:25/", "forbidden_port"],
    ["a shell, with zeros", "https://hooks.example:0022/", "forbidden_port"],
  ] as const)("%s: %s", ([, text, problem]) => {
    expect(verdict(text)).toBe(problem);
    expect(verdict(text, LOCAL)).toBe(problem);
  });
});

describe("hosts that are refused, whoever asks", () => {
  test.for([
    ["a single label", "intranet"],
    ["a single label and a dot", "intranet."],
    ["a name below localhost", "app.localhost"],
    ["… with a dot", "app.localhost."],
    ["… in capitals", "App.LOCALHOST"],
    ["mDNS", "printer.local"],
    ["mDNS, with a dot", "printer.local."],
    ["mDNS, in circled letters", "printer.ⓛocal"],
    ["mDNS, with a soft hyphen", "printer.lo\u00ADcal"],
    ["mDNS, escaped", "printer.%6cocal"],
    ["mDNS, after an ideographic stop", "printer。local"],
    ["a cloud's metadata by name", "metadata.google.internal"],
    ["a home network", "nas.home.arpa"],
    ["the home network", "home.arpa"],
    ["a hidden service", "abcdefgh.onion"],
    ["a router's names", "printer.lan"],
    ["a resolver's default", "db.localdomain"],
    ["a house's names", "nas.home"],
    ["a company's names", "vault.corp"],
    ["… and another's", "wiki.intranet"],
    ["… and a third's", "db.private"],
    ["an empty label", "hooks..example"],
    ["two dots at the end", "hooks.example.."],
    ["localhost and two dots", "localhost.."],
    ["a dot", "."],
    ["loopback beside the usual one", "127.0.0.2"],
    ["loopback, short", "127.2"],
    ["a cloud's metadata", "169.254.169.254"],
    ["… as a number", "2852039166"],
    ["… in hexadecimal", "0xa9fea9fe"],
    ["… in octal", "0251.0376.0251.0376"],
    ["… mixed", "0xa9.0376.43518"],
    ["… with a dot", "169.254.169.254."],
    ["… with two dots", "169.254.169.254.."],
    ["… in wide digits", "１６９.254.169.254"],
    ["… with ideographic stops", "169。254。169。254"],
    ["… with wide stops", "169．254．169．254"],
    ["… with half-wide stops", "169｡254｡169｡254"],
    ["… short", "169.16689662"],
    ["… escaped", "%31%36%39.254.169.254"],
    ["another cloud's metadata", "100.100.100.200"],
    ["a third's", "192.0.0.192"],
    ["a fourth's", "168.63.129.16"],
    ["zero", "0"],
    ["zero in hexadecimal", "0x"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "[::]"],
    ["IPv6 loopback's neighbour", "[::2]"],
    ["mapped loopback", "[::ffff:127.0.0.1]"],
    ["mapped and written out", "[0:0:0:0:0:ffff:7f00:0001]"],
    ["mapped public", "[::ffff:8.8.8.8]"],
    ["compatible", "[::169.254.169.254]"],
    ["translated, SIIT", "[::ffff:0:10.0.0.1]"],
    ["translated", "[64:ff9b::10.0.0.1]"],
    ["translated locally", "[64:ff9b:1::10.0.0.1]"],
    ["6to4 of a private address", "[2002:a00:1::]"],
    ["Teredo of a private address", "[2001:0:4136:e378:8000:63bf:f5ff:fffe]"],
    ["IPv6 benchmarks", "[2001:2::1]"],
    ["ORCHID", "[2001:20::1]"],
    ["IPv6 documentation", "[2001:db8::1]"],
    ["IPv6 documentation, the newer", "[3fff::1]"],
    ["the former IPv6 test network", "[3ffe::1]"],
    ["discard", "[100::1]"],
    ["segment routing", "[5f00::1]"],
    ["unique local", "[fc00::1]"],
    ["a cloud's metadata by IPv6", "[fd00:ec2::254]"],
    ["link-local", "[fe80::1]"],
    ["link-local's end", "[febf::1]"],
    ["site-local", "[fec0::1]"],
    ["multicast", "[ff02::1]"],
    ["never assigned", "[4000::1]"],
  ] as const)("%s: %s", ([, host]) => {
    expect(verdict(`https://${host}/x`)).toBe("forbidden_host");
    expect(verdict(`https://${host}:8443/x`, LOCAL)).toBe("forbidden_host");
  });
});

test.for([
  ["backslashes", "https:\\\\10.0.0.1\\x"],
  ["no slashes", "https:10.0.0.1/x"],
  ["a slash too many", "https:///10.0.0.1/x"],
  ["line breaks and tabs", "ht\ntps://10.0.\t0.1/x"],
  ["spaces around it", "  https://10.0.0.1/x  "],
  ["a path that climbs", "https://10.0.0.1/../../x"],
] as const)("a host is found behind %s, and refused", ([, text]) => {
  expect(verdict(text)).toBe("forbidden_host");
  expect(verdict(text.replace("10.0.", "8.8.").replace("10.0.\t", "8.8.\t"))).toMatch(
    /^https:\/\/8\.8\.0\.1\/x$/,
  );
});

describe("loopback is for local development", () => {
  test.for([
    ["http://localhost:8787/x", "http://localhost:8787/x"],
    ["http://localhost./x", "http://localhost/x"],
    ["http://LOCALHOST/x", "http://localhost/x"],
    ["http://127.0.0.1:5000/", "http://127.0.0.1:5000/"],
    ["http://127.1/", "http://127.0.0.1/"],
    ["http://[::1]:5000/", "http://[::1]:5000/"],
    ["https://localhost/", "https://localhost/"],
    ["https://127.0.0.1/", "https://127.0.0.1/"],
    ["https://[::1]/", "https://[::1]/"],
  ] as const)("%s", ([text, href]) => {
    expect(verdict(text, LOCAL)).toBe(href);
    expect(verdict(text)).toBe(text.startsWith("https:") ? "forbidden_host" : "not_https");
  });

  test.for([
    ["http://user@localhost/", "credentials"],
    ["http://localhost/#x", "fragment"],
    ["http://localhost:25/", "forbidden_port"],
    ["ws://localhost/", "not_https"],
    ["ftp://127.0.0.1/", "not_https"],
    ["http://127.0.0.2/", "not_https"],
    ["http://localhost.example/", "not_https"],
  ] as const)("%s even there: %s", ([text, problem]) => expect(verdict(text, LOCAL)).toBe(problem));
});

/** Each special range, and the last address before and the first behind it that are public. */
const RANGES = [
  ["0.0.0.0", "0.255.255.255", null, "1.0.0.0"],
  ["10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"],
  ["127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"],
  ["168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"],
  ["169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"],
  ["172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"],
  ["192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"],
  ["192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"],
  ["192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"],
  ["198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"],
  ["198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"],
  ["203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"],
  ["224.0.0.0", "255.255.255.255", "223.255.255.255", null],
] as const;

test.for(RANGES)("%s to %s is refused, and ends there", ([first, last, before, behind]) => {
  for (const inside of [first, last]) expect(verdict(`https://${inside}/`)).toBe("forbidden_host");
  for (const outside of [before, behind]) {
    if (outside !== null) expect(verdict(`https://${outside}/`)).toBe(`https://${outside}/`);
  }
});

test.for([
  ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2001:200::"],
  [
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::",
  ],
  ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"],
  [
    "3ffe::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::",
  ],
  ["4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null],
  ["::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::"],
] as const)("[%s] to [%s] is refused, and ends there", ([first, last, before, behind]) => {
  for (const inside of [first, last]) expect(verdict(`https://[${inside}]/`)).toBe("forbidden_host");
  for (const outside of [before, behind]) {
    if (outside !== null) expect(verdict(`https://[${outside}]/`)).toBe(`https://[${outside}]/`);
  }
});

type Octets = readonly [number, number, number, number];

const octetsOf = (address: number): Octets => [
  Math.floor(address / 2 ** 24),
  Math.floor(address / 2 ** 16) % 256,
  Math.floor(address / 2 ** 8) % 256,
  address % 256,
];

const numberOf = (dotted: string) => dotted.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);

const between = (first: string, last: string) =>
  fc.integer({ min: numberOf(first), max: numberOf(last) }).map(octetsOf);

/** One address, spelled in each way that the URL standard reads as IPv4. */
function ipv4Spellings([a, b, c, d]: Octets): string[] {
  const whole = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const octal = (part: number) => `0${part.toString(8)}`;
  const hex = (part: number) => `0x${part.toString(16)}`;
  const forms = [[a, b, c, d], [a, b, c * 2 ** 8 + d], [a, b * 2 ** 16 + c * 2 ** 8 + d], [whole]];
  return [
    ...forms.flatMap((parts) => [parts, parts.map(octal), parts.map(hex)].map((each) => each.join("."))),
    [octal(a), hex(b), c, d].join("."),
    [a, b, c, d].join("。"),
    [a, b, c, d].map((part) => `000${part.toString(8)}`).join("."),
    `${hex(whole).toUpperCase()}.`,
    String(whole).replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ];
}

/** The same inside IPv6. */
function ipv6Spellings([a, b, c, d]: Octets): string[] {
  const hex = (high: number, low: number) => (high * 256 + low).toString(16);
  const dotted = [a, b, c, d].join(".");
  const groups = `${hex(a, b)}:${hex(c, d)}`;
  const flipped = `${hex(255 - a, 255 - b)}:${hex(255 - c, 255 - d)}`;
  return [
    `::ffff:${dotted}`,
    `::ffff:${groups}`,
    `0:0:0:0:0:FFFF:${dotted}`,
    `::${dotted}`,
    `::ffff:0:${dotted}`,
    `64:ff9b::${dotted}`,
    `64:ff9b:1::${groups}`,
    `2002:${groups}::1`,
    `2001:0:4136:e378:8000:63bf:${flipped}`,
  ].map((address) => `[${address}]`);
}

test("an address of any special range is refused in each spelling", () => {
  const special = fc.constantFrom(...RANGES).chain(([first, last]) => between(first, last));
  fc.assert(
    fc.property(special, (octets) => {
      for (const host of [...ipv4Spellings(octets), ...ipv6Spellings(octets)]) {
        expect([host, verdict(`https://${host}/`)]).toEqual([host, "forbidden_host"]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a public address is let through in each spelling of its own, as one and the same", () => {
  const open = fc.oneof(between("1.0.0.0", "9.255.255.255"), between("200.0.0.0", "202.255.255.255"));
  fc.assert(
    fc.property(open, (octets) => {
      for (const host of ipv4Spellings(octets)) {
        expect([host, verdict(`https://${host}/`)]).toEqual([host, `https://${octets.join(".")}/`]);
      }
    }),
  );
});
