// The carrier, as the owner of an account there sees it.

import { z } from "zod";

/** An account of the carrier at `url`. */
export type Account = { url: string; accountSid: string; authToken: string };

const callSchema = z.object({
  sid: z.string(),
  parent_call_sid: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  status: z.string(),
  direction: z.string(),
  start_time: z.string().nullable(),
  end_time: z.string().nullable(),
});
export type CarrierCall = z.infer<typeof callSchema>;

const recordingSchema = z.object({ sid: z.string(), call_sid: z.string() });
export type CarrierRecording = z.infer<typeof recordingSchema>;

const nextPageSchema = z.object({ next_page_uri: z.string().nullable() });

export function listCalls(account: Account): Promise<CarrierCall[]> {
  return readAll(account, "Calls.json", z.object({ calls: z.array(callSchema) }), ({ calls }) => calls);
}

export function listRecordings(account: Account): Promise<CarrierRecording[]> {
  const page = z.object({ recordings: z.array(recordingSchema) });
  return readAll(account, "Recordings.json", page, ({ recordings }) => recordings);
}

/** Sends the calls that come in on the number there. */
export async function connectNumber(account: Account, number: string, voiceUrl: string): Promise<void> {
  const form = new URLSearchParams({ PhoneNumber: number, VoiceUrl: voiceUrl });
  await send(account, `${rootOf(account)}/IncomingPhoneNumbers.json`, { method: "POST", body: form });
}

/** Somebody calls the number. Answers the call's SID. */
export async function callIn(
  account: Account,
  call: { from: string; to: string; behaves: string },
): Promise<string> {
  const headers = { "content-type": "application/json" };
  const answer = await send(account, "/inbound", { method: "POST", headers, body: JSON.stringify(call) });
  return z.object({ sid: z.string() }).parse(answer).sid;
}

async function readAll<Page, Item>(
  account: Account,
  list: string,
  schema: z.ZodType<Page>,
  itemsOf: (page: Page) => Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | null = `${rootOf(account)}/${list}?PageSize=100`;
  while (next !== null) {
    const answer: unknown = await send(account, next, {});
    items.push(...itemsOf(schema.parse(answer)));
    next = nextPageSchema.parse(answer).next_page_uri;
  }
  return items;
}

function rootOf({ accountSid }: Account): string {
  return `/2010-04-01/Accounts/${accountSid}`;
}

async function send(
  { url, accountSid, authToken }: Account,
  path: string,
  init: RequestInit,
): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const response = await fetch(`${url}/sandbox${path}`, {
    ...init,
    headers: { ...init.headers, authorization },
  });
  if (!response.ok)
    throw new Error(`The carrier refused ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
