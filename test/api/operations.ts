// Every operation of the API, for the suites that go over all of them. `security.test.ts` compares this table with the
// app's routes, so a route without a row here fails.

import type { RateLimitBucket } from "../../src/domain/rate-limits.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import { FROM, type Organisation } from "../support/organisation.ts";
import {
  aCall,
  aCampaign,
  aCarrier,
  aContact,
  aHuman,
  aKey,
  aLiveCall,
  anOptOut,
  aQueue,
  aTalkingCall,
  aTypedCall,
  aVoiceAgent,
  type Names,
} from "../support/path-objects.ts";
import { WEBHOOKS } from "./webhook-operations.ts";

export type Operation = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** As the contract writes it. */
  path: string;
  scope: Scope;
  /** Without, it is `default`. */
  bucket?: RateLimitBucket;
  /** Makes what the path names, and what the request needs besides. */
  names?: (org: Organisation) => Promise<Names>;
  /** … for it to succeed, where that takes a call that lives. */
  livingNames?: (org: Organisation) => Promise<Names>;
  body?: (org: Organisation) => Record<string, unknown>;
  /** None is as good as `{}`. */
  bodyIsOptional?: true;
  /** What its query must have. */
  query?: string;
  headers?: Record<string, string>;
  /** Takes its key from the query too. */
  takesToken?: true;
  success: number;
};

const socket = { upgrade: "websocket" };
const readsCalls = { scope: "voice:calls:read" } as const;
const writesCalls = { scope: "voice:calls:write" } as const;
const readsContacts = { scope: "voice:contacts:read" } as const;
const writesContacts = { scope: "voice:contacts:write" } as const;
const readsCampaigns = { scope: "voice:campaigns:read" } as const;
const writesCampaigns = { scope: "voice:campaigns:write" } as const;
const readsQueues = { scope: "voice:queues:read" } as const;
const writesQueues = { scope: "voice:queues:write" } as const;
const admin = { scope: "voice:admin" } as const;

const reading = { method: "GET", success: 200 } as const;
const creating = { method: "POST", success: 201 } as const;
const changing = { method: "PATCH", success: 200 } as const;
const deleting = { method: "DELETE", success: 204 } as const;

const CALLS: Operation[] = [
  {
    ...creating,
    ...writesCalls,
    path: "/v1/calls",
    bucket: "place_call",
    body: (org) => ({
      to: "+15005550001",
      campaign_id: org.campaignId,
      contact_name: "Priya Kumar",
      metadata: { plan: { name: "pro" } },
    }),
  },
  { ...reading, ...readsCalls, path: "/v1/calls" },
  { ...reading, ...readsCalls, path: "/v1/calls/stats" },
  { ...reading, ...readsCalls, path: "/v1/calls/stats/daily" },
  { ...reading, ...readsCalls, path: "/v1/calls/{call_uuid}", names: aCall },
  { ...reading, ...readsCalls, path: "/v1/calls/{call_uuid}/transcript", names: aCall },
  { ...reading, ...readsCalls, path: "/v1/calls/{call_uuid}/events", names: aCall },
  { ...reading, ...readsCalls, path: "/api/voice/calls/live" },
  {
    ...reading,
    ...readsCalls,
    path: "/api/voice/calls/agent-availability",
    bucket: "agent_availability",
    names: aQueue,
    query: "target=sales",
  },
  {
    ...reading,
    ...readsCalls,
    path: "/api/voice/calls/{call_uuid}/recording",
    names: aCall,
    takesToken: true,
  },
  {
    ...writesCalls,
    method: "POST",
    path: "/api/voice/calls/{call_uuid}/metadata",
    bucket: "write_call_metadata",
    names: aCall,
    body: () => ({ key_details: { extraction: { intent: 88 }, qms_scores: { opening: 3 } } }),
    success: 200,
  },
  {
    ...writesCalls,
    method: "POST",
    path: "/api/voice/calls/{call_uuid}/transfer",
    bucket: "transfer_call",
    names: aCall,
    livingNames: aTalkingCall,
    body: () => ({ target: "sales", agent_brief: "Ready to buy.", context: { intent_score: 88 } }),
    success: 202,
  },
  {
    ...writesCalls,
    method: "POST",
    path: "/api/voice/calls/{call_uuid}/end",
    bucket: "end_call",
    names: aCall,
    livingNames: aLiveCall,
    body: () => ({ reason: "workflow_close" }),
    success: 200,
  },
  {
    ...writesCalls,
    method: "POST",
    path: "/v1/calls/{call_uuid}/typed",
    names: aCall,
    livingNames: aTypedCall,
    body: () => ({ say: "Yes, go ahead." }),
    success: 200,
  },
  {
    ...readsCalls,
    method: "GET",
    path: "/ws/live/{call_uuid}",
    names: aCall,
    headers: socket,
    takesToken: true,
    success: 101,
  },
  { ...readsCalls, method: "GET", path: "/ws/board", headers: socket, takesToken: true, success: 101 },
  { ...creating, ...readsCalls, path: "/v1/tokens", body: () => ({ purpose: "board" }) },
];

