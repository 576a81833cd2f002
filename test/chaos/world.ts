// What a run plays in: the product, the carrier as an instance of its own, and at the product the organisations, each
// with its account at the carrier, its campaigns and its people. All but their first keys is made through the API.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { findFreePort } from "../../src/cli/local-worker.ts";
import { beginningSql } from "../../src/cli/seed.ts";
import { RATE_LIMIT_BUCKETS } from "../../src/domain/rate-limits.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { accountToken } from "../../src/lib/account-token.ts";
import { newApiKey } from "../../src/lib/api-key.ts";
import { newId } from "../../src/lib/ids.ts";
import { connectNumber, type Account } from "./carrier.ts";
import { request, type Api } from "./client.ts";
import { ORGANISATIONS, type Plan } from "./plan.ts";
import { InstanceProcess, urlOf } from "./processes.ts";
import type { Receiver } from "./receiver.ts";

/** How many times faster than life the carrier's people ring and talk. */
const SPEED = 40;
/** As often as needed to wait for nothing but what the product itself waits for. */
const CRON_EVERY_MS = 2_000;
/** The endless talker's calls last so long, in seconds. */
const MAX_DURATION = 40;
const QUEUE = "sales";
/** People in each queue: two take a call, one lets the key be, one is busy, one hangs up on the brief. */
const HUMANS = ["0090", "0090", "0091", "0092", "0093"];

export type Org = {
  id: string;
  api: Api;
  account: Account;
  number: string;
  queue: string;
  campaignId: string;
  maxConcurrent: number | null;
};

export type World = {
  folder: string;
  product: InstanceProcess;
  carrier: InstanceProcess;
  orgs: Org[];
  /** What no log may show. */
  secrets: Record<string, string>;
  humans: string[];
};

type Beginning = { id: string; adminKey: string; sql: string };

type Setting = {
  plan: Plan;
  /** The bundle. */
  script: string;
  receiver: Receiver;
  /** Takes those that are started, so that they can be ended whatever fails. */
  instances: InstanceProcess[];
};

export async function openWorld(
  folder: string,
  { plan, script, receiver, instances }: Setting,
): Promise<World> {
  const [productPort, carrierPort] = [await findFreePort(), await findFreePort()];
  const [credentialsKey, sandboxSecret] = [
    randomBytes(32).toString("base64"),
    randomBytes(32).toString("hex"),
  ];
  const beginnings = await Promise.all(Array.from({ length: ORGANISATIONS }, (_, index) => begin(index)));
  const product = new InstanceProcess({
    folder: join(folder, "product"),
    script,
    port: productPort,
    variables: { PUBLIC_BASE_URL: urlOf(productPort), CREDENTIALS_KEY: credentialsKey },
    seedSql: beginnings.map(({ sql, id }, index) => sql + removedOptOutsSql(id, index, plan)).join(""),
    cronEveryMs: CRON_EVERY_MS,
  });
  const carrier = new InstanceProcess({
    folder: join(folder, "carrier"),
    script,
    port: carrierPort,
    variables: {
      PUBLIC_BASE_URL: urlOf(carrierPort),
      CREDENTIALS_KEY: randomBytes(32).toString("base64"),
      SANDBOX_SECRET: sandboxSecret,
      SANDBOX_SPEED: String(SPEED),
    },
    seedSql: "",
    cronEveryMs: 60_000,
  });
  instances.push(product, carrier);
  await Promise.all([product.start({ again: true }), carrier.start()]);
  const orgs: Org[] = [];
  const humans: string[] = [];
  const secrets: Record<string, string> = { "the credentials' key": credentialsKey };
  for (const [index, { id, adminKey }] of beginnings.entries()) {
    const admin = { url: product.url, apiKey: adminKey };
    const account = await newAccount(carrier.url, sandboxSecret);
    const people = HUMANS.map((behaves, place) => `+1500${300 + 10 * index + place}${behaves}`);
    // One of them has to wait for slots now and then.
    const maxConcurrent = index === 0 ? null : plan.maxConcurrent;
    const org = await setUp(admin, { id, index, account, people, maxConcurrent });
    orgs.push(org);
    humans.push(...people);
    Object.assign(secrets, {
      [`key of organisation ${index}`]: org.api.apiKey,
      [`first key of organisation ${index}`]: adminKey,
      [`carrier token of organisation ${index}`]: account.authToken,
    });
    await receiver.subscribe(admin, { index, id });
  }
  return { folder, product, carrier, orgs, secrets, humans };
}

