// The one place that knows carriers by name.

import type { Config } from "../config.ts";
import type { CarrierKind } from "../domain/carrier-kinds.ts";
import { unseal } from "../lib/sealing.ts";
import { fetchWithLoopback } from "./loopback.ts";
import type { RelayProtocol, TelephonyProvider } from "./provider.ts";
import { twilioRelay } from "./twilio/documents.ts";
import { createTwilioProvider } from "./twilio/twilio.ts";

export type CarrierAccess = {
  id: string;
  kind: CarrierKind;
  accountSid: string;
  authTokenEncrypted: string;
  apiBaseUrl: string | null;
};

/** The adapter for a carrier account. The sandbox is spoken to as Twilio is, at this deployment's address. */
export async function openProvider(account: CarrierAccess, config: Config): Promise<TelephonyProvider> {
  const own = { sandbox: `${config.PUBLIC_BASE_URL}/sandbox`, twilio: "https://api.twilio.com" };
  return createTwilioProvider({
    accountSid: account.accountSid,
    authToken: await unseal(config.CREDENTIALS_KEY, account.authTokenEncrypted, account.id),
    apiBaseUrl: account.apiBaseUrl ?? own[account.kind],
    fetch: fetchWithLoopback(config.PUBLIC_BASE_URL),
  });
}

export function relayProtocolOf(kind: CarrierKind): RelayProtocol {
  const protocols: Record<CarrierKind, RelayProtocol> = { sandbox: twilioRelay, twilio: twilioRelay };
  return protocols[kind];
}
