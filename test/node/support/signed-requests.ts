// Requests as Twilio's own library signs them, drawn at random from what may be in one.

import { parse } from "node:querystring";
import * as fc from "fast-check";
import twilio from "twilio";

export type Pair = [name: string, value: string];
export type SignedForm = { token: string; url: string; pairs: Pair[]; signature: string };
export type SignedBody = { token: string; url: string; body: string; signature: string };

export const token = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.string({ unit: "binary", minLength: 1 }),
);

/** Characters that one tool or another would encode otherwise than the next. */
const piece = fc.constantFrom(..."a Z 7 - ~ ' ! ( + %20 %27 %2B %C3%BC : @ ,".split(" "));
const characters = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));

export const port = fc.constantFrom("", "", ":80", ":443", ":8443", ":8787", ":1");

const parts = fc.tuple(
  fc.constantFrom("", "", "user@", "user:pass@"),
  fc.constantFrom("calls.example", "localhost", "xn--bcher-kva.example", "127.0.0.1", "[::1]"),
  port,
  fc.array(characters, { maxLength: 3 }).map((segments) => segments.map((each) => `/${each}`).join("")),
  fc.oneof(
    fc.constant(""),
    fc
      .array(fc.tuple(characters, characters), { maxLength: 3 })
      .map((query) => `?${query.map(([field, text]) => `${field}=${text}`).join("&")}`),
  ),
);

const addressOf = (...schemes: string[]) =>
  fc.tuple(fc.constantFrom(...schemes), parts).map(([scheme, rest]) => scheme + rest.join(""));

export const webUrl = addressOf("https://", "http://");
export const socketUrl = addressOf("wss://", "ws://");

const value = fc.oneof(
  fc.constantFrom("", " ", "+15005550006", "a b", "a+b", "50%", "é", "ﬀ", "😀", "\r\n", " trimmed? "),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const name = fc.oneof(
  fc.constantFrom("To", "From", "CallSid", "Digits", "digits", "__proto__", "Ü", "😀", "ﬀ"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);

/** Repeated fields, with one value or with several, are among them. */
export const form: fc.Arbitrary<Pair[]> = fc.array(fc.tuple(name, value), { maxLength: 8 });

/** A form as a web server hands it to Twilio's library: a repeated field is an array. */
export function parametersOf(pairs: Pair[]): Record<string, unknown> {
  return { ...parse(new URLSearchParams(pairs).toString()) };
}

export function signForm(authToken: string, url: string, pairs: Pair[]): SignedForm {
  const signature = twilio.getExpectedTwilioSignature(authToken, url, parametersOf(pairs));
  return { token: authToken, url, pairs, signature };
}

export function withHash(url: string, body: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${twilio.getExpectedBodyHash(body)}`;
}

export const signedForm = fc.tuple(token, webUrl, form).map((drawn) => signForm(...drawn));

export const signedHandshake = fc.tuple(token, socketUrl).map((drawn) => signForm(...drawn, []));

export const signedBody: fc.Arbitrary<SignedBody> = fc
  .tuple(token, webUrl, fc.oneof(fc.json(), value))
  .map(([authToken, address, body]) => {
    const url = withHash(address, body);
    return { token: authToken, url, body, signature: twilio.getExpectedTwilioSignature(authToken, url, {}) };
  });
