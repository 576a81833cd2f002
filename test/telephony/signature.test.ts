import { describe, expect, test } from "vitest";
import type { CarrierRequest } from "../../src/telephony/provider.ts";
import { signatureJudge, signatureOf } from "../../src/telephony/twilio/signature.ts";
import bodyVectors from "../fixtures/twilio-body-signatures.json";
import vectors from "../fixtures/twilio-signatures.json";

const isSignedBy = (token: string, signed: CarrierRequest) => signatureJudge(token)(signed);

const TOKEN = "12345";
const URL_OF_PLAIN = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM =
  "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
const SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8";

function request(url: string, signature: string | null, body: string, type: string | null): CarrierRequest {
  const headers = new Headers();
  if (signature !== null) headers.set("X-Twilio-Signature", signature);
  if (type !== null) headers.set("Content-Type", type);
  return { url, headers, body };
}

function formRequest(url: string, signature: string | null, body = FORM): CarrierRequest {
  return request(url, signature, body, FORM_TYPE);
}

function formOf(params: object): string {
  const fields = Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(fields).toString();
}

describe("a request that Twilio signed", () => {
  test.each(vectors)("is authentic: $name", async ({ auth_token, signed_url, params, signature }) => {
    const form = formOf(params);
    expect(await signatureOf(auth_token, signed_url, form)).toBe(signature);
    const signed = request(signed_url, signature, form, form === "" ? null : FORM_TYPE);
    expect(await isSignedBy(auth_token, signed)).toBe(true);
  });

  test.each(bodyVectors)("is authentic: $name", async ({ auth_token, signed_url, body, signature }) => {
    const signed = request(signed_url, signature, body, "application/json");
    expect(await isSignedBy(auth_token, signed)).toBe(true);
  });

  test.each([
    ["https, signed with :443", "https://mycompany.com:443/a?b=1", "https://mycompany.com/a?b=1"],
    ["https, arrived with :443", "https://mycompany.com/a?b=1", "https://mycompany.com:443/a?b=1"],
    ["http, signed with :80", "http://mycompany.com:80/a", "http://mycompany.com/a"],
    ["http, arrived with :80", "http://mycompany.com/a", "http://mycompany.com:80/a"],
    ["wss, signed with :443", "wss://mycompany.com:443/relay", "wss://mycompany.com/relay"],
    ["ws, signed with :80", "ws://mycompany.com:80/relay", "ws://mycompany.com/relay"],
    ["another port, signed without it", "https://mycompany.com/a", "https://mycompany.com:8443/a"],
    [
      "userinfo, signed with :443",
      "https://user:pass@mycompany.com:443/a",
      "https://user:pass@mycompany.com/a",
    ],
    ["a user without password", "https://user@mycompany.com:443/a", "https://user@mycompany.com/a"],
    ["a quote, signed as %27", "https://mycompany.com/a?b=It%27s+on", "https://mycompany.com/a?b=It's+on"],
    ["no path", "https://mycompany.com:443", "https://mycompany.com"],
  ])("is authentic in Twilio's other spelling of the URL: %s", async (_, signedUrl, arrivedAt) => {
    const signature = await signatureOf(TOKEN, signedUrl, FORM);
    expect(await isSignedBy(TOKEN, formRequest(arrivedAt, signature))).toBe(true);
  });

  test.each([
    ["order of the fields", "b=2&a=1", "a=1&b=2"],
    ["order of a field's values", "d=2&d=1", "d=1&d=2"],
    ["a value sent twice", "d=1&d=2&d=1", "d=1&d=2"],
    ["the way of quoting", "a=%31+2", "a=1%202"],
  ])("does not depend on %s", async (_, signedForm, arrivedForm) => {
    const signature = await signatureOf(TOKEN, URL_OF_PLAIN, signedForm);
    expect(await isSignedBy(TOKEN, formRequest(URL_OF_PLAIN, signature, arrivedForm))).toBe(true);
  });

  test("sorts names by their bytes, capitals first, and counts empty values and spaces", async () => {
    const spelledOut = await signatureOf(TOKEN, `${URL_OF_PLAIN}Bx Emptya y `, "");
    expect(await signatureOf(TOKEN, URL_OF_PLAIN, "a=+y+&B=x+&Empty=")).toBe(spelledOut);
  });
});

