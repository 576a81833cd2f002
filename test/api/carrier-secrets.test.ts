// What may be asked with a carrier account's token, and who gets to see it.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { carrierSchema, createdCarrierSchema } from "../../src/contract/carrier-accounts.ts";
import { findCarrier } from "../../src/db/carriers.ts";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { accountToken } from "../../src/lib/account-token.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { BASE_URL, place, post, read, request } from "../support/api.ts";
import {
  addCampaign,
  ask,
  create,
  dropCampaign,
  NUMBERS,
  patch,
  problemOf,
  remove,
  SID,
  storedToken,
  TOKEN,
  twilio,
} from "../support/carrier-accounts.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";
import { everyWay, instead } from "../support/every-way.ts";

const db = openDb(env.DB);
const config = readConfig(env);

const ADDRESSES: [url: string, stored: string | null][] = [
  ["https://carrier.example", "https://carrier.example"],
  ["HTTPS://Carrier.Example:443/a/../b", "https://carrier.example/b"],
  ["https://carrier.example:8443/twilio", "https://carrier.example:8443/twilio"],
  ["https://8.8.8.8", "https://8.8.8.8"],
  ["http://carrier.example", null],
  ["https://carrier.example/", null],
  ["https://carrier.example/a/", null],
  ["https://carrier.example/a/.", null],
  ["https://carrier.example?a=1", null],
  ["https://carrier.example?", null],
  ["https://carrier.example#a", null],
  ["https://me:pw@carrier.example", null],
  ["https://carrier.example:22", null],
  ["https://10.0.0.1", null],
  ["https://169.254.169.254", null],
  ["https://0x0a.1", null],
  ["https://167772161", null],
  ["https://[::ffff:127.0.0.1]", null],
  ["https://[fd00::1]", null],
  ["https://metadata", null],
  ["https://metadata.google.internal", null],
  ["https://carrier.local.", null],
  ["ftp://carrier.example", null],
  ["carrier.example", null],
  ["", null],
  [`https://carrier.example/${"x".repeat(2_048)}`, null],
];

