import { afterEach, describe, expect, test, vi } from "vitest";
import {
  ACCOUNT_SID,
  ACCOUNT_URL,
  AUTH_TOKEN,
  CALL,
  CALL_SID,
  fakeTwilio,
  formOf,
  refusal,
  URLS,
} from "./fake-twilio.ts";

const RETRIES = "#rc=5&rp=ct,rt,5xx";

const created = () => Response.json({ sid: CALL_SID, status: "queued", duration: null }, { status: 201 });
const create = (answer: Response | Error) => fakeTwilio(answer).provider.createCall(CALL);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the request for a call", () => {
  test("goes to the account's calls with its credentials, follows no redirect, and has a time limit", async () => {
    const { provider, sent } = fakeTwilio(created());
    await provider.createCall(CALL);
    const { method, url, headers, redirect, signal } = sent();
    expect([method, url, redirect]).toEqual(["POST", `${ACCOUNT_URL}/Calls.json`, "manual"]);
    expect(headers.get("authorization")).toBe(`Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`);
    expect(headers.get("content-type")).toMatch(/^application\/x-www-form-urlencoded/);
    expect(signal.aborted).toBe(false);
  });

  test("asks for a machine's answer to be told when it has said its piece, where it is to hear a message", async () => {
    const { provider, sent } = fakeTwilio(created());
    await provider.createCall({ ...CALL, machineDetection: "message_end" });
    expect((await formOf(sent()))["MachineDetection"]).toEqual(["DetectMessageEnd"]);
  });

  test("says all that Twilio has to know, and nothing of recordings, which it would pass over", async () => {
    const { provider, sent } = fakeTwilio(created());
    await provider.createCall(CALL);
    expect(await formOf(sent())).toEqual({
      To: [CALL.to],
      From: [CALL.from],
      // Connection overrides ride in the fragment, which Twilio neither sends nor signs.
      Url: [`${URLS.answer}#rc=5&rp=ct,rt,5xx`],
      Method: ["POST"],
      StatusCallback: [URLS.status + RETRIES],
      StatusCallbackMethod: ["POST"],
      StatusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
      Timeout: ["30"],
      TimeLimit: ["620"],
      MachineDetection: ["Enable"],
    });
  });
});

describe("Twilio's answer to it", () => {
  test("accepted", async () => {
    expect(await create(created())).toEqual({ kind: "accepted", carrierCallId: CALL_SID });
  });

  test.each([
    ["a number that is none", () => refusal(400, 21211), "invalid_number", "400/21211"],
    ["wrong credentials", () => refusal(401, 20003), "carrier_credentials", "401/20003"],
    ["a code that we don't know", () => refusal(400, 21999), "carrier_rejected", "400/21999"],
    ["no code", () => Response.json({ message: "No" }, { status: 400 }), "carrier_rejected", "400/-"],
    [
      "a code that is null",
      () => Response.json({ code: null }, { status: 403 }),
      "carrier_credentials",
      "403/-",
    ],
    [
      "a code that is no number",
      () => Response.json({ code: "x" }, { status: 403 }),
      "carrier_credentials",
      "403/-",
    ],
    [
      "a page of a proxy",
      () => new Response("<html>No</html>", { status: 403 }),
      "carrier_credentials",
      "403/-",
    ],
    ["no body", () => new Response(null, { status: 401 }), "carrier_credentials", "401/-"],
  ])("refused: %s", async (_, answer, reason, carrierCode) => {
    expect(await create(answer())).toEqual({ kind: "refused", reason, carrierCode });
  });

  test.each([
    ["in time", "3", 3_000],
    ["in parts of a second", "1.5", 1_500],
    ["in a day", "86400", 60_000],
  ])("throttled, to be asked again %s, spread", async (_, retryAfter, retryAfterMs) => {
    const answer = () => refusal(429, 20429, { "Retry-After": retryAfter });
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    expect(await create(answer())).toEqual({ kind: "throttled", retryAfterMs });
    random.mockReturnValue(1 - Number.EPSILON);
    expect(await create(answer())).toEqual({ kind: "throttled", retryAfterMs: retryAfterMs + 3_000 });
  });

  test.each([
    ["429 without a wait", () => refusal(429, 20429)],
    ["429 without a body", () => new Response(null, { status: 429 })],
    ["429 with a date", () => refusal(429, 20429, { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" })],
    ["429 with a wait into the past", () => refusal(429, 20429, { "Retry-After": "-5" })],
    ["too many calls at once", () => refusal(400, 10004)],
  ])("throttled, to be asked again after a spread wait: %s", async (_, answer) => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    const shortest = await create(answer());
    random.mockReturnValue(1 - Number.EPSILON);
    const longest = await create(answer());
    expect([shortest, longest]).toEqual([
      { kind: "throttled", retryAfterMs: 2_000 },
      { kind: "throttled", retryAfterMs: 5_000 },
    ]);
  });

  // Its slot at the gate is granted already: without a wait, a call would be asked for as fast as Twilio refuses.
  test.each(["0", ""])("throttled with Retry-After %j is not asked again at once", async (retryAfter) => {
    const result = await create(refusal(429, 20429, { "Retry-After": retryAfter }));
    expect(result.kind === "throttled" && result.retryAfterMs >= 1_000).toBe(true);
  });

  const broken = new ReadableStream({
    start: (controller) => controller.error(new TypeError("Connection lost")),
  });

  test.each([
    ["500", () => new Response("Oops", { status: 500 })],
    ["500 with a code that would be a refusal", () => refusal(500, 21211)],
    ["503", () => refusal(503, 20503)],
    ["a proxy's time-out", () => new Response(null, { status: 408 })],
    ["201 that is no JSON", () => new Response("<html>", { status: 201 })],
    ["201 with half a body", () => new Response('{"sid":"CA', { status: 201 })],
    ["201 without a body", () => new Response(null, { status: 201 })],
    ["201 without a sid", () => Response.json({ status: "queued" }, { status: 201 })],
    ["200 with a sid that is no text", () => Response.json({ sid: 1 })],
    ["200 with null", () => Response.json(null)],
    ["a body that breaks off", () => new Response(broken, { status: 201 })],
    ["a network error", () => new TypeError("Network connection lost.")],
    ["a time-out", () => new DOMException("The operation timed out", "TimeoutError")],
  ])("leaves open whether a phone rings: %s", async (_, answer) => {
    const result = await create(answer());
    expect(result.kind).toBe("unknown");
    expect(JSON.stringify(result)).not.toContain(AUTH_TOKEN);
  });

  // Callbacks are only taken for a well-formed sid: with another one, the call could never be heard of again.
  test.each(["", "queued", "../Accounts", `RE${"1".repeat(32)}`])(
    "leaves open whether a phone rings: 201 with the sid %j",
    async (sid) => {
      expect((await create(Response.json({ sid }, { status: 201 }))).kind).toBe("unknown");
    },
  );

  test.each([301, 302, 307, 308])(
    "a redirect (%i) is not followed, and no cause to ask again",
    async (status) => {
      const { provider, sent } = fakeTwilio(
        new Response(null, { status, headers: { Location: "https://evil.example/" } }),
      );
      const { kind } = await provider.createCall(CALL);
      expect(sent().url).toBe(`${ACCOUNT_URL}/Calls.json`);
      expect(["refused", "unknown"]).toContain(kind);
    },
  );
});
