// Messages as the Worker's consumer gets them, and what it does with each.

import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import worker from "../../src/index.ts";

/** @param name what the messages' ids begin with. */
export async function consume(queue: string, bodies: unknown[], attempts = 1, name = "") {
  const messages = bodies.map((body, index) => ({
    id: `${name}${index}`,
    timestamp: new Date(0),
    attempts,
    body,
  }));
  const batch = createMessageBatch(queue, messages);
  const retries = batch.messages.map((message) => vi.spyOn(message, "retry"));
  await worker.queue(batch, env);
  const result = await getQueueResult(batch, createExecutionContext());
  const delays = retries.flatMap((retry) => retry.mock.calls.map(([options]) => options?.delaySeconds));
  return { acked: result.explicitAcks, retried: result.retryMessages.map(({ msgId }) => msgId), delays };
}