async function begin(index: number): Promise<Beginning> {
  const [id, adminKey] = [newId("organisation"), newApiKey()];
  const sql = await beginningSql({
    organisation: { id, name: `Organisation ${index}`, allowedCountries: ["*"] },
    keys: [{ id: newId("key"), name: "first", secret: adminKey, scopes: SCOPES }],
    createdAt: Math.floor(Date.now() / 1000),
  });
  return { id, adminKey, sql };
}

/**
 * The analysis of a call finds the wish not to be called again too, and would write the opt-out that the call itself has
 * forgotten. It heeds the organisation's own word if that is newer: so these removals, of later than any call's end, leave
 * it to the call alone.
 */
function removedOptOutsSql(orgId: string, index: number, { calls, callers }: Plan): string {
  const laterSeconds = Math.floor(Date.now() / 1_000) + 86_400;
  const called = calls.map(({ to, org, behaves }) => ({ phone: to, org, behaves }));
  const calling = callers.map(({ from, org, behaves }) => ({ phone: from, org, behaves }));
  return [...called, ...calling]
    .filter(({ org, behaves }) => org === index && behaves === "0032")
    .map(
      ({ phone }) => `INSERT INTO opt_out_removals (org_id, phone, reason, opted_out_at, created_at)
        VALUES ('${orgId}', '${phone}', 'chaos', 0, ${laterSeconds});\n`,
    )
    .join("");
}

async function newAccount(url: string, sandboxSecret: string): Promise<Account> {
  const accountSid = `AC${randomBytes(16).toString("hex")}`;
  return { url, accountSid, authToken: await accountToken(sandboxSecret, accountSid) };
}

type NewOrg = {
  id: string;
  index: number;
  account: Account;
  people: string[];
  maxConcurrent: number | null;
};

async function setUp(admin: Api, { id, index, account, people, maxConcurrent }: NewOrg): Promise<Org> {
  const create = async (path: string, body: object) =>
    z
      .looseObject({ uuid: z.string() })
      .parse(await request(admin, { method: "POST", path, body, idempotencyKey: newId("event") }));
  const number = `+1555001${String(index).padStart(4, "0")}`;
  const carrier = await create("/v1/carriers", {
    kind: "twilio",
    name: "A carrier elsewhere",
    account_sid: account.accountSid,
    auth_token: account.authToken,
    api_base_url: `${account.url}/sandbox`,
    numbers: [number],
    calls_per_second: 50,
    max_concurrent: maxConcurrent,
  });
  const agent = await create("/v1/voice-agents", { name: "Aria" });
  await create("/v1/queues", { name: QUEUE });
  for (const phone of people) {
    await create(`/v1/queues/${QUEUE}/agents`, {
      name: `Human ${phone.slice(-7)}`,
      phone,
      presence: "available",
    });
  }
  const campaign = (kind: "outbound" | "inbound") =>
    create("/v1/campaigns", {
      kind,
      name: kind,
      status: "active",
      voice_agent_id: agent.uuid,
      carrier_id: carrier.uuid,
      phone_number: number,
      config: { max_duration: MAX_DURATION, transfer_queue: QUEUE },
    });
  const outbound = await campaign("outbound");
  await campaign("inbound");
  const limits = Object.fromEntries(RATE_LIMIT_BUCKETS.map((bucket) => [bucket, 60_000]));
  const key = await create("/v1/keys", { name: "load", scopes: SCOPES, limits });
  const { inbound_url: inboundUrl } = z.looseObject({ inbound_url: z.string() }).parse(carrier);
  await connectNumber(account, number, inboundUrl);
  const { key: apiKey } = z.looseObject({ key: z.string() }).parse(key);
  const api = { url: admin.url, apiKey };
  return { id, api, account, number, queue: QUEUE, campaignId: outbound.uuid, maxConcurrent };
}
