// The calls that are counted: what makes each kind, and when one is over and all has been done about it.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { placedCallSchema } from "../../../src/contract/calls.ts";
import { CALL_EVENTS } from "../../../src/domain/webhook.ts";
import { request } from "../../../src/cli/api.ts";
import type { BenchRuntime } from "../runtime.ts";

/** `behaves`: the last digits of a sandbox number (README, "The sandbox's people"). */
export const KINDS = {
  answered: { title: "eight turns", behaves: "0030", recorded: true, webhook: false },
  webhook: { title: "… one webhook", behaves: "0030", recorded: true, webhook: true },
  unanswered: { title: "nobody answers", behaves: "0011", recorded: false, webhook: false },
  transferred: { title: "transferred", behaves: "0031", recorded: true, webhook: false },
} as const;
export type Kind = keyof typeof KINDS;

const WITHIN_MS = 600_000;
const ASK_EVERY_MS = 250;

/** Places so many at the same time; answers their ids once they are analysed. The seconds are the longest call's. */
export async function makeCalls(
  { url, instance }: BenchRuntime,
  kind: Kind,
  numbers: readonly number[],
): Promise<{ ids: string[]; seconds: number }> {
  const { behaves, recorded } = KINDS[kind];
  const api = { url, apiKey: instance.apiKey };
  const beganMs = Date.now();
  const ids = await Promise.all(
    numbers.map(async (number) => {
      const placed = await request(api, "POST", "/v1/calls", {
        to: `+1500${200 + number}${behaves}`,
        campaign_id: instance.campaignId,
        contact_name: "Priya Kumar",
        metadata: { product_interest: "Standing Desk Pro", cart_value: 850 },
      });
      const { call_uuid: callId } = placedCallSchema.parse(placed);
      await untilDone(url, callId, recorded);
      return callId;
    }),
  );
  return { ids, seconds: (Date.now() - beganMs) / 1_000 };
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
