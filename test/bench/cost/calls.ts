// The calls that are counted: what makes each kind, and when one is over and all has been done about it.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { placedCallSchema } from "../../../src/contract/calls.ts";
import { CALL_EVENTS } from "../../../src/domain/webhook.ts";
import { request } from "../../../src/cli/api.ts";
import type { BenchRuntime } from "../runtime.ts";

/**
 * `area`: the first of the numbers that are called, so that each kind has numbers of its own, and `behaves` their last
 * digits (README, "The sandbox's people").
 */
export const KINDS = {
  answered: { title: "eight turns", area: 300, behaves: "0030", recorded: true, webhook: false },
  webhook: { title: "… one webhook", area: 400, behaves: "0030", recorded: true, webhook: true },
  unanswered: { title: "nobody answers", area: 500, behaves: "0011", recorded: false, webhook: false },
  transferred: { title: "transferred", area: 600, behaves: "0031", recorded: true, webhook: false },
} as const;
export type Kind = keyof typeof KINDS;

const WITHIN_MS = 600_000;
const ASK_EVERY_MS = 250;

/** Busy, so it is soon over: what is measured then finds the tables that all calls share, and the key in memory. */
const WARM_UP = { to: "+15002000010", recorded: false };

/** Places so many at the same time, and waits until they are analysed. Answers how long the longest took. */
export async function makeCalls(runtime: BenchRuntime, kind: Kind, calls: number): Promise<number> {
  const { area, behaves, recorded } = KINDS[kind];
  const beganMs = Date.now();
  const numbers = Array.from({ length: calls }, (_, index) => `+1500${area + index}${behaves}`);
  await Promise.all(numbers.map((to) => makeCall(runtime, { to, recorded })));
  return (Date.now() - beganMs) / 1_000;
}

/** Answers its id once it is analysed, and its recording is stored if there is to be one. */
export async function makeCall({ url, instance }: BenchRuntime, { to, recorded } = WARM_UP): Promise<string> {
  const placed = await request({ url, apiKey: instance.apiKey }, "POST", "/v1/calls", {
    to,
    campaign_id: instance.campaignId,
    contact_name: "Priya Kumar",
    metadata: { product_interest: "Standing Desk Pro", cart_value: 850 },
  });
  const { call_uuid: callId } = placedCallSchema.parse(placed);
  await untilDone(url, callId, recorded);
  return callId;
}

type Row = { status: string; isAnalysed: number; isRecorded: number };

async function untilDone(url: string, callId: string, recorded: boolean): Promise<void> {
  const deadlineMs = Date.now() + WITHIN_MS;
  for (;;) {
    const response = await fetch(`${url}/-/call?id=${callId}`);
    const row = (await response.json()) as Row;
    if (row.isAnalysed === 1 && (row.isRecorded === 1 || !recorded)) return;
    if (Date.now() > deadlineMs) throw new Error(`${callId} is not done: ${JSON.stringify(row)}`);
    await pause(ASK_EVERY_MS);
  }
}

/** A webhook on all events, at an address that takes everything. */
export async function openWebhook({ url, instance }: BenchRuntime) {
  const server = createServer((asked, response) => {
    asked.resume().once("end", () => response.writeHead(204).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The receiver does not listen");
  await request({ url, apiKey: instance.adminKey }, "POST", "/v1/webhooks", {
    name: "All events",
    url: `http://127.0.0.1:${address.port}/`,
    events: CALL_EVENTS,
  });
  return { close: () => server.close() };
}
