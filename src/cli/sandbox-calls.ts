// What the owner of a sandbox account does at the carrier itself: as in Twilio's console, and with a phone.

import { z } from "zod";
import type { Instance } from "./instance.ts";

/** The sandbox carrier of the deployment at `url`. */
export type Sandbox = { url: string; accountSid: string; authToken: string };

/** Sends the calls that come in on the account's number to this instance. */
export async function connectNumber(url: string, { seed }: Instance): Promise<void> {
  const { id, accountSid, number } = seed.carrier;
  const form = new URLSearchParams({ PhoneNumber: number, VoiceUrl: `${url}/carriers/${id}/inbound` });
  const path = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`;
  await ask(sandboxOf(url, { seed }), path, form);
}

/** Somebody calls the account's number. */
export async function callIn(url: string, { seed }: Pick<Instance, "seed">, from: string): Promise<void> {
  await ask(sandboxOf(url, { seed }), "/inbound", { from, to: seed.carrier.number });
}

/** Fails if the sandbox does not know the account by its token. */
export async function checkAccount(sandbox: Sandbox): Promise<void> {
  const path = `/2010-04-01/Accounts/${sandbox.accountSid}/Calls.json?PageSize=1`;
  const response = await fetch(`${sandbox.url}/sandbox${path}`, { headers: authorisation(sandbox) });
  if (!response.ok) throw await refusal(response);
  await response.body?.cancel();
}

/** Somebody whose words are typed calls a number of the account. Answers the call's SID. */
export async function callInTyped(sandbox: Sandbox, from: string, to: string): Promise<string> {
  const answer = await ask(sandbox, "/inbound", { from, to, behaves: "0080" });
  return z.object({ sid: z.string() }).parse(await answer.json()).sid;
}

export type TypedAct = ["say" | "talk-on", { text: string }] | ["press", { digits: string }] | ["hang-up"];

/** The person on this call's line says or does something. False if nobody hears it: not yet, or not any more. */
export async function actOn(sandbox: Sandbox, callSid: string, [act, body]: TypedAct): Promise<boolean> {
  const response = await post(sandbox, `/calls/${callSid}/${act}`, body ?? {});
  if (!response.ok && response.status !== 409) throw await refusal(response);
  await response.body?.cancel();
  return response.ok;
}

export function sandboxOf(url: string, { seed }: Pick<Instance, "seed">): Sandbox {
  const { accountSid, authToken } = seed.carrier;
  return { url, accountSid, authToken };
}

async function ask(sandbox: Sandbox, path: string, body: URLSearchParams | object): Promise<Response> {
  const response = await post(sandbox, path, body);
  if (!response.ok) throw await refusal(response);
  return response;
}

async function post(sandbox: Sandbox, path: string, body: URLSearchParams | object): Promise<Response> {
  const isForm = body instanceof URLSearchParams;
  const headers = { ...authorisation(sandbox), ...(isForm ? {} : { "content-type": "application/json" }) };
  return fetch(`${sandbox.url}/sandbox${path}`, {
    method: "POST",
    headers,
    body: isForm ? body : JSON.stringify(body),
  });
}

function authorisation({ accountSid, authToken }: Sandbox): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` };
}

async function refusal(response: Response): Promise<Error> {
  return new Error(`The sandbox refused: ${response.status} ${await response.text()}`);
}
