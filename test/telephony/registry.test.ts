// The registry hands out an adapter that reaches the built-in sandbox over the real loopback.

import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { CARRIER_KINDS } from "../../src/domain/carrier-kinds.ts";
import { newId } from "../../src/lib/ids.ts";
import { seal } from "../../src/lib/sealing.ts";
import { sandboxAuthToken } from "../../src/sandbox/credentials.ts";
import { openProvider, relayProtocolOf, type CarrierAccess } from "../../src/telephony/registry.ts";
import { twilioRelay } from "../../src/telephony/twilio/documents.ts";
import { CALL_SID } from "./fake-twilio.ts";

const config = readConfig(env);

async function sandboxAccount(token?: string): Promise<CarrierAccess> {
  const id = newId("carrier");
  const accountSid = `AC${crypto.randomUUID().replaceAll("-", "")}`;
  const authToken = token ?? (await sandboxAuthToken(config.SANDBOX_SECRET ?? "", accountSid));
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
