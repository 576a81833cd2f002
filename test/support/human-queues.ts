// Queues of people, made through the API.

import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { humanSchema, queueSchema, type Human, type Queue } from "../../src/contract/queues.ts";
import { newId } from "../../src/lib/ids.ts";
import { post } from "./api.ts";
import type { Organisation } from "./organisation.ts";

export const QUEUES = "/v1/queues";

export async function createQueue(
  org: Organisation,
  body: { name: string; accept?: string },
): Promise<Queue> {
  const response = await post(QUEUES, org.apiKey, body);
  expect(response.status).toBe(201);
  return queueSchema.parse(await response.json());
}

export async function addHuman(org: Organisation, queue: string, body: object): Promise<Human> {
  const response = await post(`${QUEUES}/${queue}/agents`, org.apiKey, body);
  expect(response.status).toBe(201);
  return humanSchema.parse(await response.json());
}

/** Offers a call to somebody of the queue, as a transfer does, and answers the transfer's id. */
export async function reserve(queueId: string, leaseMs = 60_000): Promise<string> {
  const transferId = newId("transfer");
  const reserved = await env.AGENT_QUEUE.getByName(queueId).reserve({
    transferId,
    callId: newId("call"),
    exclude: [],
    leaseUntilMs: Date.now() + leaseMs,
  });
  expect(reserved.kind).toBe("reserved");
  return transferId;
}
