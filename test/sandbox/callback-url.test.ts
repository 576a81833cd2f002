import { describe, expect, test } from "vitest";
import { handshakeUrlOf, isReachable, retryPolicyOf } from "../../src/sandbox/callback-url.ts";

describe("connection overrides in a callback's fragment", () => {
  test.each([
    ["https://a.example/cb", { retries: 1, on: ["ct"] }],
    ["https://a.example/cb#rc=3&rp=ct,5xx", { retries: 3, on: ["ct", "5xx"] }],
    ["https://a.example/cb#rc=0", { retries: 0, on: ["ct"] }],
    ["https://a.example/cb#rc=5&rp=all", { retries: 5, on: ["ct", "rt", "4xx", "5xx"] }],
    ["https://a.example/cb#rc=6&rp=nonsense", { retries: 1, on: [] }],
    ["https://a.example/cb#rc=x", { retries: 1, on: ["ct"] }],
  ])("%s", (url, policy) => expect(retryPolicyOf(url)).toEqual(policy));
});

describe("where the sandbox may send requests", () => {
  const deployed = { ownOrigin: "https://own.example", isLocal: false };
  const local = { ownOrigin: "http://localhost:8787", isLocal: true };

  test.each([
    ["https://own.example/x", deployed, true],
    ["https://own.example:444/x", deployed, false],
    ["http://own.example/x", deployed, false],
    ["https://own.example.evil.example/x", deployed, false],
    ["https://own.example@evil.example/x", deployed, false],
    ["http://127.0.0.1/x", deployed, false],
    ["/x", deployed, false],
    ["http://localhost:8787/x", local, true],
    ["http://127.0.0.1:5000/x", local, true],
    ["ftp://127.0.0.1/x", local, false],
    ["https://own.example/x", local, false],
  ])("%s", (url, reach, expected) => expect(isReachable(url, reach)).toBe(expected));

  test("a socket's handshake goes to the same address by http", () => {
    expect(handshakeUrlOf("wss://own.example/relay/1")).toBe("https://own.example/relay/1");
    expect(handshakeUrlOf("ws://localhost:8787/relay")).toBe("http://localhost:8787/relay");
    expect(handshakeUrlOf("https://own.example/relay")).toBeUndefined();
  });
});