describe("a request that Twilio did not sign so", () => {
  test.each([
    ["no header", formRequest(URL_OF_PLAIN, null)],
    ["an empty header", formRequest(URL_OF_PLAIN, "")],
    ["a header too short", formRequest(URL_OF_PLAIN, SIGNATURE.slice(0, -1))],
    ["a header too long", formRequest(URL_OF_PLAIN, `${SIGNATURE}=`)],
    ["a header in other case", formRequest(URL_OF_PLAIN, SIGNATURE.toLowerCase())],
    ["two headers", formRequest(URL_OF_PLAIN, `${SIGNATURE}, ${SIGNATURE}`)],
    ["another path", formRequest("https://mycompany.com/other.php?foo=1&bar=2", SIGNATURE)],
    ["another query", formRequest("https://mycompany.com/myapp.php?foo=1&bar=3", SIGNATURE)],
    ["another order of the query", formRequest("https://mycompany.com/myapp.php?bar=2&foo=1", SIGNATURE)],
    ["another host", formRequest("https://mycompany.net/myapp.php?foo=1&bar=2", SIGNATURE)],
    ["another scheme", formRequest("http://mycompany.com/myapp.php?foo=1&bar=2", SIGNATURE)],
    ["a user added", formRequest("https://user@mycompany.com/myapp.php?foo=1&bar=2", SIGNATURE)],
    ["no URL at all", formRequest("/myapp.php?foo=1&bar=2", SIGNATURE)],
    ["a value changed", formRequest(URL_OF_PLAIN, SIGNATURE, FORM.replace("1234&", "1235&"))],
    ["a field added", formRequest(URL_OF_PLAIN, SIGNATURE, `${FORM}&Zero=`)],
    ["a field's second value", formRequest(URL_OF_PLAIN, SIGNATURE, `${FORM}&Digits=9`)],
    ["a field left out", formRequest(URL_OF_PLAIN, SIGNATURE, FORM.replace("Digits=1234&", ""))],
    ["a name in other case", formRequest(URL_OF_PLAIN, SIGNATURE, FORM.replace("Digits", "digits"))],
    ["no body", formRequest(URL_OF_PLAIN, SIGNATURE, "")],
    ["a form sent as text", request(URL_OF_PLAIN, SIGNATURE, FORM, "text/plain")],
  ])("is refused: %s", async (_, unsigned) => {
    expect(await isSignedBy(TOKEN, unsigned)).toBe(false);
  });

  test.each(["12346", "1234", "12345 ", "x"])("is refused for the token %j", async (token) => {
    expect(await isSignedBy(token, formRequest(URL_OF_PLAIN, SIGNATURE))).toBe(false);
  });

  test("is refused where the userinfo was not signed", async () => {
    const signature = await signatureOf(TOKEN, "https://mycompany.com/a", "");
    expect(await isSignedBy(TOKEN, formRequest("https://user:pass@mycompany.com/a", signature, ""))).toBe(
      false,
    );
  });

  test("is refused where a port other than the default one was signed and another arrived", async () => {
    const signature = await signatureOf(TOKEN, "https://mycompany.com:8443/a", "");
    expect(await isSignedBy(TOKEN, formRequest("https://mycompany.com/a", signature, ""))).toBe(false);
    expect(await isSignedBy(TOKEN, formRequest("https://mycompany.com:9443/a", signature, ""))).toBe(false);
  });

  test.each(bodyVectors)("is refused when its body was changed: $name", async (vector) => {
    const { auth_token, signed_url, body, signature } = vector;
    for (const tampered of [`${body} `, body.replace("{", "{ "), "", "[]"]) {
      expect(await isSignedBy(auth_token, request(signed_url, signature, tampered, "application/json"))).toBe(
        false,
      );
    }
  });

  test("is refused when the body's hash in the URL was made to fit another body", async () => {
    const [vector] = bodyVectors;
    if (vector === undefined) throw new Error("No vector");
    const emptyObject = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    const url = vector.signed_url.replace(/bodySHA256=.*/, `bodySHA256=${emptyObject}`);
    expect(await isSignedBy(TOKEN, request(url, vector.signature, "{}", "application/json"))).toBe(false);
  });

  // A body that is neither a form nor hashed in the URL is covered by nothing, and must not be believed.
  test.each(["application/json", "text/plain", null])(
    "is refused when nothing covers its body (%s)",
    async (type) => {
      const signature = await signatureOf(TOKEN, URL_OF_PLAIN, "");
      expect(await isSignedBy(TOKEN, request(URL_OF_PLAIN, signature, FORM, type))).toBe(false);
    },
  );
});

describe("a WebSocket handshake", () => {
  const RELAY = "wss://api.example.com/twilio/relay/call_123";
  const RELAY_SIGNATURE = "ylvYUgdvIxckkF1k6PYxI+YNrIc=";

  test("is authentic by its wss address alone", async () => {
    expect(await isSignedBy(TOKEN, request(RELAY, RELAY_SIGNATURE, "", null))).toBe(true);
  });

  test.each([
    ["its https address", RELAY.replace("wss:", "https:")],
    ["an unencrypted one", RELAY.replace("wss:", "ws:")],
    ["another call's", RELAY.replace("call_123", "call_124")],
    ["one with a query", `${RELAY}?call=1`],
  ])("is not authentic by %s", async (_, url) => {
    expect(await isSignedBy(TOKEN, request(url, RELAY_SIGNATURE, "", null))).toBe(false);
  });
});
