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
import { ORGANISATIONS } from "./plan.ts";
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
};

export type World = {
  folder: string;
  product: InstanceProcess;
  carrier: InstanceProcess;
  orgs: Org[];
  /** What no log may show. */
  secrets: Record<string, string>;
  humans: string[];
  hasWebhooks: boolean;
};

type Beginning = { id: string; adminKey: string; sql: string };

/** @param script the bundle. */
export async function openWorld(folder: string, script: string, receiver: Receiver): Promise<World> {
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
    seedSql: beginnings.map(({ sql }) => sql).join(""),
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
  await Promise.all([product.start({ again: true }), carrier.start()]);
  const orgs: Org[] = [];
  const humans: string[] = [];
  const secrets: Record<string, string> = { "the credentials' key": credentialsKey };
  let hasWebhooks = true;
  for (const [index, { id, adminKey }] of beginnings.entries()) {
    const admin = { url: product.url, apiKey: adminKey };
    const account = await newAccount(carrier.url, sandboxSecret);
    const people = HUMANS.map((behaves, place) => `+1500${300 + 10 * index + place}${behaves}`);
    const org = await setUp(admin, { id, index, account, people });
    orgs.push(org);
    humans.push(...people);
    Object.assign(secrets, {
      [`key of organisation ${index}`]: org.api.apiKey,
      [`first key of organisation ${index}`]: adminKey,
      [`carrier token of organisation ${index}`]: account.authToken,
    });
    hasWebhooks = (await receiver.subscribe(admin, { index, id })) && hasWebhooks;
  }
  return { folder, product, carrier, orgs, secrets, humans, hasWebhooks };
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

async function newAccount(url: string, sandboxSecret: string): Promise<Account> {
  const accountSid = `AC${randomBytes(16).toString("hex")}`;
  return { url, accountSid, authToken: await accountToken(sandboxSecret, accountSid) };
}

type NewOrg = { id: string; index: number; account: Account; people: string[] };

async function setUp(admin: Api, { id, index, account, people }: NewOrg): Promise<Org> {
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
    // One of them has to wait for slots now and then.
    ...(index === 0 ? {} : { max_concurrent: 20 }),
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
  return { id, api: { url: admin.url, apiKey }, account, number, queue: QUEUE, campaignId: outbound.uuid };
}
