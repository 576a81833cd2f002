// All that the database has of an organisation, and who is in its queues: to see that nothing has changed.

import { env } from "cloudflare:workers";
import { sha256Hex } from "../../src/lib/crypto.ts";

/** By table: how many rows it has of the organisation, and their hash. */
export type OrgRows = Record<string, string>;

let statements: Promise<[table: string, sql: string][]> | undefined;

/** Leases and answers of requests come and go beside what they are about. */
const LEFT_OUT = new Set(["idempotency_keys"]);

export async function orgRows(orgId: string): Promise<OrgRows> {
  statements ??= findStatements();
  const queries = await statements;
  const results = await env.DB.batch<{ id?: string }>(
    queries.map(([, sql]) => env.DB.prepare(sql).bind(orgId)),
  );
  const rows: [string, unknown[]][] = queries.map(([table], index) => [table, results[index]?.results ?? []]);
  const queues = results[queries.findIndex(([table]) => table === "queues")]?.results ?? [];
  const humans = queues.map(({ id }) =>
    env.AGENT_QUEUE.getByName(id ?? "").listHumans({ limit: 100, offset: 0 }),
  );
  rows.push(["humans", await Promise.all(humans)]);
  const hashed = rows.map(async ([table, found]) => [table, await summaryOf(found)] as const);
  return Object.fromEntries(await Promise.all(hashed));
}

async function summaryOf(rows: unknown[]): Promise<string> {
  return `${rows.length}: ${await sha256Hex(JSON.stringify(rows))}`;
}

/** A table that is added tomorrow is looked at too. */
async function findStatements(): Promise<[string, string][]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND (name = 'organisations' OR sql LIKE '%`org_id`%')",
  ).all<{ name: string }>();
  return results
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map(({ name }) => {
      const column = name === "organisations" ? "id" : "org_id";
      return [name, `SELECT * FROM ${name} WHERE ${column} = ? ORDER BY rowid`];
    });
}
