// What a request costs in trips to D1.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { BASE_URL } from "./api.ts";
import { everyWay, type Client } from "./every-way.ts";

/**
 * The trips of one request, without that of its key, which is remembered for a minute.
 * @param asked as `countTrips` has it.
 */
export async function tripsOf(
  path: string,
  apiKey: string,
  init: RequestInit = {},
  asked: string[] = [],
): Promise<{ status: number; log: string[] }> {
  const log: string[] = [];
  const counted = { ...env, DB: countTrips(env.DB, log, asked) };
  const ask = (to: string, what: RequestInit) => {
    const headers = new Headers(what.headers);
    headers.set("authorization", `Bearer ${apiKey}`);
    return worker.fetch(new Request(BASE_URL + to, { ...what, headers }), counted, createExecutionContext());
  };
  await ask("/v1/contacts?limit=1", {});
  log.length = 0;
  asked.length = 0;
  const { status } = await ask(path, init);
  return { status, log };
}

/**
 * The database itself, telling of each trip to it, also by its sessions.
 * @param asked where each session begins, and `no session` for what is asked without one.
 */
export function countTrips(db: D1Database, log: string[], asked: string[] = []): D1Database {
  const watched = everyWay(db, (client, from) => {
    if (from !== null) asked.push(from);
    return watchClient(client, log);
  });
  return new Proxy(watched, {
    get(target, name) {
      if (name === "prepare" || name === "batch") asked.push("no session");
      return Reflect.get(target, name);
    },
  });
}

/** A way to the database that nobody thought of here is no free one. */
function watchClient<T extends Client>(client: T, log: string[]): T {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      switch (name) {
        case "prepare":
          return (sql: string) => watch(target.prepare(sql), log);
        case "batch":
          return (statements: D1PreparedStatement[]) => {
            log.push("batch");
            return target.batch(statements.map((statement) => originals.get(statement) ?? statement));
          };
        case "getBookmark":
        case "constructor":
          return value.bind(target);
        default:
          return (...args: unknown[]) => {
            log.push(String(name));
            return value.apply(target, args);
          };
      }
    },
  });
}

const originals = new WeakMap<object, D1PreparedStatement>();
const RUNS = new Set<string | symbol>(["all", "first", "raw", "run"]);

function watch(statement: D1PreparedStatement, log: string[]): D1PreparedStatement {
  const proxy = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") return (...values: unknown[]) => watch(target.bind(...values), log);
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (RUNS.has(name)) log.push("query");
        return value.apply(target, args);
      };
    },
  });
  originals.set(proxy, statement);
  return proxy;
}
