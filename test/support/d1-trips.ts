// What a request costs in trips to D1.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { BASE_URL } from "./api.ts";
import { watchD1 } from "./watched-d1.ts";

/** The trips of one request, without that of its key, which is remembered for a minute. */
export async function tripsOf(path: string, apiKey: string, init: RequestInit = {}) {
  const log: string[] = [];
  const counted = { ...env, DB: countTrips(env.DB, log) };
  const ask = (to: string, what: RequestInit) => {
    const headers = new Headers(what.headers);
    headers.set("authorization", `Bearer ${apiKey}`);
    return worker.fetch(new Request(BASE_URL + to, { ...what, headers }), counted, createExecutionContext());
  };
  await ask("/v1/contacts?limit=1", {});
  log.length = 0;
  const { status } = await ask(path, init);
  return { status, log };
}

/** The database itself, telling of each trip to it. */
export function countTrips(db: D1Database, log: string[]): D1Database {
  return watchD1(db, ({ kind }) => log.push(kind));
}
