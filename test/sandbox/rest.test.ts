import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { TestAccount } from "./account.ts";

const SILENCE = "<Response><Pause length='600'/></Response>";
const CALL = { To: "+15005550036", From: "+15005550006", Twiml: SILENCE };

describe("credentials", () => {
  test.each([
    ["none", {}],
    ["a wrong token", { Authorization: `Basic ${btoa(`AC${"1".repeat(32)}:nonsense`)}` }],
    ["no Basic", { Authorization: "Bearer abc" }],
    ["no base64", { Authorization: "Basic ?" }],
  ])("%s: 401 in Twilio's form", async (_, headers) => {
    const path = `/sandbox/2010-04-01/Accounts/AC${"1".repeat(32)}/Calls.json`;
    const answer = await exports.default.fetch(`${readConfig(env).PUBLIC_BASE_URL}${path}`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toBe('Basic realm="Twilio API"');
    expect(await answer.json()).toEqual({
      code: 20003,
      message: "Authenticate",
      more_info: "https://www.twilio.com/docs/errors/20003",
      status: 401,
    });
  });

  test("another account's path is not opened by one's own token", async () => {
    const [mine, other] = [new TestAccount(), new TestAccount()];
    const Authorization = `Basic ${btoa(`${mine.sid}:${await mine.token()}`)}`;
    const answer = await other.request("Calls.json", undefined, { headers: { Authorization } });
    expect(answer.status).toBe(401);
  });

  test("another account's call does not exist", async () => {
    const call = await new TestAccount().json("Calls.json", CALL);
    expect((await new TestAccount().request(`Calls/${String(call["sid"])}.json`)).status).toBe(404);
  });
});

describe("creating a call", () => {
  test("answers 201 with the queued call", async () => {
    const account = new TestAccount();
    const answer = await account.request("Calls.json", CALL);
    expect(answer.status).toBe(201);
    const call = await answer.json<Record<string, unknown>>();
    expect(call).toMatchObject({
      sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      account_sid: account.sid,
      status: "queued",
      to: "+15005550036",
      to_formatted: "(500) 555-0036",
      direction: "outbound-api",
      start_time: null,
      duration: null,
      date_created: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      uri: `/2010-04-01/Accounts/${account.sid}/Calls/${String(call["sid"])}.json`,
    });
  });

  test.each([
    ["0001", 21217],
    ["0002", 21214],
    ["0004", 21216],
  ])("to …%s is refused with %i, and no call placed", async (ending, code) => {
    const account = new TestAccount();
    const answer = await account.request("Calls.json", { ...CALL, To: `+1500234${ending}` });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code, status: 400 });
    expect(await account.json("Calls.json")).toMatchObject({ calls: [] });
  });

  test("a form that Twilio would refuse is refused", async () => {
    const answer = await new TestAccount().request("Calls.json", { From: CALL.From, Twiml: SILENCE });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 21201, message: "No 'To' number is specified" });
  });
});

describe("reading and changing a call", () => {
  test.each([`Calls/CA${"0".repeat(32)}.json`, "Calls/nonsense.json", "Nothing.json"])(
    "%s: 404",
    async (path) => {
      const answer = await new TestAccount().request(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 20404 });
    },
  );

  test("is canceled before it is answered, and then there is nothing left to change", async () => {
    const account = new TestAccount();
    const { sid } = await account.json("Calls.json", { ...CALL, To: "+15005550011" });
    const path = `Calls/${String(sid)}.json`;
    const early = await account.request(path, { Twiml: SILENCE });
    expect([early.status, await early.json()]).toMatchObject([400, { code: 21220 }]);
    expect(await account.json(path, { Status: "canceled" })).toMatchObject({
      status: "canceled",
      duration: "0",
    });
    const late = await account.request(path, { Status: "completed" });
    expect([late.status, await late.json()]).toMatchObject([400, { code: 21220 }]);
    expect(await account.json(path)).toMatchObject({ status: "canceled", end_time: expect.any(String) });
  });
});

async function placed(account: TestAccount, ...numbers: string[]): Promise<string[]> {
  const sids: string[] = [];
  for (const To of numbers) {
    const { sid } = await account.json("Calls.json", { ...CALL, To });
    sids.push(String(sid));
  }
  return sids;
}

function sidsOf(body: Record<string, unknown>): string[] {
  return (body["calls"] as { sid: string }[]).map((call) => call.sid);
}

describe("listing calls", () => {
  test("pages, following next_page_uri, show every call once", async () => {
    const account = new TestAccount();
    const sids = await placed(
      account,
      "+15002000036",
      "+15002010036",
      "+15002020036",
      "+15002030036",
      "+15002040036",
    );
    const seen: string[] = [];
    let path: string | null = "Calls.json?PageSize=2";
    for (let page = 0; path !== null; page++) {
      const body = await account.json(path);
      expect(body).toMatchObject({ page, page_size: 2, start: page * 2 });
      seen.push(...sidsOf(body));
      await placed(account, "+15002990036");
      const next = body["next_page_uri"] as string | null;
      path = next === null ? null : next.replace(`/2010-04-01/Accounts/${account.sid}/`, "");
    }
    expect(seen.toSorted()).toEqual(sids.toSorted());
  });

  test("filters by number, status and time of start", async () => {
    const account = new TestAccount();
    const [first, second] = await placed(account, "+15002000036", "+15002010011");
    await account.json(`Calls/${second}.json`, { Status: "canceled" });
    const today = new Date().toISOString().slice(0, 10);
    const from = new Date(Date.now() - 60_000).toISOString();
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const find = async (query: string): Promise<string[]> =>
      sidsOf(await account.json(`Calls.json?${query}`));
    expect(await find(`To=${encodeURIComponent("+15002000036")}`)).toEqual([first]);
    expect(await find("Status=canceled")).toEqual([second]);
    expect(await find(`StartTime>=${from}`)).toHaveLength(2);
    expect(await find(`StartTime%3E=${later}`)).toEqual([]);
    expect(await find(`StartTime<=${later}&StartTime=${today}`)).toHaveLength(2);
    expect(await find(`StartTime=${encodeURIComponent(from)}`)).toHaveLength(2);
    expect(await find("StartTime>=2099-01-01")).toEqual([]);
    expect(await find(`EndTime=${today}`)).toEqual([second]);
    expect(await find(`EndTime>=${from}`)).toEqual([second]);
    expect(await find(`EndTime<=${from}`)).toEqual([]);
    expect(await find(`ParentCallSid=CA${"0".repeat(32)}`)).toEqual([]);
  });

  test("an unreadable filter is refused, not ignored", async () => {
    expect((await new TestAccount().request("Calls.json?StartTime>=soon")).status).toBe(400);
    expect((await new TestAccount().request("Calls.json?Status=odd")).status).toBe(400);
  });
});
