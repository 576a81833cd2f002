import { describe, expect, test } from "vitest";
import { isLoopbackUrl, readConfig } from "../../src/config.ts";

const BASE = {
  PUBLIC_BASE_URL: "https://calls.example",
  CREDENTIALS_KEY: "dGVzdC10ZXN0LXRlc3QtdGVzdC10ZXN0LXRlc3QtMTI=",
};
const read = (changes: object = {}) => readConfig({ ...BASE, ...changes });

function problemsOf(env: object): string[] {
  try {
    readConfig(env);
  } catch (error) {
    return [...String(error).matchAll(/\b([A-Z]+(?:_[A-Z]+)+):/g)].map(([, key]) => String(key));
  }
  return [];
}

describe("a configuration", () => {
  test("that says the least takes the defaults", () => {
    expect(read()).toEqual({
      ...BASE,
      MODEL_TIMEOUT_SECONDS: 6,
      SANDBOX_SPEED: 1,
      DIAL_DEADLINE_SECONDS: 300,
      RATE_LIMIT_CEILING: 60_000,
      isLocal: false,
      credentialsKeys: [BASE.CREDENTIALS_KEY],
    });
  });

  test("that says all is taken as it is, numbers from their text, and bindings left out", () => {
    const SANDBOX_SECRET = "s".repeat(32);
    const numbers = {
      SANDBOX_SPEED: "40.5",
      DIAL_DEADLINE_SECONDS: "60",
      RATE_LIMIT_CEILING: "6000",
      MODEL_TIMEOUT_SECONDS: "2.5",
    };
    const model = {
      MODEL_BASE_URL: "https://models.example/v1",
      MODEL_NAME: "a-model",
      MODEL_API_KEY: "a-key",
    };
    expect(read({ SANDBOX_SECRET, ...model, ...numbers, DB: {} })).toEqual({
      ...BASE,
      ...model,
      MODEL_TIMEOUT_SECONDS: 2.5,
      SANDBOX_SECRET,
      SANDBOX_SPEED: 40.5,
      DIAL_DEADLINE_SECONDS: 60,
      RATE_LIMIT_CEILING: 6000,
      isLocal: false,
      credentialsKeys: [BASE.CREDENTIALS_KEY],
    });
  });

  test("may have a previous key beside the one that seals, and takes an empty one for none", () => {
    const previous = btoa("0123456789abcdef0123456789abcdef");
    expect(read({ CREDENTIALS_KEY_PREVIOUS: previous }).credentialsKeys).toEqual([
      BASE.CREDENTIALS_KEY,
      previous,
    ]);
    expect(read({ CREDENTIALS_KEY_PREVIOUS: "" }).credentialsKeys).toEqual([BASE.CREDENTIALS_KEY]);
    expect(problemsOf({ ...BASE, CREDENTIALS_KEY_PREVIOUS: "short" })).toEqual(["CREDENTIALS_KEY_PREVIOUS"]);
  });

  test("can't be changed", () => {
    expect(Object.isFrozen(read())).toBe(true);
    expect(() => Object.assign(read(), { isLocal: true })).toThrow(TypeError);
  });

  test("is read once for an environment, and anew for another", () => {
    const env = { ...BASE };
    expect(readConfig(env)).toBe(readConfig(env));
    expect(readConfig({ ...env, DIAL_DEADLINE_SECONDS: "60" }).DIAL_DEADLINE_SECONDS).toBe(60);
  });
});

describe("a bad configuration", () => {
  test("is refused with every bad key by its name", () => {
    const bad = {
      PUBLIC_BASE_URL: "http://calls.example",
      CREDENTIALS_KEY: "short",
      SANDBOX_SECRET: "short",
      SANDBOX_SPEED: "fast",
      DIAL_DEADLINE_SECONDS: "0",
      RATE_LIMIT_CEILING: "0",
    };
    expect(problemsOf(bad)).toEqual(Object.keys(bad));
    expect(problemsOf({})).toEqual(["PUBLIC_BASE_URL", "CREDENTIALS_KEY"]);
  });

  test("does not show the secrets that it refuses", () => {
    expect(() => read({ CREDENTIALS_KEY: "almost-a-key", SANDBOX_SECRET: "almost-a-secret" })).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching(/almost-a/) }),
    );
  });

  test.each([
    ["no URL", "calls.example"],
    ["empty", ""],
    ["http elsewhere", "http://calls.example"],
    ["http at a name like loopback", "http://localhost.calls.example"],
    ["http at a user like loopback", "http://localhost@calls.example"],
    ["http in the local network", "http://192.168.1.10:8787"],
    ["http on all interfaces", "http://0.0.0.0:8787"],
    ["a socket", "wss://calls.example"],
    ["a file", "file:///calls.example"],
  ])("PUBLIC_BASE_URL: %s", (_, PUBLIC_BASE_URL) => {
    expect(problemsOf({ ...BASE, PUBLIC_BASE_URL })).toContain("PUBLIC_BASE_URL");
  });

  test.each([
    ["16 bytes", btoa("0123456789abcdef")],
    ["33 bytes", btoa("0123456789abcdef0123456789abcdef0")],
    ["hexadecimal", "0f".repeat(32)],
    ["base64url", `${"-_".repeat(21)}A=`],
    ["a line's end", `${BASE.CREDENTIALS_KEY}\n`],
    ["no text", 7],
  ])("CREDENTIALS_KEY: %s", (_, CREDENTIALS_KEY) => {
    expect(problemsOf({ ...BASE, CREDENTIALS_KEY })).toEqual(["CREDENTIALS_KEY"]);
  });

  test.each([
    ["SANDBOX_SECRET", "s".repeat(31)],
    ["SANDBOX_SECRET", ""],
    ["SANDBOX_SPEED", "0"],
    ["SANDBOX_SPEED", "0.5"],
    ["SANDBOX_SPEED", "1001"],
    ["SANDBOX_SPEED", ""],
    ["SANDBOX_SPEED", "NaN"],
    ["SANDBOX_SPEED", "Infinity"],
    ["DIAL_DEADLINE_SECONDS", "0"],
    ["DIAL_DEADLINE_SECONDS", "3601"],
    ["DIAL_DEADLINE_SECONDS", "1.5"],
    ["DIAL_DEADLINE_SECONDS", "5m"],
    ["DIAL_DEADLINE_SECONDS", ""],
    ["RATE_LIMIT_CEILING", "0"],
    ["RATE_LIMIT_CEILING", "1000001"],
    ["RATE_LIMIT_CEILING", "many"],
    ["MODEL_TIMEOUT_SECONDS", "0"],
    ["MODEL_TIMEOUT_SECONDS", "13"],
    ["MODEL_TIMEOUT_SECONDS", "soon"],
  ])("%s=%j", (key, value) => expect(problemsOf({ ...BASE, [key]: value })).toEqual([key]));
});

