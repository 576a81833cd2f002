// Where a call's object comes to be: near the region of its carrier, whoever asks it first. Only the first ask decides.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { dialCall } from "../../src/services/calls/dial-call.ts";
import { readConfig } from "../../src/config.ts";
import { post, request } from "../support/api.ts";
import { acceptRow } from "../support/call-row.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const db = openDb(env.DB);
afterEach(() => {
  vi.restoreAllMocks();
});

/** Of an account in Ireland, whose gate lets nobody through: no carrier is asked. */
async function irish() {
  const org = await createOrganisation({ apiBaseUrl: "https://api.dublin.ie1.twilio.com", maxConcurrent: 0 });
  await db.update(tables.carriers).set({ kind: "twilio" }).where(eq(tables.carriers.id, org.carrierId));
  return org;
}

/** Where objects of this name were wanted, in the order of the asks. */
function wanted(namespace: "CALL_SESSION" | "CARRIER_GATE", name: string): () => unknown[] {
  const spy = vi.spyOn(env[namespace], "getByName");
  return () =>
    spy.mock.calls.filter(([of]) => of === name).map(([, options]) => options?.locationHint ?? null);
}

const socket = { headers: { upgrade: "websocket" } };
const READS: [what: string, path: (callId: string) => string, init?: RequestInit][] = [
  ["who reads it", (id) => `/v1/calls/${id}`],
  ["who reads its transcript", (id) => `/v1/calls/${id}/transcript`],
  ["who reads what happened to it", (id) => `/v1/calls/${id}/events`],
  ["who watches it", (id) => `/ws/live/${id}`, socket],
];
test.for(READS)("by %s before it is dialled", async ([, path, init]) => {
  const org = await irish();
  const { callId } = await acceptRow(org, null);
  const places = wanted("CALL_SESSION", callId);
  const { status, webSocket } = await request(path(callId), org.apiKey, init);
  expect([200, 101]).toContain(status);
  webSocket?.accept();
  webSocket?.close();
  expect(places()[0]).toBe("weur");
});

test.for(["end", "transfer"])("by %s before it is dialled", async (action) => {
  const org = await irish();
  const { callId, carrierId } = await acceptRow(org, null);
  await post("/v1/queues", org.apiKey, { name: "sales" });
  const places = wanted("CALL_SESSION", callId);
  const gates = wanted("CARRIER_GATE", carrierId);
  const body = action === "end" ? { reason: "workflow_close" } : { target: "sales" };
  const { status } = await post(`/api/voice/calls/${callId}/${action}`, org.apiKey, body);
  expect(status).toBe(action === "end" ? 200 : 409);
  expect(places()[0]).toBe("weur");
  if (action === "transfer") return;
  await until(async () => gates().length, Boolean);
  expect(new Set(gates())).toEqual(new Set(["weur"]));
});

test("by the queue that has it dialled, and then the gate of its account", async () => {
  const org = await irish();
  const { callId, carrierId } = await acceptRow(org, null);
  const places = wanted("CALL_SESSION", callId);
  const gates = wanted("CARRIER_GATE", carrierId);
  await dialCall({ env, db, config: readConfig(env) }, { call_id: callId });
  expect(places()[0]).toBe("weur");
  await until(async () => gates().length, Boolean);
  expect(gates()[0]).toBe("weur");
  await post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason: "workflow_close" });
});

test("of the sandbox's calls nobody knows where", async () => {
  const org = await createOrganisation();
  const { callId } = await acceptRow(org, null);
  const places = wanted("CALL_SESSION", callId);
  expect((await request(`/v1/calls/${callId}`, org.apiKey)).status).toBe(200);
  expect(places()).toEqual([null]);
});

test("of a call that has come to its object it is known no more, which spares a row", async () => {
  const org = await irish();
  const { callId } = await acceptRow(org, null);
  await db.update(tables.calls).set({ projectedSeq: 1 }).where(eq(tables.calls.id, callId));
  const places = wanted("CALL_SESSION", callId);
  expect((await request(`/v1/calls/${callId}`, org.apiKey)).status).toBe(200);
  expect(places()).toEqual([null]);
});
