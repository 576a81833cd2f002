// The product as a whole, and beside it a book of what it asks of the platform. It is asked for at /-/counts; /-/call
// says how a call stands, and is itself in no book.

import { z } from "zod";
import * as product from "../../src/index.ts";
import { countingEnv } from "./bindings.ts";
import { count, takeCounts } from "./counts.ts";
import { counting } from "./objects.ts";

export const AgentQueue = counting("AgentQueue", product.AgentQueue);
export const CallSession = counting("CallSession", product.CallSession);
export const CarrierGate = counting("CarrierGate", product.CarrierGate);
export const LiveBoard = counting("LiveBoard", product.LiveBoard);
export const RateLimiter = counting("RateLimiter", product.RateLimiter);
export const WebhookEndpoint = counting("WebhookEndpoint", product.WebhookEndpoint);
export const SandboxAccount = counting("SandboxAccount", product.SandboxAccount);
export const SandboxCall = counting("SandboxCall", product.SandboxCall);

const HOW_IT_STANDS = `SELECT status, analysis IS NOT NULL AS isAnalysed, recording_key IS NOT NULL AS isRecorded
  FROM calls WHERE id = ?`;

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/-/counts") return Response.json(takeCounts());
    if (pathname === "/-/call") {
      return Response.json(await env.DB.prepare(HOW_IT_STANDS).bind(searchParams.get("id")).first());
    }
    const part = partOf(pathname);
    count(part, "requests");
    return product.default.fetch(request, countingEnv(part, env), ctx);
  },
  async queue(batch, env) {
    for (const { body } of batch.messages) count("consumers", "queue_reads", sizeOf(body));
    await product.default.queue(batch, countingEnv("consumers", env));
    count("consumers", "queue_deletes", batch.messages.length);
  },
} satisfies ExportedHandler<Env>;

function partOf(pathname: string): string {
  if (pathname.startsWith("/sandbox/")) return "Sandbox";
  return pathname.startsWith("/carriers/") ? "callbacks" : "API";
}

/** An operation for each 64 kB. */
function sizeOf(body: unknown): number {
  return Math.ceil(JSON.stringify(z.json().parse(body)).length / 64_000);
}