describe("an address", () => {
  test.for(ADDRESSES)("%s", async ([api_base_url, stored]) => {
    const org = await createOrganisation();
    const response = await post("/v1/carriers", org.apiKey, twilio({ api_base_url }));
    const { path, uuid, ...made } = await create(org, twilio());
    const changed = await patch(path, org.apiKey, { api_base_url, auth_token: "new" });
    if (stored === null) {
      expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ path: "api_base_url" }] });
      expect(await problemOf(changed)).toMatchObject({ status: 422, errors: [{ path: "api_base_url" }] });
      expect(await storedToken(uuid)).toBe(TOKEN);
    } else {
      expect(await response.json()).toMatchObject({ api_base_url: stored });
      const { auth_token: _, ...rest } = made;
      expect(await changed.json()).toEqual({ ...rest, uuid, api_base_url: stored });
    }
  });

  test("loopback is for local development alone", async () => {
    const org = await createOrganisation();
    await create(org, twilio({ api_base_url: "http://localhost:9999/carrier" }));
    const deployed = { ...env, PUBLIC_BASE_URL: "https://calls.example" };
    for (const api_base_url of ["http://localhost:9999", "https://localhost", "https://127.0.0.1"]) {
      const response = await ask(deployed, "POST", "/v1/carriers", org, twilio({ api_base_url }));
      expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ path: "api_base_url" }] });
    }
  });

  test("the token is not sent to another host by who does not know it", async () => {
    const org = await createOrganisation();
    const { path, uuid } = await create(org, twilio());
    const elsewhere = { api_base_url: "https://thief.example" };
    expect(await problemOf(await patch(path, org.apiKey, elsewhere))).toMatchObject({
      status: 422,
      errors: [{ path: "auth_token" }],
    });
    expect(await (await request(path, org.apiKey)).json()).toMatchObject({ api_base_url: null });
    // The same host needs none.
    const same = await patch(path, org.apiKey, { api_base_url: "https://api.twilio.com/v2" });
    expect(await same.json()).toMatchObject({ api_base_url: "https://api.twilio.com/v2" });
    const known = await patch(path, org.apiKey, { ...elsewhere, auth_token: "known" });
    expect(await known.json()).toMatchObject(elsewhere);
    expect(await storedToken(uuid)).toBe("known");
    const back = await patch(path, org.apiKey, { api_base_url: null });
    expect(await back.json()).toMatchObject({ api_base_url: null });
  });

  test("of changes at the same time none leaves a token at a host that it was not given for", async () => {
    const org = await createOrganisation();
    const { path, uuid } = await create(org, twilio({ api_base_url: "https://one.example" }));
    await Promise.all([
      patch(path, org.apiKey, { api_base_url: "https://one.example/a" }),
      patch(path, org.apiKey, { api_base_url: "https://two.example", auth_token: "two" }),
      patch(path, org.apiKey, { api_base_url: "https://one.example/b" }),
    ]);
    const carrier = carrierSchema.parse(await (await request(path, org.apiKey)).json());
    const token = await storedToken(uuid);
    expect([carrier.api_base_url, token]).toEqual(["https://two.example", "two"]);
  });

  test("that is older than the rule is not asked", async () => {
    const org = await createOrganisation({ apiBaseUrl: "https://10.0.0.1" });
    const asked = vi.spyOn(globalThis, "fetch");
    onTestFinished(() => asked.mockRestore());
    const callId = await place(org, "+14155550192");
    const call = await until(
      () => read(org, callId),
      ({ status }) => status === "ended",
    );
    expect(call).toMatchObject({ outcome: "failed", ended_reason: "platform_error" });
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("a sandbox account", () => {
  test("that is made here answers its token once, and a call goes through it to its end", async () => {
    const org = await createOrganisation();
    const made = await create(org, {
      kind: "sandbox",
      name: "Trial",
      numbers: ["+15550010077"],
      calls_per_second: 100,
    });
    expect(made.account_sid).toMatch(/^AC[0-9a-f]{32}$/);
    expect(made.auth_token).toMatch(/^[0-9a-f]{32}$/);
    const token = made.auth_token ?? "";
    const campaignId = await addCampaign(org, { carrierId: made.uuid, phoneNumber: "+15550010077" });
    const callId = await place({ ...org, campaignId }, "+15005550030");
    const call = await until(
      () => read(org, callId),
      ({ status, recording_url: url }) => status === "ended" && url !== null,
    );
    expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });

    // The account is its maker's, and the sandbox's own API opens with the token.
    const authorization = `Basic ${btoa(`${made.account_sid}:${token}`)}`;
    const listed = await request(`/sandbox/2010-04-01/Accounts/${made.account_sid}/Calls.json`, null, {
      headers: { authorization },
    });
    expect(await listed.json()).toMatchObject({ calls: [{ from: "+15550010077", to: "+15005550030" }] });
    expect(await (await request(made.path, org.apiKey)).text()).not.toContain(token);

    const fields = { AccountSid: made.account_sid, CallSid: `CA${"1".repeat(32)}`, CallStatus: "ringing" };
    const call2 = { ...fields, From: "+14155550192", To: "+15550010077" };
    expect((await signed(made.uuid, token, call2)).status).toBe(200);
    await dropCampaign(campaignId);
    expect((await remove(made.path, org.apiKey)).status).toBe(204);
    expect((await signed(made.uuid, token, call2)).status).toBe(403);
  });

  test("is given no token for an account that is named", async () => {
    const [org, other] = await Promise.all([createOrganisation(), createOrganisation()]);
    const body = { kind: "sandbox", name: "X", numbers: [], account_sid: other.accountSid };
    expect((await post("/v1/carriers", org.apiKey, body)).status).toBe(422);
    expect(await accountToken(config.SANDBOX_SECRET ?? "", other.accountSid)).toBe(other.authToken);
  });

  test("is not to be had where there is no sandbox", async () => {
    const org = await createOrganisation();
    const without = { ...env, SANDBOX_SECRET: undefined };
    for (const body of [twilio({ kind: "sandbox" }), { kind: "sandbox", name: "X", numbers: [] }]) {
      const response = await ask(without, "POST", "/v1/carriers", org, body);
      expect(await problemOf(response)).toMatchObject({
        status: 422,
        errors: [{ path: "kind", message: expect.stringContaining("SANDBOX_SECRET") }],
      });
    }
    expect((await ask(without, "POST", "/v1/carriers", org, twilio())).status).toBe(201);
  });
});

