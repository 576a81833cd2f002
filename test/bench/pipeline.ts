// Whole calls, from the request to the analysed record: the agent talks by script, the customer is the sandbox's, who
// is a thousand times faster than life; the limit Worker's is a stand-in that loses no time at all (limit/line.js).
// Nothing is recorded: whether a call is, is a matter of its campaign, and the stand-in makes no recordings.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/lib/ids.ts";
import { seal } from "../../src/lib/sealing.ts";
import { startBeside } from "./beside.ts";
import { Client } from "./client.ts";
import { raiseLimits } from "./fixture.ts";
import type { Side } from "./paths.ts";
import { runtimeProcessor } from "./processor.ts";
import type { BenchRuntime } from "./runtime.ts";

const SPEED = "1000";
const POLL_MS = 25;
const WARM_UP_CALLS = 20;
/** Between two calls whose way to the carrier is timed. */
const BREATH_MS = 20;
/** A call that takes longer is lost. */
const LONGEST_MS = 60_000;

export type Pipeline = {
  perSecond: Record<Side, number[]>;
  processorMs: Record<Side, number[]>;
  /** Milliseconds from the 201 to the carrier's create request. */
  dialMs: Record<Side, number[]>;
};

export async function measurePipeline(rounds: number, calls: number): Promise<Pipeline> {
  const since = new Date().toISOString().slice(0, 10);
  const runtime = await startBeside({ variables: { SANDBOX_SPEED: SPEED }, since });
  const processor = runtimeProcessor();
  const carrier = await startCarrier();
  const clients = { ours: new Client(runtime.url), limit: new Client(runtime.limitUrl) };
  const measured: Pipeline = {
    perSecond: { ours: [], limit: [] },
    processorMs: { ours: [], limit: [] },
    dialMs: { ours: [], limit: [] },
  };
  try {
    await raiseLimits(runtime);
    await runtime.db.exec("UPDATE campaigns SET config = json_set(config, '$.record', json('false'))");
    const refusedCampaign = await addCarrier(runtime, carrier.url);
    for (const side of ["ours", "limit"] as const) await runCalls(runtime, clients[side], WARM_UP_CALLS);
    for (let round = 0; round < rounds; round += 1) {
      const sides: Side[] = round % 2 === 0 ? ["ours", "limit"] : ["limit", "ours"];
      for (const side of sides) {
        const before = processor.seconds();
        const seconds = await runCalls(runtime, clients[side], calls);
        measured.perSecond[side].push(calls / seconds);
        measured.processorMs[side].push(((processor.seconds() - before) * 1000) / calls);
        for (let call = 0; call < calls; call += 1) {
          const to = nextNumber();
          await place(runtime, clients[side], to, refusedCampaign);
          const acceptedMs = performance.now();
          measured.dialMs[side].push((await carrier.asked(to)) - acceptedMs);
          await pause(BREATH_MS);
        }
      }
    }
    return measured;
  } finally {
    for (const client of Object.values(clients)) client.close();
    carrier.close();
    await runtime.stop();
  }
}

/** Places so many calls as fast as it can, and waits until all are over and judged. Answers the seconds it took. */
async function runCalls(runtime: BenchRuntime, client: Client, count: number): Promise<number> {
  const numbers = Array.from({ length: count }, nextNumber);
  const beganMs = performance.now();
  await Promise.all(numbers.map((to) => place(runtime, client, to, runtime.instance.campaignId)));
  const left = runtime.db
    .prepare("SELECT count(*) AS n FROM calls WHERE to_number BETWEEN ? AND ? AND analysis IS NULL")
    .bind(numbers[0], numbers.at(-1));
  while ((await left.first<{ n: number }>())?.n !== 0) {
    if (performance.now() - beganMs > LONGEST_MS) throw new Error("Not all calls came to their end");
    await pause(POLL_MS);
  }
  const seconds = (performance.now() - beganMs) / 1000;
  await checkTalks(runtime, numbers);
  return seconds;
}

/** All were talked with, to the end. */
async function checkTalks({ db }: BenchRuntime, numbers: string[]): Promise<void> {
  const found = await db
    .prepare(
      `SELECT count(*) AS n, min(json_array_length(turns)) AS shortest FROM calls JOIN transcripts ON call_id = id
       WHERE to_number BETWEEN ? AND ? AND outcome = 'connected' AND ended_reason = 'agent_hangup'`,
    )
    .bind(numbers[0], numbers.at(-1))
    .first<{ n: number; shortest: number }>();
  if (found?.n === numbers.length && found.shortest >= 16) return;
  throw new Error(`Of ${numbers.length} calls these were whole: ${JSON.stringify(found)}`);
}

let counter = 0;

/** An interested customer of the sandbox. */
export function nextNumber(): string {
  counter += 1;
  return `+1${2_122_000_000 + counter}`;
}

export async function place(
  { instance }: BenchRuntime,
  client: Client,
  to: string,
  campaignId: string,
): Promise<void> {
  const headers = { authorization: `Bearer ${instance.apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ to, campaign_id: campaignId });
  const answer = await client.ask({ method: "POST", path: "/v1/calls", headers, body });
  if (answer.status !== 201) throw new Error(`The call was refused: ${answer.status} ${answer.body}`);
}

/** Takes note of each create request, and refuses it: such a number can't be called. */
async function startCarrier() {
  const asked = new Map<string, number>();
  let onAsked = (): void => {};
  const server = createServer((request, response) => {
    const arrivedMs = performance.now();
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const to = new URLSearchParams(Buffer.concat(parts).toString()).get("To");
      if (to !== null) asked.set(to, arrivedMs);
      onAsked();
      response.writeHead(400, { "content-type": "application/json" }).end('{"code":21217,"status":400}');
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The carrier does not listen");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async asked(to: string): Promise<number> {
      for (;;) {
        const atMs = asked.get(to);
        if (atMs !== undefined) return atMs;
        await new Promise<void>((resolve) => (onAsked = resolve));
      }
    },
    close: () => server.close(),
  };
}

/** A second account, at this address, and a campaign that calls by it. Answers the campaign's id. */
async function addCarrier({ db, instance }: BenchRuntime, url: string): Promise<string> {
  const { seed, credentialsKey } = instance;
  const [carrierId, campaignId] = [newId("carrier"), newId("campaign")];
  const token = await seal(credentialsKey, seed.carrier.authToken, carrierId);
  await db.batch([
    db.prepare("UPDATE carriers SET calls_per_second = 1000"),
    db
      .prepare(
        `INSERT INTO carriers (id, org_id, kind, name, account_sid, auth_token_encrypted, api_base_url,
           calls_per_second, created_at)
         SELECT ?, org_id, kind, name, account_sid, ?, ?, calls_per_second, created_at FROM carriers WHERE id = ?`,
      )
      .bind(carrierId, token, url, seed.carrier.id),
    db
      .prepare(
        "INSERT INTO carrier_numbers SELECT ?, org_id, phone, country, created_at FROM carrier_numbers",
      )
      .bind(carrierId),
    db
      .prepare(
        `INSERT INTO campaigns (id, org_id, kind, name, status, voice_agent_id, carrier_id, phone_number, config, created_at)
         SELECT ?, org_id, kind, name, status, voice_agent_id, ?, phone_number, config, created_at
         FROM campaigns WHERE id = ?`,
      )
      .bind(campaignId, carrierId, instance.campaignId),
  ]);
  return campaignId;
}
