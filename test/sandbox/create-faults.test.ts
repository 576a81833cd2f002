// Creates that fail, over REST.

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { TestAccount } from "./account.ts";

const SILENCE = "<Response><Pause length='600'/></Response>";
const CALL = { From: "+15005550006", Twiml: SILENCE };

afterEach(() => vi.restoreAllMocks());

async function callsOf(account: TestAccount): Promise<Record<string, unknown>[]> {
  const body = await account.json("Calls.json");
  return Array.isArray(body["calls"]) ? body["calls"] : [];
}

async function hangUpAll(account: TestAccount): Promise<void> {
  for (const { sid } of await callsOf(account)) {
    await account.request(`Calls/${String(sid)}.json`, { Status: "completed" });
  }
}

test("0040 answers 500, and no call is placed", async () => {
  const account = new TestAccount();
  const answer = await account.request("Calls.json", { ...CALL, To: "+15005550040" });
  expect([answer.status, await answer.json()]).toMatchObject([500, { code: 20500, status: 500 }]);
  expect(await callsOf(account)).toEqual([]);
});

describe("0041", () => {
  test("places the call at once, and answers 504 when no client waits any more", async () => {
    const account = new TestAccount();
    const clock = { isOver: false };
    const waitShortly = scheduler.wait.bind(scheduler, 5);
    const wait = vi.spyOn(scheduler, "wait").mockImplementationOnce(async () => {
      while (!clock.isOver) await waitShortly();
    });
    const answer = account.request("Calls.json", { ...CALL, To: "+15005550041" });
    const [call] = await vi.waitUntil(async () => {
      const calls = await callsOf(account);
      return calls.some(({ status }) => status === "in-progress") && calls;
    });
    expect(call).toMatchObject({ to: "+15005550041" });
    expect(wait.mock.calls[0]?.[0]).toBeGreaterThanOrEqual(30_000);
    clock.isOver = true;
    expect((await answer).status).toBe(504);
    expect(await callsOf(account)).toHaveLength(1);
    await hangUpAll(account);
  });
});

describe("0042", () => {
  async function create(account: TestAccount, changes: Record<string, string> = {}): Promise<Response> {
    return account.request("Calls.json", { ...CALL, To: "+15005550042", ...changes });
  }

  test("answers 429 twice, then places the call; and so again for the next", async () => {
    const account = new TestAccount();
    const first = await create(account);
    expect(first.headers.get("Retry-After")).toBe("1");
    expect([first.status, await first.json()]).toMatchObject([429, { code: 20429, status: 429 }]);
    await evictDurableObject(env.SANDBOX_ACCOUNT.getByName(account.sid));
    const others = [];
    for (let i = 0; i < 5; i++) others.push((await create(account)).status);
    expect(others).toEqual([429, 201, 429, 429, 201]);
    expect(await callsOf(account)).toHaveLength(2);
    await hangUpAll(account);
  });

  test("counts for each account, caller and number called by itself", async () => {
    const [account, other] = [new TestAccount(), new TestAccount()];
    await create(account);
    await create(account);
    expect((await create(other)).status).toBe(429);
    expect((await create(account, { From: "+15005550007" })).status).toBe(429);
    expect((await create(account, { To: "+15002000042" })).status).toBe(429);
    expect((await create(account)).status).toBe(201);
    await hangUpAll(account);
  });
});