const CONTACTS: Operation[] = [
  {
    ...creating,
    ...writesContacts,
    path: "/v1/contacts",
    bucket: "write_contact",
    body: () => ({
      phone: "+14155550199",
      name: "Priya Kumar",
      email: "priya@example.com",
      tags: ["vip"],
      preferred_language: "pt-BR",
      metadata: { plan: { name: "pro" } },
      overwrite: true,
    }),
  },
  { ...reading, ...readsContacts, path: "/v1/contacts" },
  { ...reading, ...readsContacts, path: "/v1/contacts/{contact_id}", names: aContact },
  {
    ...changing,
    ...writesContacts,
    path: "/v1/contacts/{contact_id}",
    bucket: "write_contact",
    names: aContact,
    body: () => ({
      phone: "+14155550198",
      name: "Jo",
      email: "jo@example.com",
      tags: [],
      preferred_language: null,
      metadata: { plan: { seats: 3 } },
    }),
  },
  {
    ...deleting,
    ...writesContacts,
    path: "/v1/contacts/{contact_id}",
    bucket: "write_contact",
    names: aContact,
  },
  {
    ...creating,
    ...writesContacts,
    path: "/v1/opt-outs",
    bucket: "create_opt_out",
    body: () => ({ phone: "+14155550197", reason: "Asked by email" }),
  },
  { ...reading, ...readsContacts, path: "/v1/opt-outs" },
  { ...reading, ...readsContacts, path: "/v1/opt-outs/{phone}", names: anOptOut },
  {
    ...deleting,
    ...writesContacts,
    path: "/v1/opt-outs/{phone}",
    names: anOptOut,
    query: "reason=Asked%20in%20the%20shop",
  },
];

const CAMPAIGNS: Operation[] = [
  {
    ...creating,
    ...writesCampaigns,
    path: "/v1/campaigns",
    bucket: "create_campaign",
    body: (org) => ({
      kind: "outbound",
      name: "Basket follow-up",
      status: "active",
      voice_agent_id: org.agentId,
      carrier_id: org.carrierId,
      phone_number: FROM,
      branches: ["vip"],
      start_date: "2026-05-12",
      end_date: "2026-06-12",
      time_window: { start: "09:30", end: "17:00", timezone: "America/New_York" },
      config: { persona_prompt: "You are Aria.", guardrails: ["Be kind."], ring_timeout: 20 },
    }),
  },
  { ...reading, ...readsCampaigns, path: "/v1/campaigns" },
  { ...reading, ...readsCampaigns, path: "/v1/campaigns/{campaign_id}", names: aCampaign },
  {
    ...changing,
    ...writesCampaigns,
    path: "/v1/campaigns/{campaign_id}",
    names: aCampaign,
    body: (org) => ({
      name: "Another",
      status: "paused",
      voice_agent_id: org.agentId,
      branches: [],
      end_date: null,
      time_window: { start: "10:00", end: "16:00", timezone: "Europe/Berlin" },
      config: { guardrails: [], voicemail: "leave_message", voicemail_message: "Hello." },
    }),
  },
  { ...deleting, ...writesCampaigns, path: "/v1/campaigns/{campaign_id}", names: aCampaign },
  {
    ...creating,
    ...writesCampaigns,
    path: "/v1/voice-agents",
    bucket: "create_voice_agent",
    body: () => ({
      name: "Ben",
      role: "Sales",
      description: "Kind\nand brief",
      avatar_color: "#1f6feb",
      avatar_initials: "B",
      voice_config: { provider: "Google", speaker: "Joanna", language_code: "en-US" },
      is_active: true,
    }),
  },
  { ...reading, ...readsCampaigns, path: "/v1/voice-agents" },
  { ...reading, ...readsCampaigns, path: "/v1/voice-agents/{voice_agent_id}", names: aVoiceAgent },
  {
    ...changing,
    ...writesCampaigns,
    path: "/v1/voice-agents/{voice_agent_id}",
    names: aVoiceAgent,
    body: () => ({
      name: "Ada",
      role: null,
      voice_config: { model: "m-1", speaker: null },
      is_active: false,
    }),
  },
  { ...deleting, ...writesCampaigns, path: "/v1/voice-agents/{voice_agent_id}", names: aVoiceAgent },
];

