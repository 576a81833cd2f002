// Calls by the hundred thousand, as they would lie in the database after a year: one large organisation among others, its
// campaigns, a contact for every twenty calls, outcomes and sentiments in a usual mix, summaries and details on those that
// were talked in. Each hundredth call has a transcript of the usual length, and so has each that is read; the others have
// one of two short turns, to save disk and time.
//
// Written by the database itself, with the product's own triggers, a chunk of calls at a time in the order of their time.

import type { Door } from "./door.ts";

export const YEAR_BEGINS = Date.UTC(2025, 10, 22) / 1000;
export const YEAR_SECONDS = 365 * 86_400;
export const CAMPAIGNS = 20;
/** Of them these answer calls; the others place them. */
const INBOUND_FROM = 16;
const CALLS_PER_CONTACT = 20;
const CONTACTS_PER_OPT_OUT = 50;
/** The number of each organisation; the first is the large one. */
const OTHERS = [1, 2, 3, 4];
/** Each of the others has so many calls, as a share of the large one's. */
const SHARE_OF_OTHERS = 0.05;
const LIVE = 50;
const CHUNK = 20_000;
/** Far from each other in time; prime, so that no second is met twice. */
const STRIDE = 19_260_817;

/** Where one organisation's rows stand. */
type Owner = { number: number; orgId: string; carrierId: string; agentId: string };

export function contactCount(calls: number): number {
  return Math.floor(calls / CALLS_PER_CONTACT);
}

export const campaignId = (number: number): string => `flw_01k4v4n0${String(number).padStart(18, "0")}`;
export const contactId = (number: number): string => `cst_01k4v4n0${String(number).padStart(18, "0")}`;

/** The id of the large organisation's call of that number. It sorts by time, as ids do. */
export function callId(number: number): string {
  const second = (number * STRIDE) % YEAR_SECONDS;
  return `cal_01k4v4n0${String(second).padStart(8, "0")}${String(number).padStart(10, "0")}`;
}

export class Filler {
  readonly #door: Door;
  readonly #owners: Owner[];
  #calls = 0;

  constructor(door: Door) {
    this.#door = door;
    const { organisation, carrier, agent } = door.runtime.instance.seed;
    const large = { number: 0, orgId: organisation.id, carrierId: carrier.id, agentId: agent.id };
    this.#owners = [large, ...OTHERS.map(ownerOf)];
  }

