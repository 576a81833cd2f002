// The call of a typed talk: what it is set up with, and how it comes about.

import { placedCallSchema } from "../contract/calls.ts";
import { campaignSchema, type Campaign } from "../contract/campaigns.ts";
import { contactListSchema, type Contact } from "../contract/contacts.ts";
import { liveCallsSchema } from "../contract/live.ts";
import { voiceAgentSchema } from "../contract/voice-agents.ts";
import { request, type Api } from "./api.ts";
import { readCall, readCallWhen } from "./live-call.ts";
import type { TalkOptions } from "./options.ts";
import { callInTyped, type Sandbox } from "./sandbox-calls.ts";
import type { Undoings } from "./undoings.ts";

const TYPED_PERSON = "+15005550080";
const CALLER = "+14155550192";
const COMES_WITHIN_MS = 30_000;

/** Who is talked to, and where. */
export type Partner = { api: Api; sandbox: Sandbox; campaignId: string };

/** A change of something in the API, and what undoes it. */
type Change = { path: string; change: object; undo: object };

/** @param changes by which everything is put back as it was. */
export async function setUp(
  { api, campaignId }: Partner,
  wishes: TalkOptions,
  config: Record<string, unknown>,
  changes: Undoings,
): Promise<{ campaign: Campaign; agentName: string }> {
  const campaign = campaignSchema.parse(await request(api, "GET", `/v1/campaigns/${campaignId}`));
  const kind = wishes.inbound ? "inbound" : "outbound";
  if (campaign.kind !== kind)
    throw new Error(`${campaignId} is an ${campaign.kind} campaign, not an ${kind} one`);
  const wanted = [configChange(campaign, wishes, config), await agentChange(api, campaign, wishes)];
  for (const { path, change, undo } of wanted.filter((each) => each !== null)) {
    await changes.change(
      () => request(api, "PATCH", path, change),
      () => request(api, "PATCH", path, undo),
    );
  }
  return { campaign, agentName: await agentNameOf(api, campaign) };
}

function configChange(
  campaign: Campaign,
  { persona }: TalkOptions,
  config: Record<string, unknown>,
): Change | null {
  const wanted = { ...config, ...(persona === undefined ? {} : { persona_prompt: persona }) };
  if (Object.keys(wanted).length === 0) return null;
  const before: Record<string, unknown> = campaign.config;
  const undo = Object.fromEntries(Object.keys(wanted).map((name) => [name, before[name] ?? null]));
  return { path: `/v1/campaigns/${campaign.uuid}`, change: { config: wanted }, undo: { config: undo } };
}

async function agentChange(
  api: Api,
  { voice_agent_id: agentId }: Campaign,
  { agent, language }: TalkOptions,
): Promise<Change | null> {
  if (agent === undefined && language === undefined) return null;
  if (agentId === null) throw new Error("The campaign has no voice agent to change");
  const path = `/v1/voice-agents/${agentId}`;
  const { name, voice_config: voice } = voiceAgentSchema.parse(await request(api, "GET", path));
  return {
    path,
    change: {
      ...(agent === undefined ? {} : { name: agent }),
      ...(language === undefined ? {} : { voice_config: { language_code: language } }),
    },
    undo: { name, voice_config: { language_code: voice.language_code } },
  };
}

async function agentNameOf(api: Api, { voice_agent_id: agentId }: Campaign): Promise<string> {
  if (agentId === null) return "Agent";
  return voiceAgentSchema.parse(await request(api, "GET", `/v1/voice-agents/${agentId}`)).name;
}

/** Places the call, or has somebody call in. */
export async function beginCall(
  partner: Partner,
  campaign: Campaign,
  wishes: TalkOptions,
  changes: Undoings,
): Promise<string> {
  return wishes.inbound ? takeCall(partner, campaign, wishes, changes) : placeCall(partner, wishes, changes);
}

async function placeCall(
  { api, campaignId }: Partner,
  wishes: TalkOptions,
  changes: Undoings,
): Promise<string> {
  const contact = { contact_name: wishes.name, metadata: wishes.metadata };
  const body = { to: TYPED_PERSON, campaign_id: campaignId, ...contact };
  const place = () => request(api, "POST", "/v1/calls", body);
  return placedCallSchema.parse(await changingContact(api, TYPED_PERSON, wishes, changes, place)).call_uuid;
}

/** Does what gives the contact its name or metadata; both are put back, or the contact is deleted if it is new. */
async function changingContact(
  api: Api,
  phone: string,
  { name, metadata }: TalkOptions,
  changes: Undoings,
  make: () => Promise<unknown>,
): Promise<unknown> {
  if (name === undefined && metadata === undefined) return make();
  const before = await findContact(api, phone);
  return changes.change(make, async () => {
    if (before !== null) {
      const kept = { phone, name: before.name, metadata: before.metadata };
      return request(api, "POST", "/v1/contacts", { ...kept, overwrite: true });
    }
    const made = await findContact(api, phone);
    return made === null ? null : request(api, "DELETE", `/v1/contacts/${made.uuid}`);
  });
}

async function findContact(api: Api, phone: string): Promise<Contact | null> {
  const path = `/v1/contacts?search=${encodeURIComponent(phone)}`;
  const { contacts } = contactListSchema.parse(await request(api, "GET", path));
  return contacts.find((contact) => contact.phone === phone) ?? null;
}

async function takeCall(
  { api, sandbox }: Partner,
  { phone_number: number }: Campaign,
  wishes: TalkOptions,
  changes: Undoings,
): Promise<string> {
  if (number === null) throw new Error("The campaign has no number to call");
  const { name, metadata } = wishes;
  if (name !== undefined || metadata !== undefined) {
    const contact = { phone: CALLER, name, metadata, overwrite: true };
    await changingContact(api, CALLER, wishes, changes, () => request(api, "POST", "/v1/contacts", contact));
  }
  const callSid = await callInTyped(sandbox, CALLER, number);
  const deadline = Date.now() + COMES_WITHIN_MS;
  while (Date.now() < deadline) {
    const live = liveCallsSchema.parse(await request(api, "GET", "/api/voice/calls/live?call_type=inbound"));
    for (const { uuid } of live.calls) {
      if ((await readCall(api, uuid)).carrier.carrier_call_id === callSid) return uuid;
    }
    await new Promise((resume) => setTimeout(resume, 100));
  }
  throw new Error("The call did not come in.");
}

/** The call as the carrier knows it; null for one that ended before the carrier had it. */
export async function carrierIdOf(api: Api, callId: string): Promise<string | null> {
  const call = await readCallWhen(
    api,
    callId,
    ({ status, carrier }) => status === "ended" || carrier.carrier_call_id !== null,
    COMES_WITHIN_MS,
  );
  return call.carrier.carrier_call_id;
}
