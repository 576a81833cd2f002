// An account's numbers, and customers who call them, over REST and through the objects.

import { evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { signRequest } from "../../src/sandbox/signature.ts";
import { TestAccount } from "./account.ts";
import { APP, app, HANGUP, heardAt, PATIENT, say, twiml, useApplication } from "./application.ts";

useApplication();

const NUMBER = "+15550010000";
const CALLER = "+14155550192";
const SETTINGS = { PhoneNumber: NUMBER, VoiceUrl: `${APP}/answer`, StatusCallback: `${APP}/status` };

async function callIn(account: TestAccount, body: unknown): Promise<Response> {
  return exports.default.fetch(`${readConfig(env).PUBLIC_BASE_URL}/sandbox/inbound`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${account.sid}:${await account.token()}`)}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function numbersOf(body: Record<string, unknown>): unknown[] {
  const numbers = body["incoming_phone_numbers"];
  return Array.isArray(numbers) ? numbers.map((number: { phone_number: string }) => number.phone_number) : [];
}

describe("the numbers of an account", () => {
  test("are shown as Twilio shows them", async () => {
    const { account } = app;
    const answer = await account.request("IncomingPhoneNumbers.json", SETTINGS);
    expect(answer.status).toBe(201);
    const number = await answer.json<Record<string, unknown>>();
    expect(number).toMatchObject({
      sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      account_sid: account.sid,
      phone_number: NUMBER,
      friendly_name: "(555) 001-0000",
      voice_url: `${APP}/answer`,
      voice_method: "POST",
      voice_fallback_url: "",
      status_callback: `${APP}/status`,
      capabilities: { voice: true, sms: false, mms: false, fax: false },
      date_created: expect.stringMatching(/ \+0000$/),
    });
    expect(await account.json("IncomingPhoneNumbers.json")).toMatchObject({
      incoming_phone_numbers: [number],
      page: 0,
      next_page_uri: null,
    });
    expect(numbersOf(await new TestAccount().json("IncomingPhoneNumbers.json"))).toEqual([]);
  });

  test("to have one again is to set it anew", async () => {
    const { account } = app;
    const first = await account.json("IncomingPhoneNumbers.json", SETTINGS);
    const changed = { PhoneNumber: NUMBER, VoiceUrl: `${APP}/other`, FriendlyName: "Sales" };
    const second = await account.json("IncomingPhoneNumbers.json", changed);
    expect(second).toMatchObject({ sid: first["sid"], voice_url: `${APP}/other`, status_callback: "" });
    await evictDurableObject(env.SANDBOX_ACCOUNT.getByName(account.sid));
    expect(await account.json("IncomingPhoneNumbers.json")).toMatchObject({
      incoming_phone_numbers: [{ sid: first["sid"], friendly_name: "Sales", voice_url: `${APP}/other` }],
    });
  });

  test("are found whole, in part, by name, and page by page", async () => {
    const { account } = app;
    const phones = ["+15550010000", "+15550010001", "+442079460000"];
    for (const PhoneNumber of phones) await account.json("IncomingPhoneNumbers.json", { PhoneNumber });
    const find = async (query: Record<string, string>) =>
      numbersOf(
        await account.json(`IncomingPhoneNumbers.json?${new URLSearchParams(query).toString()}`),
      ).toSorted();
    expect(await find({ PhoneNumber: "+15550010001" })).toEqual(["+15550010001"]);
    expect(await find({ PhoneNumber: "+1555" })).toEqual(["+15550010000", "+15550010001"]);
    expect(await find({ PhoneNumber: "555****001" })).toEqual(["+15550010001"]);
    expect(await find({ FriendlyName: "+442079460000" })).toEqual(["+442079460000"]);
    const page = await account.json("IncomingPhoneNumbers.json?PageSize=2");
    const next = String(page["next_page_uri"]).replace(`/2010-04-01/Accounts/${account.sid}/`, "");
    const all = [...numbersOf(page), ...numbersOf(await account.json(next))];
    expect(all.toSorted()).toEqual(phones.toSorted());
  });

  test("a wrong one is refused in Twilio's form", async () => {
    const answer = await app.account.request("IncomingPhoneNumbers.json", { PhoneNumber: "12" });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 21421, status: 400 }]);
  });
});

describe("POST /sandbox/inbound", () => {
  test("is a whole call: rings, is answered, talks, and reports its end", async () => {
    const { account } = app;
    await account.json("IncomingPhoneNumbers.json", SETTINGS);
    app.onFrame = (frame, socket) => {
      if (frame["type"] === "setup") say(socket, "Welcome to Luminary Home, how can I help?");
      if (frame["type"] === "prompt") socket.send(JSON.stringify({ type: "end", handoffData: "{}" }));
    };
    const answer = await callIn(account, { from: CALLER, to: NUMBER, behaves: "0032" });
    expect(answer.status).toBe(201);
    const call = await answer.json<Record<string, unknown>>();
    expect(call).toMatchObject({
      sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      account_sid: account.sid,
      direction: "inbound",
      status: "ringing",
      from: CALLER,
      to: NUMBER,
    });
    await vi.waitUntil(() => heardAt("/status").length > 0, PATIENT);
    expect(heardAt("/answer")).toMatchObject([
      { CallSid: call["sid"], CallStatus: "ringing", Direction: "inbound", From: CALLER, Caller: CALLER },
    ]);
    expect(app.frames[0]).toMatchObject({ type: "setup", direction: "inbound", from: CALLER, to: NUMBER });
    expect(app.frames.find(({ type }) => type === "prompt")).toMatchObject({
      voicePrompt: "Hello, who is this?",
    });
    expect(heardAt("/status")).toMatchObject([{ SequenceNumber: "0", CallStatus: "completed" }]);
    const token = await account.token();
    for (const { path, params, signature } of app.heard) {
      expect(signature).toBe(await signRequest(token, APP + path, Object.entries(params)));
    }
    expect(await account.json("Calls.json")).toMatchObject({
      calls: [{ sid: call["sid"], direction: "inbound", status: "completed", end_time: expect.any(String) }],
    });
  });

  test("is an interested and may be an anonymous caller", async () => {
    const { account } = app;
    app.answer = () => twiml(HANGUP);
    await account.json("IncomingPhoneNumbers.json", SETTINGS);
    expect((await callIn(account, { from: "anonymous", to: NUMBER })).status).toBe(201);
    await vi.waitUntil(() => heardAt("/answer").length > 0, PATIENT);
    expect(heardAt("/answer")[0]).toMatchObject({ From: "anonymous", FromCountry: "" });
  });

  test.each([
    ["no JSON", "{", 20001],
    ["no object", "[]", 20001],
    ["no from", { to: NUMBER }, 21212],
    ["from nowhere", { from: "nowhere", to: NUMBER }, 21212],
    ["to no number", { from: CALLER, to: "12" }, 21211],
    ["a voicemail that calls", { from: CALLER, to: NUMBER, behaves: "0020" }, 20001],
    ["a create that fails", { from: CALLER, to: NUMBER, behaves: "0042" }, 20001],
    ["an unknown field", { from: CALLER, to: NUMBER, behave: "0032" }, 20001],
  ])("%s: 400", async (_, body, code) => {
    const answer = await callIn(app.account, body);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code, status: 400 }]);
    expect(await app.account.json("Calls.json")).toMatchObject({ calls: [] });
  });

  test("a number that is not the account's, or leads nowhere: 404", async () => {
    const { account } = app;
    await account.json("IncomingPhoneNumbers.json", { PhoneNumber: NUMBER });
    await new TestAccount().json("IncomingPhoneNumbers.json", { ...SETTINGS, PhoneNumber: "+15550010001" });
    for (const to of [NUMBER, "+15550010001"]) {
      const answer = await callIn(account, { from: CALLER, to });
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 20404, status: 404 }]);
    }
  });

  test("needs the account's credentials", async () => {
    const url = `${readConfig(env).PUBLIC_BASE_URL}/sandbox/inbound`;
    const answer = await exports.default.fetch(url, { method: "POST", body: "{}" });
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 20003 }]);
  });
});
