import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../src/index.ts";
import { BASE_URL, holdAgainstContract, request } from "../support/api.ts";

test("says that the deployment works, and nobody in between may remember that", async () => {
  const response = await request("/healthz", null);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "ok" });
});

test("says that it does not while the database is away, and when to ask again", async () => {
  const away = new Proxy(env.DB, {
    get: () => () => {
      throw new Error("away");
    },
  });
  const context = createExecutionContext();
  const response = await worker.fetch(new Request(`${BASE_URL}/healthz`), { ...env, DB: away }, context);
  expect(response.status).toBe(503);
  await holdAgainstContract({ method: "GET", path: "/healthz" }, response);
  expect(await response.json()).toEqual({ status: "unavailable" });
});