  async begin(): Promise<void> {
    for (const owner of this.#owners) await this.#door.sql(foundation(owner));
  }

  /** Grows the large organisation to so many calls. Answers the bytes of the database. */
  async growTo(calls: number): Promise<number> {
    let bytes = 0;
    for (const owner of this.#owners) {
      const share = owner.number === 0 ? 1 : SHARE_OF_OTHERS;
      const [from, to] = [Math.floor(this.#calls * share), Math.floor(calls * share)];
      await this.#door.sql(contacts(owner, contactCount(from), contactCount(to)));
      for (let begin = from; begin < to; begin += CHUNK) {
        const end = Math.min(to, begin + CHUNK);
        const results = await this.#door.sql([
          callRows(owner, begin, end, to),
          transcripts(owner, begin, end),
        ]);
        bytes = results.at(-1)?.bytes ?? bytes;
      }
    }
    this.#calls = calls;
    return bytes;
  }
}

function ownerOf(number: number): Owner {
  const id = (prefix: string) => `${prefix}_01k4v4n${number}${"0".repeat(18)}`;
  return { number, orgId: id("org"), carrierId: id("car"), agentId: id("agt") };
}

function foundation({ number, orgId, carrierId, agentId }: Owner): string[] {
  return [
    `INSERT OR IGNORE INTO organisations (id, name, created_at) VALUES ('${orgId}', 'Organisation ${number}', 1)`,
    `INSERT OR IGNORE INTO carriers (id, org_id, kind, name, account_sid, auth_token_encrypted, created_at)
     VALUES ('${carrierId}', '${orgId}', 'sandbox', 'Sandbox', 'AC${number}', '', 1)`,
    `INSERT OR IGNORE INTO voice_agents (id, org_id, name, voice_config, created_at)
     VALUES ('${agentId}', '${orgId}', 'Aria', '{}', 1)`,
    `${numbers(0, CAMPAIGNS)}
     INSERT INTO campaigns (id, org_id, kind, name, status, voice_agent_id, carrier_id, config, created_at)
     SELECT 'flw_01k4v4n${number}' || printf('%018d', i), '${orgId}',
       iif(i >= ${INBOUND_FROM}, 'inbound', 'outbound'), 'Campaign ' || i, 'paused', '${agentId}', '${carrierId}', '{}', 1
     FROM n`,
  ];
}

function contacts({ number, orgId }: Owner, from: number, to: number): string[] {
  const phone = `'+1${4 + number}15' || printf('%07d', i)`;
  return [
    `${numbers(from, to)}
    INSERT INTO contacts (id, org_id, phone, name, email, tags, metadata, created_at)
    SELECT 'cst_01k4v4n${number}' || printf('%018d', i), '${orgId}', ${phone},
      'Priya Kumar ' || i, 'priya.' || i || '@example.com', iif(i % 10 = 0, '["lead","basket"]', '["lead"]'),
      '{"product_interest":"Standing Desk Pro","cart_value":850}', ${YEAR_BEGINS}
    FROM n WHERE i < ${to}`,
    `${numbers(from, to)}
    INSERT INTO opt_outs (org_id, phone, created_at)
    SELECT '${orgId}', ${phone}, ${YEAR_BEGINS} + i FROM n WHERE i < ${to} AND i % ${CONTACTS_PER_OPT_OUT} = 1`,
  ];
}

function callRows({ number, orgId, carrierId }: Owner, from: number, to: number, calls: number): string {
  const people = contactCount(calls);
  const people7 = `'+1${4 + number}15' || printf('%07d', person)`;
  return `${numbers(from, to)},
    mixed AS (SELECT i, (i * 2654435761) % 4294967296 AS mix FROM n),
    drawn AS (SELECT i, (i * ${STRIDE}) % ${YEAR_SECONDS} AS second, (mix >> 5) % ${CAMPAIGNS} AS campaign,
      iif(i % 500 = 0, 0, (i * 7919) % ${people}) AS person, (mix >> 10) % 1000 AS fate,
      (mix >> 21) % 10 AS mood, i < ${liveOf(number)} AS live FROM mixed),
    told AS (SELECT *, campaign >= ${INBOUND_FROM} AS inbound,
      CASE WHEN live THEN NULL WHEN fate < 600 OR (campaign >= ${INBOUND_FROM} AND fate < 980) THEN 'connected'
        WHEN campaign >= ${INBOUND_FROM} THEN 'failed' WHEN fate < 750 THEN 'voicemail' WHEN fate < 930 THEN 'no-answer'
        ELSE 'failed' END AS came_to FROM drawn)
    INSERT INTO calls (id, org_id, campaign_id, contact_id, carrier_id, call_type, from_number, to_number, status,
      outcome, ended_reason, fault, sentiment, summary, duration, started_at, answered_at, ended_at, carrier_call_id,
      projected_seq, analysis, key_details)
    SELECT 'cal_01k4v4n${number}' || printf('%08d%010d', second, i), '${orgId}',
      'flw_01k4v4n${number}' || printf('%018d', campaign), 'cst_01k4v4n${number}' || printf('%018d', person),
      '${carrierId}', iif(inbound, 'inbound', 'outbound'), iif(inbound, ${people7}, '+15550010000'),
      iif(inbound, '+15550010000', iif(live, '+1${4 + number}16' || printf('%07d', i), ${people7})),
      iif(live, 'in_progress', 'ended'), came_to,
      CASE came_to WHEN 'connected' THEN 'customer_hangup' WHEN 'voicemail' THEN 'voicemail'
        WHEN 'no-answer' THEN 'no_answer' WHEN 'failed' THEN 'carrier_failed' END,
      iif(live, NULL, iif(came_to = 'failed', 'carrier', 'none')),
      iif(came_to = 'connected', CASE WHEN mood < 4 THEN 'positive' WHEN mood < 7 THEN 'neutral'
        WHEN mood < 9 THEN 'negative' END, NULL),
      iif(came_to = 'connected', ${quoted(SUMMARY)}, NULL), iif(live, NULL, iif(came_to = 'connected', i % 600, 0)),
      ${YEAR_BEGINS} + second, iif(came_to = 'connected' OR live, ${YEAR_BEGINS} + second + 9, NULL),
      iif(live, NULL, ${YEAR_BEGINS} + second + 9 + i % 600), 'CA' || printf('%032d', i), 9,
      iif(came_to = 'connected', ${quoted(DETAILS)}, NULL), iif(came_to = 'connected', ${quoted(DETAILS)}, NULL)
    FROM told ORDER BY second`;
}

function transcripts({ number, orgId }: Owner, from: number, to: number): string {
  return `${numbers(from, to)}
    INSERT INTO transcripts (call_id, org_id, turns)
    SELECT 'cal_01k4v4n${number}' || printf('%08d%010d', (i * ${STRIDE}) % ${YEAR_SECONDS}, i), '${orgId}',
      iif(i % 100 = 0, ${quoted(USUAL)}, ${quoted(SHORT)})
    FROM n WHERE i >= ${liveOf(number)} ORDER BY (i * ${STRIDE}) % ${YEAR_SECONDS}`;
}

/** So many of an organisation's calls live, its first. */
const liveOf = (number: number): number => (number === 0 ? LIVE : 0);

/** A table `n` of whole numbers `i`, from the first up to before the second. */
function numbers(from: number, to: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${to})`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const SUMMARY =
  "The customer asked about the Standing Desk Pro in oak, its price and how soon it could be delivered. The agent named " +
  "the delivery time and offered to send the details by text message, which the customer took up.";
const DETAILS = JSON.stringify({
  extraction: { product: "Standing Desk Pro", budget: 850, delivery: "two weeks", follow_up: "text message" },
  qms_scores: { greeting: 5, listening: 4, clarity: 5, closing: 4, compliance: 5, overall: 4.6 },
});
const SAID = [
  "Hello, this is Aria of Luminary Home. This call is recorded. How can I help you?",
  "Hi, I was looking at the standing desk on your page, and I wonder how soon you could deliver it.",
];
const turnsOf = (count: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, index) => ({
      speaker: index % 2 === 0 ? "agent" : "customer",
      text: SAID[index % 2],
      timestamp: index * 6.4,
    })),
  );
const USUAL = turnsOf(16);
const SHORT = turnsOf(2);
