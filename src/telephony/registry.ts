// The one place that knows carriers by name.

import type { Config } from "../config.ts";
import { checkBaseUrl } from "../domain/base-url.ts";
import type { CarrierKind } from "../domain/carrier-kinds.ts";
import { unseal } from "../lib/sealing.ts";
import { fetchWithLoopback } from "./loopback.ts";
import type { RelayProtocol, TelephonyProvider, TypedPerson } from "./provider.ts";
import { createTypedPerson } from "./sandbox/typed-person.ts";
import { twilioRelay } from "./twilio/documents.ts";
import { nearestPlace } from "./twilio/region.ts";
import { RETRY_OVERRIDES } from "./twilio/retry-overrides.ts";
import { createTwilioProvider } from "./twilio/twilio.ts";

/** Where an account of a carrier is. `apiBaseUrl`: null where the carrier's accounts are of themselves. */
export type CarrierAddress = { kind: CarrierKind; apiBaseUrl: string | null };

export type CarrierAccess = CarrierAddress & { id: string; accountSid: string; authTokenEncrypted: string };

/** An adapter is kept exactly as long as the row that it was opened from; a row that is read again is opened again. */
const opened = new WeakMap<CarrierAccess, { config: Config; provider: TelephonyProvider }>();

/**
 * The adapter for a carrier account. The sandbox is spoken to as Twilio is, at this deployment's address. Throws for an
 * account whose token does not open, or whose address is forbidden: its row may be older than the rule.
 */
export async function openProvider(account: CarrierAccess, config: Config): Promise<TelephonyProvider> {
  const known = opened.get(account);
  if (known?.config === config) return known.provider;
  const provider = createTwilioProvider(await accessTo(account, config));
  opened.set(account, { config, provider });
  return provider;
}

/** By whom an account's people are typed; null where they are real. Throws as `openProvider` does. */
export async function openTypedPerson(account: CarrierAccess, config: Config): Promise<TypedPerson | null> {
  const isTyped: Record<CarrierKind, boolean> = { sandbox: true, twilio: false };
  return isTyped[account.kind] ? createTypedPerson(await accessTo(account, config)) : null;
}

async function accessTo(account: CarrierAccess, config: Config) {
  return {
    accountSid: account.accountSid,
    authToken: await unseal(config.credentialsKeys, account.authTokenEncrypted, account.id),
    apiBaseUrl: addressOf(account, config),
    fetch: fetchWithLoopback(config.PUBLIC_BASE_URL),
  };
}

/** Where accounts of this kind are that name no other address. */
export function ownAddressOf(kind: CarrierKind, config: Config): string {
  const own = { sandbox: `${config.PUBLIC_BASE_URL}/sandbox`, twilio: "https://api.twilio.com" };
  return own[kind];
}

function addressOf({ kind, apiBaseUrl }: CarrierAccess, config: Config): string {
  if (apiBaseUrl === null) return ownAddressOf(kind, config);
  const checked = checkBaseUrl(apiBaseUrl, { allowLoopbackHttp: config.isLocal });
  if (!checked.ok) throw new Error(`The account's address is refused: ${checked.error}`);
  return checked.value;
}

/** Where the account's numbers must send a call that comes in; http/routes/carriers.ts serves it. */
export function inboundUrlOf(kind: CarrierKind, config: Config, carrierId: string): string {
  const tryAgain: Record<CarrierKind, string> = { sandbox: RETRY_OVERRIDES, twilio: RETRY_OVERRIDES };
  return `${config.PUBLIC_BASE_URL}/carriers/${carrierId}/inbound${tryAgain[kind]}`;
}

/**
 * Where a call's object is best: near whoever opens the socket of its talk. Null where nobody knows; then it comes to be
 * near who first asks it.
 */
export function nearestPlaceOf(carrier: CarrierAddress | null): DurableObjectLocationHint | null {
  if (carrier === null) return null;
  const { kind, apiBaseUrl } = carrier;
  const places: Record<CarrierKind, () => DurableObjectLocationHint | null> = {
    sandbox: () => null,
    twilio: () => nearestPlace(apiBaseUrl),
  };
  return places[kind]();
}

export function relayProtocolOf(kind: CarrierKind): RelayProtocol {
  const protocols: Record<CarrierKind, RelayProtocol> = { sandbox: twilioRelay, twilio: twilioRelay };
  return protocols[kind];
}
