// What the owner of a sandbox account does at the carrier itself: as in Twilio's console, and with a phone.

import type { Instance } from "./instance.ts";

/** Sends the calls that come in on the account's number to this instance. */
export async function connectNumber(url: string, { seed }: Instance): Promise<void> {
  const { id, accountSid, number } = seed.carrier;
  const form = new URLSearchParams({ PhoneNumber: number, VoiceUrl: `${url}/carriers/${id}/inbound` });
  const path = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`;
  await ask(`${url}/sandbox${path}`, seed, form);
}

/** Somebody calls the account's number. */
export async function callIn(url: string, { seed }: Instance, from: string): Promise<void> {
  await ask(`${url}/sandbox/inbound`, seed, JSON.stringify({ from, to: seed.carrier.number }));
}

function basicAuth({ carrier }: Instance["seed"]): string {
  return `Basic ${Buffer.from(`${carrier.accountSid}:${carrier.authToken}`).toString("base64")}`;
}

async function ask(url: string, seed: Instance["seed"], body: URLSearchParams | string): Promise<void> {
  const headers = new Headers({ authorization: basicAuth(seed) });
  if (typeof body === "string") headers.set("content-type", "application/json");
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`The sandbox refused: ${response.status} ${await response.text()}`);
}