describe("the token", () => {
  test("is in no answer, no log line and no row, whatever happens", async () => {
    const lines: unknown[] = [];
    for (const level of ["log", "info", "warn", "error"] as const) {
      const spy = vi.spyOn(console, level).mockImplementation((...args) => void lines.push(...args));
      onTestFinished(() => spy.mockRestore());
    }
    const org = await createOrganisation();
    const send = (body: unknown) =>
      request("/v1/carriers", org.apiKey, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": "once" },
        body: JSON.stringify(body),
      });
    const sandbox = { kind: "sandbox", name: "Trial", numbers: [] };
    const first = createdCarrierSchema.parse(await (await send(sandbox)).json());
    const made = first.auth_token ?? "missing";
    const replay = await send(sandbox);
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    expect(await replay.json()).toEqual({ ...first, auth_token: null });

    const { path, uuid } = await create(org, twilio());
    const fields = {
      AccountSid: SID,
      CallSid: `CA${"1".repeat(32)}`,
      From: "+14155550192",
      To: NUMBERS[0] ?? "",
    };
    const answers = [
      await request(path, org.apiKey),
      await request("/v1/carriers", org.apiKey),
      await patch(path, org.apiKey, { auth_token: `${TOKEN}-2`, name: "B" }),
      await patch(path, org.apiKey, { auth_token: `${TOKEN}\n` }),
      await patch(path, org.apiKey, { [TOKEN.slice(0, 5)]: TOKEN }),
      await post("/v1/carriers", org.apiKey, twilio({ kind: TOKEN, numbers: [TOKEN], api_base_url: TOKEN })),
      await signed(uuid, `${TOKEN}-2`, fields),
      await ask({ ...env, DB: brokenAfterRead(env.DB) }, "POST", "/v1/carriers", org, twilio()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 422, 422, 422, 200, 500]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const rows = await everything();
    for (const [where, text] of [
      ["answers", texts.join()],
      ["logs", lines.join()],
      ["rows", rows],
    ]) {
      expect([where, text?.includes(TOKEN), text?.includes(made)]).toEqual([where, false, false]);
    }
    expect(lines.join()).toContain("request_failed");
    expect(rows).toContain(uuid);
  });

  test("of callbacks is the new one at once here, and within a minute elsewhere", async () => {
    const org = await createOrganisation();
    const { path, uuid } = await create(org, twilio());
    const fields = {
      AccountSid: SID,
      CallSid: `CA${"1".repeat(32)}`,
      From: "+14155550192",
      To: NUMBERS[0] ?? "",
    };
    expect((await signed(uuid, TOKEN, fields)).status).toBe(200);
    await patch(path, org.apiKey, { auth_token: "new" });
    expect((await signed(uuid, TOKEN, fields)).status).toBe(403);
    expect((await signed(uuid, "new", fields)).status).toBe(200);

    const now = Date.now();
    const before = await findCarrier(db, uuid, now);
    // As if another isolate did it.
    const change = { authTokenEncrypted: "other", apiBaseUrl: null };
    await db.update(tables.carriers).set(change).where(eq(tables.carriers.id, uuid));
    expect(await findCarrier(db, uuid, now + 1)).toEqual(before);
    expect(await findCarrier(db, uuid, now + 60_001)).toMatchObject({ authTokenEncrypted: "other" });
    await db.update(tables.carriers).set({ deletedAt: 1 }).where(eq(tables.carriers.id, uuid));
    expect(await findCarrier(db, uuid, now + 120_002)).toBeNull();
    // Not even when the database is away is a deleted one brought back.
    await expect(findCarrier(openDb(awayDb()), uuid, now + 180_003)).rejects.toThrow();
  });
});

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const all = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  return JSON.stringify(all.map(({ results: rows }) => rows));
}

function signed(carrierId: string, token: string, fields: Record<string, string>): Promise<Response> {
  const path = `/carriers/${carrierId}/inbound`;
  const body = new URLSearchParams(fields).toString();
  const send = async () =>
    request(path, null, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": await signatureOf(token, BASE_URL + path, body),
      },
      body,
    });
  return send();
}

/** A database that takes no batch, and says what it was given, as D1 does. */
function brokenAfterRead(database: D1Database): D1Database {
  return everyWay(database, (client) =>
    instead(client, { batch: () => Promise.reject(new Error("D1_ERROR: overloaded")) }),
  );
}

function awayDb(): D1Database {
  return new Proxy(env.DB, {
    get() {
      throw new Error("The database is away");
    },
  });
}