const QUEUES: Operation[] = [
  {
    ...creating,
    ...writesQueues,
    path: "/v1/queues",
    bucket: "create_queue",
    body: () => ({ name: "support", accept: "auto" }),
  },
  { ...reading, ...readsQueues, path: "/v1/queues" },
  { ...reading, ...readsQueues, path: "/v1/queues/{name}", names: aQueue },
  {
    ...changing,
    ...writesQueues,
    path: "/v1/queues/{name}",
    names: aQueue,
    body: () => ({ accept: "auto" }),
  },
  { ...deleting, ...writesQueues, path: "/v1/queues/{name}", names: aQueue },
  {
    ...creating,
    ...writesQueues,
    path: "/v1/queues/{name}/agents",
    bucket: "create_human_agent",
    names: aQueue,
    body: () => ({ name: "Jo Park", phone: "+14155550123", presence: "available" }),
  },
  { ...reading, ...readsQueues, path: "/v1/queues/{name}/agents", names: aQueue },
  { ...reading, ...readsQueues, path: "/v1/queues/{name}/agents/{agent_id}", names: aHuman },
  {
    ...changing,
    ...writesQueues,
    path: "/v1/queues/{name}/agents/{agent_id}",
    names: aHuman,
    body: () => ({ name: "Jo", sip: "sip:jo@pbx.example.com", presence: "busy" }),
  },
  { ...deleting, ...writesQueues, path: "/v1/queues/{name}/agents/{agent_id}", names: aHuman },
];

const ADMINISTRATION: Operation[] = [
  {
    ...creating,
    ...admin,
    path: "/v1/carriers",
    bucket: "create_carrier",
    body: () => ({
      kind: "sandbox",
      name: "Second",
      api_base_url: null,
      numbers: ["+15550010001"],
      calls_per_second: 5,
      max_concurrent: 3,
    }),
  },
  { ...reading, ...admin, path: "/v1/carriers" },
  { ...reading, ...admin, path: "/v1/carriers/{carrier_id}", names: aCarrier },
  {
    ...changing,
    ...admin,
    path: "/v1/carriers/{carrier_id}",
    names: aCarrier,
    body: () => ({
      name: "Third",
      numbers: [],
      calls_per_second: 2,
      max_concurrent: null,
      auth_token: "new",
    }),
  },
  { ...deleting, ...admin, path: "/v1/carriers/{carrier_id}", names: aCarrier },
  { ...reading, ...admin, path: "/v1/health/calls" },
  { ...reading, ...admin, path: "/v1/organisation" },
  {
    ...changing,
    ...admin,
    path: "/v1/organisation",
    body: () => ({
      name: "Luminary",
      allowed_countries: ["*"],
      recordings_at_carrier: "delete",
      model: { base_url: "https://models.example.com/v1", model: "m-1", api_key: "a-key" },
    }),
  },
  {
    ...creating,
    ...admin,
    path: "/v1/keys",
    bucket: "create_key",
    body: () => ({
      name: "Dashboard",
      scopes: ["voice:calls:read"],
      expires_at: "2999-05-12T14:32:01Z",
      limits: { default: 5 },
    }),
  },
  { ...reading, ...admin, path: "/v1/keys" },
  { ...reading, ...admin, path: "/v1/keys/{key_id}", names: aKey },
  {
    ...changing,
    ...admin,
    path: "/v1/keys/{key_id}",
    names: aKey,
    body: () => ({ name: "Board", expires_at: null, limits: { default: null, place_call: 3 } }),
  },
  { ...deleting, ...admin, path: "/v1/keys/{key_id}", names: aKey },
];

export const OPERATIONS: readonly Operation[] = [
  ...CALLS,
  ...CONTACTS,
  ...CAMPAIGNS,
  ...QUEUES,
  ...WEBHOOKS,
  ...ADMINISTRATION,
];
