// The signature of callbacks, held against Twilio's own library: what either side signs the other believes, and
// nothing else. How Twilio's servers sign is known from the test vectors in test/telephony/signature.test.ts.

import * as fc from "fast-check";
import twilio from "twilio";
import { describe, expect, test } from "vitest";
import { signRequest } from "../../src/sandbox/signature.ts";
import type { CarrierRequest } from "../../src/telephony/provider.ts";
import { signatureJudge, signatureOf } from "../../src/telephony/twilio/signature.ts";
import {
  form,
  parametersOf,
  port,
  signedBody,
  signedForm,
  signedHandshake,
  signForm,
  token,
  webUrl,
  withHash,
  type SignedBody,
  type SignedForm,
} from "./support/signed-requests.ts";

const isSignedBy = (authToken: string, request: CarrierRequest) => signatureJudge(authToken)(request);

const RUNS = { numRuns: 200 };
const HOST = /(?<=\/\/([^/?@]*@)?)(\[::1\]|[^/?:@[]+)(?=[:/?]|$)/;

function weBelieve({ token: authToken, url, pairs, signature }: SignedForm): Promise<boolean> {
  const headers = new Headers({
    "X-Twilio-Signature": signature,
    "Content-Type": "application/x-www-form-urlencoded",
  });
  return isSignedBy(authToken, { url, headers, body: new URLSearchParams(pairs).toString() });
}

function twilioBelieves({ token: authToken, url, pairs, signature }: SignedForm): boolean {
  return twilio.validateRequest(authToken, signature, url, parametersOf(pairs));
}

describe("a form that Twilio signed", () => {
  test("is believed, in whatever order its fields arrive", async () => {
    await fc.assert(
      fc.asyncProperty(signedForm, fc.gen(), async (signed, draw) => {
        const pairs = draw(fc.shuffledSubarray, signed.pairs, { minLength: signed.pairs.length });
        expect(await weBelieve({ ...signed, pairs })).toBe(true);
      }),
      RUNS,
    );
  });

  test("has the very signature that we and the sandbox would give it", async () => {
    await fc.assert(
      fc.asyncProperty(signedForm, async ({ token: authToken, url, pairs, signature }) => {
        const body = new URLSearchParams(pairs).toString();
        expect(await signatureOf(authToken, url, body)).toBe(signature);
        expect(await signRequest(authToken, url, pairs)).toBe(signature);
      }),
      RUNS,
    );
  });

  test.each<[string, (signed: SignedForm) => SignedForm]>([
    ["token", (signed) => ({ ...signed, token: `${signed.token}0` })],
    ["signature", (signed) => ({ ...signed, signature: signed.signature.replace(/./, otherThan("A", "B")) })],
    ["scheme", (signed) => ({ ...signed, url: signed.url.replace(/^https?/, otherThan("http", "https")) })],
    ["host", (signed) => ({ ...signed, url: signed.url.replace(HOST, "evil.example") })],
    ["end of the address", (signed) => ({ ...signed, url: `${signed.url}/1` })],
    [
      "value",
      ({ pairs, ...signed }) => ({ ...signed, pairs: pairs.map(([n, v], i) => [n, i === 0 ? `${v}1` : v]) }),
    ],
    [
      "name",
      ({ pairs, ...signed }) => ({ ...signed, pairs: pairs.map(([n, v], i) => [i === 0 ? `1${n}` : n, v]) }),
    ],
    ["field, added", ({ pairs, ...signed }) => ({ ...signed, pairs: [...pairs, ["Added", ""]] })],
    ["field, left out", ({ pairs, ...signed }) => ({ ...signed, pairs: pairs.slice(1) })],
  ])("is believed neither by us nor by Twilio with another %s", async (_, change) => {
    await fc.assert(
      fc.asyncProperty(signedForm.filter(hasEachNameOnce), async (signed) => {
        const other = change(signed);
        expect({ we: await weBelieve(other), twilio: twilioBelieves(other) }).toEqual({
          we: false,
          twilio: false,
        });
      }),
      RUNS,
    );
  });

  test("is believed under another port exactly where Twilio's library believes it", async () => {
    const seen = { both: 0, neither: 0 };
    await fc.assert(
      fc.asyncProperty(signedForm, port, async (signed, otherPort) => {
        const arrived = { ...signed, url: withPort(signed.url, otherPort) };
        const believed = await weBelieve(arrived);
        expect(believed).toBe(twilioBelieves(arrived));
        seen[believed ? "both" : "neither"] += 1;
      }),
      RUNS,
    );
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(20);
  });
});

describe("a JSON body that Twilio signed", () => {
  const weDo = ({ token: authToken, url, body, signature }: SignedBody) =>
    isSignedBy(authToken, {
      url,
      body,
      headers: new Headers({ "X-Twilio-Signature": signature, "Content-Type": "application/json" }),
    });
  const twilioDoes = ({ token: authToken, url, body, signature }: SignedBody) =>
    twilio.validateRequestWithBody(authToken, signature, url, body);

  test("is believed, and has the sandbox's signature", async () => {
    await fc.assert(
      fc.asyncProperty(signedBody, async (drawn) => {
        expect(await weDo(drawn)).toBe(true);
        const signature = await signRequest(drawn.token, drawn.url);
        expect(twilioDoes({ ...drawn, signature })).toBe(true);
      }),
      RUNS,
    );
  });

  test.each<[string, (drawn: SignedBody) => SignedBody]>([
    ["body", (drawn) => ({ ...drawn, body: `${drawn.body} ` })],
    [
      "body and its hash",
      (drawn) => ({
        ...drawn,
        body: "{}1",
        url: withHash(drawn.url.replace(/[?&]bodySHA256=\w+$/, ""), "{}1"),
      }),
    ],
    ["hash", (drawn) => ({ ...drawn, url: drawn.url.replace(/\w+$/, "F$&") })],
    ["token", (drawn) => ({ ...drawn, token: `${drawn.token}0` })],
  ])("is believed neither by us nor by Twilio with another %s", async (_, change) => {
    await fc.assert(
      fc.asyncProperty(signedBody, async (drawn) => {
        const other = change(drawn);
        expect({ we: await weDo(other), twilio: twilioDoes(other) }).toEqual({ we: false, twilio: false });
      }),
      RUNS,
    );
  });
});

describe("a socket's handshake", () => {
  test("is believed by its ws(s) address, and has the sandbox's signature", async () => {
    await fc.assert(
      fc.asyncProperty(signedHandshake, async (handshake) => {
        expect(await weBelieve(handshake)).toBe(true);
        expect(
          twilioBelieves({ ...handshake, signature: await signRequest(handshake.token, handshake.url) }),
        ).toBe(true);
      }),
      RUNS,
    );
  });

  test("is believed neither by us nor by Twilio under the http(s) address", async () => {
    await fc.assert(
      fc.asyncProperty(signedHandshake, async (handshake) => {
        const other = { ...handshake, url: handshake.url.replace(/^ws/, "http") };
        expect({ we: await weBelieve(other), twilio: twilioBelieves(other) }).toEqual({
          we: false,
          twilio: false,
        });
      }),
      RUNS,
    );
  });
});

test("what the sandbox signs, Twilio's library believes, of the address without its connection overrides", async () => {
  await fc.assert(
    fc.asyncProperty(token, webUrl, form, async (authToken, url, pairs) => {
      const signature = await signRequest(authToken, `${url}#rc=5&rp=ct,rt,5xx`, pairs);
      expect(twilioBelieves({ token: authToken, url, pairs, signature })).toBe(true);
    }),
    RUNS,
  );
});

// None of these addresses is one of ours: scheme and host come from the normalised PUBLIC_BASE_URL, the path has
// letters, digits, `_` and `-` only, and there is no query.
describe("where Twilio's library is odd, or otherwise than we are", () => {
  test.each([
    ["wss, signed with :443", "wss://calls.example:443/relay", "wss://calls.example/relay", true, false],
    ["wss, signed with :80", "wss://calls.example:80/relay", "wss://calls.example/relay", false, true],
    [
      "a blank as %20, signed as +",
      "https://calls.example/?a=b+c",
      "https://calls.example/?a=b%20c",
      false,
      false,
    ],
    [
      "a blank as +, signed as %20",
      "https://calls.example/?a=b%20c",
      "https://calls.example/?a=b+c",
      false,
      true,
    ],
    ["%27, signed as a quote", "https://calls.example/?a='", "https://calls.example/?a=%27", false, true],
    [
      "a quote in the path, signed as %27",
      "https://calls.example/%27",
      "https://calls.example/'",
      true,
      false,
    ],
    ["no path, signed as /", "https://calls.example/", "https://calls.example", false, true],
    ["a host in capitals", "https://Calls.Example/a", "https://Calls.Example/a", false, true],
  ])("%s", async (_, signedUrl, url, we, they) => {
    const arrived = { ...signForm("token", signedUrl, [["a", "bc"]]), url };
    expect({ we: await weBelieve(arrived), they: twilioBelieves(arrived) }).toEqual({ we, they });
  });

  // The signature is over names and values without a mark between them. It takes a request that was signed, though.
  test("both believe a form whose letters moved from a value into its name", async () => {
    const signed = signForm("token", "https://calls.example/a", [["a", "bc"]]);
    const moved: SignedForm = { ...signed, pairs: [["ab", "c"]] };
    expect({ we: await weBelieve(moved), they: twilioBelieves(moved) }).toEqual({ we: true, they: true });
  });
});

/** One field at least, and none twice: of a value sent twice, one may be left out. */
function hasEachNameOnce({ pairs }: SignedForm): boolean {
  return pairs.length > 0 && new Set(pairs.map(([each]) => each)).size === pairs.length;
}

function otherThan(one: string, other: string): (found: string) => string {
  return (found) => (found === one ? other : one);
}

function withPort(url: string, otherPort: string): string {
  return url.replace(/^(\w+:\/\/[^/?]*?)(:\d+)?(?=[/?]|$)/, `$1${otherPort}`);
}
