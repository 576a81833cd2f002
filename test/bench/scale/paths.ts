// The read paths, each as a query that is another one each time: what was just read is quick to read again.

import { campaignId, callId, CAMPAIGNS, contactId, contactCount, YEAR_BEGINS, YEAR_SECONDS } from "./fill.ts";

/** Of one path the request of that number. */
export type Path = (sample: number) => string;

/** Calls with a transcript of the usual length are those of numbers that a hundred divides. */
const READABLE = 100;
/** They lie in the smallest size, and are talked in. */
const readable = (sample: number): string => callId(READABLE * (1 + (sample % 97)));

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const cursorAt = (seconds: number): string =>
  btoa(JSON.stringify([seconds, callId(READABLE)])).replaceAll("=", "");
/** A moment in the year, never at an hour's beginning. */
const moment = (share: number, sample: number): number =>
  YEAR_BEGINS + Math.floor(share * YEAR_SECONDS) + sample * 3_607 + 61;
/** One that places calls. */
const campaign = (sample: number): string => campaignId(sample % 16);

/** What a page costs by itself, whoever's it is: the table is small, and doesn't grow. */
export const CONSTANT = "constant: voice agents";

/** @param smallest the calls of the smallest size. */
export function pathsOf(smallest: number): Record<string, Path> {
  const people = contactCount(smallest);
  const calls = (query: string): string => `/v1/calls?limit=50&${query}`;
  const stats = (query: string): string => `/v1/calls/stats?${query}`;
  return {
    [CONSTANT]: () => "/v1/voice-agents?limit=50",
    "one call": (at) => `/v1/calls/${readable(at)}`,
    "its transcript": (at) => `/v1/calls/${readable(at)}/transcript`,
    "its events": (at) => `/v1/calls/${readable(at % 5)}/events`,
    "first page": () => calls(""),
    "… of a campaign": (at) => calls(`campaign_id=${campaign(at)}`),
    "… of a contact": (at) => calls(`contact_id=${contactId(1 + (at % (people - 1)))}`),
    "… of a busy contact": () => calls(`contact_id=${contactId(0)}`),
    "… of an outcome": (at) => calls(`outcome=${["connected", "no-answer"][at % 2]}`),
    "… of a sentiment": (at) => calls(`sentiment=${["positive", "negative"][at % 2]}`),
    "… ended": () => calls("status=ended"),
    "… in progress": () => calls("status=in_progress"),
    "… of a way": (at) => calls(`call_type=${["inbound", "outbound"][at % 2]}`),
    "… of a month": (at) => calls(`date_from=${iso(moment(0.3, at))}&date_to=${iso(moment(0.38, at))}`),
    "… campaign, outcome": (at) => calls(`campaign_id=${campaign(at)}&outcome=failed`),
    "… campaign, sentiment": (at) => calls(`campaign_id=${campaign(at)}&sentiment=negative`),
    "… outcome, way": () => calls("outcome=failed&call_type=inbound"),
    "… outcome, way: none": () => calls("outcome=voicemail&call_type=inbound"),
    "… campaign, outcome: none": () => calls(`campaign_id=${campaignId(CAMPAIGNS - 1)}&outcome=voicemail`),
    "… contact, outcome": () => calls(`contact_id=${contactId(0)}&outcome=connected`),
    "… in progress, campaign": (at) => calls(`status=in_progress&campaign_id=${campaign(at)}`),
    "cursor, half a year deep": (at) => calls(`cursor=${cursorAt(moment(0.5, at))}`),
    "cursor, at the end": (at) => calls(`cursor=${cursorAt(YEAR_BEGINS + 864_000 + at)}`),
    "cursor in a campaign": (at) => calls(`campaign_id=${campaign(at)}&cursor=${cursorAt(moment(0.5, at))}`),
    "offset 100": () => calls("offset=100"),
    "offset 5000": () => calls("offset=5000"),
    "stats, all": () => stats(""),
    "stats, a year": () => stats("date_from=2025-11-22&date_to=2026-11-21"),
    "stats, any range": (at) => stats(`date_from=${iso(moment(0.05, at))}&date_to=${iso(moment(0.9, at))}`),
    "stats of a campaign": (at) => stats(`campaign_id=${campaign(at)}`),
    "… in any range": (at) =>
      stats(`campaign_id=${campaign(at)}&date_from=${iso(moment(0.05, at))}&date_to=${iso(moment(0.9, at))}`),
    "stats by day, a year": () => "/v1/calls/stats/daily?date_from=2025-11-22&date_to=2026-11-21",
    "stats by day, campaign": (at) => `/v1/calls/stats/daily?campaign_id=${campaign(at)}&date_to=2026-11-21`,
    "live list": () => "/api/voice/calls/live?call_type=all",
    "how calls stand": () => "/v1/health/calls",
    contacts: () => "/v1/contacts?limit=50",
    "contacts by search": (at) => `/v1/contacts?limit=50&search=kumar%20${100 + (at % 300)}`,
    "contacts by tag": () => "/v1/contacts?limit=50&tags=basket",
    "one contact": (at) => `/v1/contacts/${contactId(at % people)}`,
    "opt-outs": () => "/v1/opt-outs?limit=50",
    campaigns: () => "/v1/campaigns?limit=50",
  };
}
