// POST /v1/calls is what clients wait for: what it may cost is fixed here.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../src/index.ts";
import { BASE_URL } from "../support/api.ts";
import { countTrips } from "../support/d1-trips.ts";
import { createOrganisation } from "../support/organisation.ts";

test("one key look-up, one read, one batch, one queue send; and no carrier is asked before the answer", async () => {
  const org = await createOrganisation();
  const log: string[] = [];
  const counted = { ...env, DB: countTrips(env.DB, log), DIAL: countSends(env.DIAL, log) };
  const place = (to: string) =>
    worker.fetch(
      new Request(`${BASE_URL}/v1/calls`, {
        method: "POST",
        headers: { authorization: `Bearer ${org.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ to, campaign_id: org.campaignId }),
      }),
      counted,
      createExecutionContext(),
    );
  expect((await place("+15005550010")).status).toBe(201);
  expect(log).toEqual(["query", "query", "batch", "send"]);
  log.length = 0;
  expect((await place("+15005550012")).status).toBe(201);
  // The key is remembered for a minute.
  expect(log).toEqual(["query", "batch", "send"]);
});

function countSends(queue: Queue, log: string[]): Queue {
  return new Proxy(queue, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name);
      return (body: unknown) => {
        log.push("send");
        return target.send(body);
      };
    },
  });
}
