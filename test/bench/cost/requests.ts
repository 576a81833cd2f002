// What a request of the API costs, route by route. What it sets off is counted with the calls.

import { request } from "../../../src/cli/api.ts";
import type { BenchRuntime } from "../runtime.ts";
import { readBook, useOf } from "./book.ts";
import type { Use } from "./prices.ts";

const TIMES = 10;

/** Requests of each route, once it was asked before: keys are remembered for a minute. */
export async function countRequests(runtime: BenchRuntime, callId: string): Promise<Record<string, Use>> {
  const details = { key_details: { extraction: { outcome: { intent_score: 88 } } } };
  const routes: Record<string, ["GET" | "POST", string, object?]> = {
    get: ["GET", `/v1/calls/${callId}`],
    transcript: ["GET", `/v1/calls/${callId}/transcript`],
    list: ["GET", "/v1/calls?limit=20"],
    stats: ["GET", "/v1/calls/stats"],
    live: ["GET", "/api/voice/calls/live"],
    metadata: ["POST", `/api/voice/calls/${callId}/metadata`, details],
  };
  const uses: Record<string, Use> = {};
  for (const [name, [method, path, body]] of Object.entries(routes)) {
    const api = { url: runtime.url, apiKey: runtime.instance.apiKey };
    await request(api, method, path, body);
    await readBook(runtime.url);
    for (let time = 0; time < TIMES; time += 1) await request(api, method, path, body);
    uses[name] = useOf((await readBook(runtime.url)).counts, TIMES);
  }
  return uses;
}