describe("the deployment's model", () => {
  const AT = { MODEL_BASE_URL: "https://models.example/v1", MODEL_NAME: "a-model" };

  test.each([
    ["none", {}],
    ["one of Workers AI", { WORKERS_AI_MODEL: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" }],
    ["one that needs no key", AT],
    ["one that does", { ...AT, MODEL_API_KEY: "a-key" }],
    [
      "one on the same machine, in development",
      { ...AT, MODEL_BASE_URL: "http://127.0.0.1:11434/v1", PUBLIC_BASE_URL: "http://localhost:8787" },
    ],
  ])("may be %s", (_, model) => expect(problemsOf({ ...BASE, ...model })).toEqual([]));

  test.each([
    ["an address alone", { MODEL_BASE_URL: AT.MODEL_BASE_URL }],
    ["a name alone", { MODEL_NAME: "a-model" }],
    ["a key alone", { MODEL_API_KEY: "a-key" }],
    ["a key and a name", { MODEL_NAME: "a-model", MODEL_API_KEY: "a-key" }],
  ])("may be set part by part, and calls go on meanwhile: %s", (_, model) =>
    expect(problemsOf({ ...BASE, ...model })).toEqual([]),
  );

  test.each([
    ["an empty name", { ...AT, MODEL_NAME: "" }, "MODEL_NAME"],
    ["an address that is none", { ...AT, MODEL_BASE_URL: "models.example" }, "MODEL_BASE_URL"],
    [
      "an address with credentials",
      { ...AT, MODEL_BASE_URL: "https://a:b@models.example" },
      "MODEL_BASE_URL",
    ],
    ["an address without encryption", { ...AT, MODEL_BASE_URL: "http://models.example" }, "MODEL_BASE_URL"],
    ["a private address", { ...AT, MODEL_BASE_URL: "https://10.0.0.1/v1" }, "MODEL_BASE_URL"],
    ["this machine's own, once deployed", { ...AT, MODEL_BASE_URL: "http://127.0.0.1/v1" }, "MODEL_BASE_URL"],
    ["one that Workers AI can't have", { WORKERS_AI_MODEL: "gpt-4.1-mini" }, "WORKERS_AI_MODEL"],
  ])("can't be %s", (_, model, key) => expect(problemsOf({ ...BASE, ...model })).toEqual([key]));

  test("is never shown with its key", () => {
    const model = { ...AT, MODEL_BASE_URL: "http://models.example", MODEL_API_KEY: "a-secret-key" };
    expect(() => read(model)).toThrow(/^(?!.*a-secret-key)/s);
  });
});

describe("PUBLIC_BASE_URL", () => {
  test.each([
    ["http://localhost:8787", "http://localhost:8787", true],
    ["http://127.0.0.1:8787/", "http://127.0.0.1:8787", true],
    ["http://[::1]:8787", "http://[::1]:8787", true],
    ["https://localhost", "https://localhost", true],
    ["https://Calls.Example/", "https://calls.example", false],
    ["https://calls.example:443", "https://calls.example", false],
    ["https://calls.example:8443", "https://calls.example:8443", false],
  ])("%s is read as %s (local: %s)", (PUBLIC_BASE_URL, origin, isLocal) => {
    expect(read({ PUBLIC_BASE_URL })).toMatchObject({ PUBLIC_BASE_URL: origin, isLocal });
  });

  // The routes stand at the root, so what follows the host would be dropped without a word.
  test.each(["https://calls.example/app", "https://user:pass@calls.example", "https://calls.example?a=1"])(
    "%s is refused: it says more than scheme and host",
    (PUBLIC_BASE_URL) => {
      expect(problemsOf({ ...BASE, PUBLIC_BASE_URL })).toEqual(["PUBLIC_BASE_URL"]);
    },
  );
});

test.each([
  ["http://localhost/", true],
  ["ws://127.0.0.1:1/x", true],
  ["https://[::1]/", true],
  ["http://127.0.0.2/", false],
  ["http://localhost.example/", false],
  ["http://example/localhost", false],
  ["localhost", false],
  ["", false],
])("isLoopbackUrl(%j) is %s", (url, loopback) => expect(isLoopbackUrl(url)).toBe(loopback));
