// One line for each request, job and message, by which an operator finds what happened to a call.

import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import worker from "../../src/index.ts";
import { place, post, request } from "../support/api.ts";
import { consume } from "../support/consume.ts";
import { createOrganisation } from "../support/organisation.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lines of this event that were logged while it ran, of those that belong to it. */
async function linesOf(
  event: string,
  mine: (line: Record<string, unknown>) => boolean,
  run: () => Promise<unknown>,
) {
  const log = vi.spyOn(console, "log");
  await run();
  return log.mock.calls
    .map(([line]): Record<string, unknown> => JSON.parse(String(line)))
    .filter((line) => line["event"] === event && mine(line));
}

test("a request: who, what, how it was answered, and which call it made", async () => {
  const org = await createOrganisation();
  let callId = "";
  const lines = await linesOf(
    "request",
    (line) => line["org_id"] === org.orgId,
    async () => {
      callId = await place(org, "+15005550001");
    },
  );
  expect(lines).toEqual([
    {
      level: "info",
      event: "request",
      request_id: expect.stringMatching(/^[\w-]{36}$/),
      method: "POST",
      route: "/v1/calls",
      status: 201,
      ms: expect.any(Number),
      org_id: org.orgId,
      key_id: org.keyId,
      call_id: callId,
    },
  ]);
});

test("its id is the one that the client was told, also where it was refused", async () => {
  const org = await createOrganisation();
  let requestId: string | null = null;
  const lines = await linesOf(
    "request",
    (line) => line["request_id"] === requestId,
    async () => {
      requestId = (await post("/v1/calls", org.apiKey, {})).headers.get("x-request-id");
    },
  );
  expect(lines).toMatchObject([{ status: 422, route: "/v1/calls", key_id: org.keyId }]);
});

test.each([
  ["/v1/opt-outs/%2B14155550192", "/v1/opt-outs/:phone"],
  ["/v1/calls/cal_01k4v4n5r7f0a9d8c3b2e1h6jm?token=secret", "/v1/calls/:call_uuid"],
  ["/nowhere/+14155550192", "none"],
])("of its address the route alone is logged: %s", async (path, route) => {
  let requestId: string | null = null;
  const lines = await linesOf(
    "request",
    (line) => line["request_id"] === requestId,
    async () => {
      requestId = (await request(path, null)).headers.get("x-request-id");
    },
  );
  expect(lines).toMatchObject([{ route, method: "GET" }]);
  expect(JSON.stringify(lines)).not.toMatch(/14155550192|secret/);
});

test("a message of a queue, with the call that it is about", async () => {
  const lines = await linesOf(
    "queue_message",
    (line) => line["call_id"] === "cal_unknown",
    () => consume("trunkline-dial", [{ call_id: "cal_unknown" }], 3),
  );
  expect(lines).toMatchObject([{ queue: "trunkline-dial", attempts: 3, ms: expect.any(Number) }]);
});

test("each job of the minute", async () => {
  const lines = await linesOf(
    "job",
    () => true,
    () => worker.scheduled(createScheduledController(), env),
  );
  const jobs = ["credentials", "letters", "orphans", "requests", "sessions", "slots", "undialled"];
  expect(lines.map((line) => line["job"]).toSorted()).toEqual(jobs);
});
