// The registry hands out an adapter that reaches the built-in sandbox over the real loopback.

import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { CARRIER_KINDS } from "../../src/domain/carrier-kinds.ts";
import { newId } from "../../src/lib/ids.ts";
import { seal } from "../../src/lib/sealing.ts";
import { accountToken } from "../../src/lib/account-token.ts";
import {
  nearestPlaceOf,
  openProvider,
  relayProtocolOf,
  type CarrierAccess,
} from "../../src/telephony/registry.ts";
import { twilioRelay } from "../../src/telephony/twilio/documents.ts";
import { CALL_SID } from "./fake-twilio.ts";

const config = readConfig(env);

async function sandboxAccount(token?: string): Promise<CarrierAccess> {
  const id = newId("carrier");
  const accountSid = `AC${crypto.randomUUID().replaceAll("-", "")}`;
  const authToken = token ?? (await accountToken(config.SANDBOX_SECRET ?? "", accountSid));
  const authTokenEncrypted = await seal(config.CREDENTIALS_KEY, authToken, id);
  return { id, kind: "sandbox", accountSid, authTokenEncrypted, apiBaseUrl: null };
}

test("a sandbox account is spoken to at this deployment, with its unsealed token", async () => {
  const provider = await openProvider(await sandboxAccount(), config);
  expect(await provider.fetchCall(CALL_SID)).toEqual({ kind: "none" });
});

test("a sandbox account with a wrong token is refused there", async () => {
  const provider = await openProvider(await sandboxAccount("wrong"), config);
  expect(await provider.fetchCall(CALL_SID)).toEqual({ kind: "failed", detail: "401/20003" });
});

test("a token that was sealed for another account does not open", async () => {
  const [mine, other] = [await sandboxAccount(), await sandboxAccount()];
  await expect(
    openProvider({ ...mine, authTokenEncrypted: other.authTokenEncrypted }, config),
  ).rejects.toThrow();
});

test("an account is opened once, and again for a row that was read again or under another configuration", async () => {
  const account = await sandboxAccount();
  const provider = await openProvider(account, config);
  expect(await openProvider(account, config)).toBe(provider);
  expect(await openProvider({ ...account }, config)).not.toBe(provider);
  expect(await openProvider(account, { ...config })).not.toBe(provider);
});

test("an account at a forbidden address does not open, for its row may be older than the rule", async () => {
  const account = await sandboxAccount();
  const deployed = { ...config, isLocal: false };
  const at = (apiBaseUrl: string, where: typeof config) => openProvider({ ...account, apiBaseUrl }, where);
  await expect(at("https://[::ffff:a00:1]", config)).rejects.toThrow("forbidden_host");
  await expect(at("http://carrier.example", config)).rejects.toThrow("not_https");
  await expect(at("http://localhost:9999", deployed)).rejects.toThrow("not_https");
  await expect(at("https://localhost", deployed)).rejects.toThrow("forbidden_host");
  expect(await (await at(`${config.PUBLIC_BASE_URL}/sandbox`, config)).fetchCall(CALL_SID)).toEqual({
    kind: "none",
  });
});

test.each(CARRIER_KINDS)("the relay of %s speaks Twilio's frames, and needs no account for it", (kind) => {
  const relay = relayProtocolOf(kind);
  expect(relay).toBe(twilioRelay);
  expect(relay.parseRelayFrame(relay.renderWords("Hi.", true))).toEqual({ type: "other" });
  expect(JSON.parse(relay.renderRelayEnd(null))).toEqual({ type: "end" });
});

test("an account has no part in the relay's frames", async () => {
  const provider = await openProvider(await sandboxAccount(), config);
  expect(Object.keys(provider).filter((name) => name in twilioRelay)).toEqual([]);
});

const PLACES: [address: string | null, place: string | null][] = [
  [null, "enam"],
  ["https://api.twilio.com", "enam"],
  ["https://api.ashburn.us1.twilio.com", "enam"],
  ["https://api.dublin.ie1.twilio.com", "weur"],
  ["https://api.sydney.au1.twilio.com/", "oc"],
  // Calls that enter at an edge elsewhere are handled in us1.
  ["https://api.sydney.twilio.com", "enam"],
  ["https://api.ie1.twilio.com", "weur"],
  ["https://api.tokyo.jp9.twilio.com", null],
  ["https://carrier.example", null],
  ["https://api.ie1.twilio.com.example", null],
  ["https://proxy.example/api.twilio.com", null],
  ["no address", null],
];
test.each(PLACES)("an account of Twilio's at %s is nearest to %s", (apiBaseUrl, place) => {
  expect(nearestPlaceOf({ kind: "twilio", apiBaseUrl })).toBe(place);
});

test("where the sandbox's lines are nobody knows", () => {
  expect(nearestPlaceOf({ kind: "sandbox", apiBaseUrl: null })).toBeNull();
});
