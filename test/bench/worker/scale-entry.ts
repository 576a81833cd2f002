// Our Worker, with a door for the benchmark beside it: SQL in bulk, the objects' own methods, and the count of what a
// request read. A request that is timed goes through none of it.

import * as product from "../../../src/index.ts";
import { watchD1, type Asked } from "./watched-d1.ts";
import type { CountedRequest, ObjectCalls, SqlResult, StorageCount } from "../scale/door-shapes.ts";
import { countStorage } from "./count-storage.ts";

export * from "../../../src/index.ts";

export class LiveBoard extends product.LiveBoard {
  readonly #counts = countStorage(this.ctx.storage);

  benchCount(goesOn: boolean): StorageCount {
    return this.#counts(goesOn);
  }
}

export class CallSession extends product.CallSession {
  readonly #counts = countStorage(this.ctx.storage);

  benchCount(goesOn: boolean): StorageCount {
    return this.#counts(goesOn);
  }

  /** Out of memory, as after a deployment. */
  benchDie(): void {
    this.ctx.abort("bench");
  }
}

export default {
  ...product.default,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/sql") return runSql(env.DB, await request.json<string[]>());
    if (pathname === "/bench/object") return askObject(env, await request.json<ObjectCalls>());
    if (request.headers.has("x-bench-count")) return countRequest(request, env, ctx);
    return product.default.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;

async function runSql(db: D1Database, statements: string[]): Promise<Response> {
  const results: SqlResult[] = [];
  for (const sql of statements) {
    const { results: rows, meta } = await db.prepare(sql).all<Record<string, unknown>>();
    results.push({ rows, written: meta.rows_written, bytes: meta.size_after });
  }
  return Response.json(results);
}

async function askObject(env: Env, { object, name, calls }: ObjectCalls): Promise<Response> {
  const stub: unknown = env[object].getByName(name);
  const methods = stub as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const results = calls.map(async ([method, ...args]) => {
    const answer = methods[method]?.(...args);
    // Who dies has no answer.
    return method === "benchDie" ? answer?.catch(() => null) : answer;
  });
  return Response.json(await Promise.all(results));
}

async function countRequest(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const asked: Asked[] = [];
  let trips = 0;
  const DB = watchD1(env.DB, (trip) => {
    trips += 1;
    asked.push(...trip.asked);
  });
  const response = await product.default.fetch(request, { ...env, DB }, ctx);
  await response.arrayBuffer();
  const counted: CountedRequest = { status: response.status, trips, read: 0, written: 0, questions: [] };
  for (const { sql, values } of asked) {
    const { meta } = await env.DB.prepare(sql)
      .bind(...values)
      .all();
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...values)
      .all<{ detail: string }>();
    counted.read += meta.rows_read;
    counted.written += meta.rows_written;
    counted.questions.push({ sql, read: meta.rows_read, plan: plan.results.map(({ detail }) => detail) });
  }
  return Response.json(counted);
}
