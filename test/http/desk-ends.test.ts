// What a session at the desk opened ends with the session, however long its key lasts.

import { evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { BoardEntry } from "../../src/contract/live.ts";
import { BASE_URL } from "../support/api.ts";
import { leaveCalls, talking } from "../support/call-stages.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const HOURS_MS = 3_600_000;
const ENTRY: BoardEntry = {
  callId: "a",
  callType: "outbound",
  campaignId: "flw",
  contactId: null,
  from: "+1",
  to: "+2",
  status: "dialing",
  startedAt: 1_780_000_000,
  answeredAt: null,
};

afterEach(async () => {
  await leaveCalls();
  vi.useRealTimers();
});

function ask(path: string, init: RequestInit): Promise<Response> {
  return exports.default.fetch(`${BASE_URL}${path}`, init);
}

async function signedIn(key: string): Promise<{ origin: string; cookie: string }> {
  const ours = { origin: BASE_URL };
  const body = JSON.stringify({ key });
  const response = await ask("/desk/session", { method: "POST", headers: ours, body });
  expect(response.status).toBe(201);
  return { ...ours, cookie: (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}

async function open(path: string, headers: Record<string, string>) {
  const { webSocket } = await ask(path, { headers: { ...headers, upgrade: "websocket" } });
  if (webSocket === null) throw new Error("No socket");
  const seen = { types: [] as string[], closedWith: null as number | null };
  webSocket.addEventListener("message", ({ data }) => {
    const { type }: { type: string } = JSON.parse(String(data));
    seen.types.push(type);
  });
  webSocket.addEventListener("close", ({ code }) => {
    seen.closedWith = code;
  });
  webSocket.accept();
  return seen;
}

const closed = (seen: { closedWith: number | null }) =>
  until(
    async () => seen.closedWith,
    (code) => code !== null,
  );
const boardOf = ({ orgId }: Organisation) => env.LIVE_BOARD.getByName(orgId);

async function tokenFor(purpose: string, headers: Record<string, string>, call_uuid?: string) {
  const body = JSON.stringify({ purpose, call_uuid });
  const asking = { ...headers, "content-type": "application/json" };
  const response = await ask("/v1/tokens", { method: "POST", headers: asking, body });
  expect(response.status).toBe(201);
  return response.json<{ token: string; expires_at: string }>();
}

test("the board's socket, that of a token too, and one that was asleep: the key's own goes on", async () => {
  const org = await createOrganisation();
  const headers = await signedIn(org.apiKey);
  const { token } = await tokenFor("board", headers);
  const bySession = await open("/ws/board", headers);
  const byToken = await open(`/ws/board?token=${token}`, {});
  const byKey = await open("/ws/board", { authorization: `Bearer ${org.apiKey}` });
  await boardOf(org).show("a", 1, ENTRY);
  await until(
    async () => [bySession, byToken, byKey],
    (all) => all.every(({ types }) => types.length === 2),
  );
  await evictDurableObject(boardOf(org), { webSockets: "hibernate" });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 13 * HOURS_MS });
  await boardOf(org).show("a", 2, { ...ENTRY, status: "ringing" });
  expect([await closed(bySession), await closed(byToken)]).toEqual([1008, 1008]);
  expect([bySession.types, byToken.types]).toEqual([
    ["snapshot", "call"],
    ["snapshot", "call"],
  ]);
  await until(
    async () => byKey.types,
    ({ length }) => length === 3,
  );
  expect(byKey.closedWith).toBeNull();
});

test("the socket of a call", async () => {
  const { call } = await talking();
  const watched = await open(`/ws/live/${call.plan.callId}`, await signedIn(call.org.apiKey));
  call.wait(13 * HOURS_MS);
  await call.report("completed", { durationSeconds: 24 });
  expect(await closed(watched)).toBe(1008);
  expect(watched.types).toContain("start");
  expect(watched.types).not.toContain("end");
});

test("a token that was asked for in its last minutes", async () => {
  const org = await createOrganisation();
  const headers = await signedIn(org.apiKey);
  const { expires_at: endsAt } = await (
    await ask("/desk/session", { headers })
  ).json<{
    expires_at: string;
  }>();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(endsAt) - 60_000 });
  const { token, expires_at: expiresAt } = await tokenFor("board", headers);
  expect(expiresAt).toBe(endsAt);
  vi.setSystemTime(Date.parse(endsAt));
  const late = await ask(`/ws/board?token=${token}`, { headers: { upgrade: "websocket" } });
  expect(late.status).toBe(401);
});
