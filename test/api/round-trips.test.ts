// What an operation costs: no more than two trips to the database, whatever it does. Not counted are that for the key,
// which is remembered for a minute, and those of an Idempotency-Key. And which copy of the database it asks.

import { expect, test } from "vitest";
import { tripsOf } from "../support/d1-trips.ts";
import { pathOf, requestOf } from "../support/operations.ts";
import { createOrganisation } from "../support/organisation.ts";
import { OPERATIONS, type Operation } from "./operations.ts";

test.for(OPERATIONS)("$method $path", async (operation) => {
  const org = await createOrganisation();
  const names = (await (operation.livingNames ?? operation.names)?.(org)) ?? {};
  const asked: string[] = [];
  const path = pathOf(operation, names);
  const { status, log } = await tripsOf(path, org.apiKey, requestOf(operation, org), asked);
  expect(status).toBe(operation.success);
  expect(log.length, log.join(", ")).toBeLessThanOrEqual(2);
  const copy = isNear(operation) ? "first-unconstrained" : "first-primary";
  expect(new Set(asked)).toEqual(new Set(asked.length === 0 ? [] : [copy]));
  expect(asked.length).toBeGreaterThanOrEqual(log.length === 0 ? 0 : 1);
});

/** Any copy of the database answers what is read. Who has opted out is known to the primary alone for sure. */
function isNear({ method, path }: Operation): boolean {
  return method === "GET" && !path.endsWith("/recording");
}
