// A request that is overtaken: something else happens once it has read, and before it writes.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import worker from "../../src/index.ts";
import { BASE_URL } from "./api.ts";
import { everyWay, instead } from "./every-way.ts";
import type { Organisation } from "./organisation.ts";

/** @param meanwhile what happens before the request's first batch. */
export async function askWhile(
  org: Organisation,
  method: string,
  path: string,
  body: unknown,
  meanwhile: () => Promise<void>,
  headers: Record<string, string> = {},
): Promise<Response> {
  let isDone = false;
  const DB = everyWay(env.DB, (client) =>
    instead(client, {
      batch: async (statements) => {
        if (!isDone) {
          isDone = true;
          await meanwhile();
        }
        return client.batch(statements);
      },
    }),
  );
  const init = {
    method,
    headers: { authorization: `Bearer ${org.apiKey}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  const response = await worker.fetch(
    new Request(`${BASE_URL}${path}`, init),
    { ...env, DB },
    createExecutionContext(),
  );
  expect(isDone).toBe(true);
  return response;
}
