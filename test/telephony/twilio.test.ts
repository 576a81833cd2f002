import { describe, expect, test } from "vitest";
import type { LineInstruction } from "../../src/telephony/provider.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { until } from "../support/wait.ts";
import {
  ACCOUNT_SID,
  ACCOUNT_URL,
  AUTH_TOKEN,
  CALL_SID,
  fakeTwilio,
  formOf,
  OTHER_CALL_SID,
  RECORDING_SID,
  refusal,
} from "./fake-twilio.ts";

const BASIC = `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;
const RELAY: LineInstruction = {
  kind: "relay",
  relayUrl: "wss://calls.example/relay",
  actionUrl: "https://calls.example/relay-end",
  recordingUrl: null,
  language: "en-US",
  voice: { provider: null, speaker: null },
};

function record(changes: object = {}) {
  return {
    sid: CALL_SID,
    status: "ringing",
    date_created: null,
    start_time: null,
    end_time: null,
    ...changes,
  };
}

/** Twilio's spelling of a time in the minute in which these tests play. */
function at(seconds: number): string {
  return new Date(Date.UTC(2026, 9, 20, 12, 0, seconds)).toUTCString();
}

function list(...calls: object[]): Response {
  return Response.json({ calls, page: 0, page_size: 20 });
}

function ids(accountSid: string): string {
  return `AccountSid=${accountSid}&CallSid=${CALL_SID}&CallStatus=in-progress`;
}

describe("commands to a call that lives", () => {
  test("hanging up completes it", async () => {
    const { provider, sent } = fakeTwilio(Response.json(record({ status: "completed" })));
    expect(await provider.hangUp(CALL_SID)).toEqual({ kind: "done" });
    const request = sent();
    expect([request.method, request.url]).toEqual(["POST", `${ACCOUNT_URL}/Calls/${CALL_SID}.json`]);
    expect(request.headers.get("authorization")).toBe(BASIC);
    expect(await formOf(request)).toEqual({ Status: ["completed"] });
  });

  test("redirecting gives it the very document that would answer a callback", async () => {
    const { provider, sent } = fakeTwilio(Response.json(record()));
    expect(await provider.redirect(CALL_SID, RELAY)).toEqual({ kind: "done" });
    const request = sent();
    expect([request.method, request.url]).toEqual(["POST", `${ACCOUNT_URL}/Calls/${CALL_SID}.json`]);
    expect(await formOf(request)).toEqual({ Twiml: [provider.renderDocument(RELAY).body] });
  });

  const ANSWERS: [name: string, answer: () => Response | Error, result: object][] = [
    ["it is not in progress", () => refusal(400, 21220), { kind: "already_over" }],
    ["it is not in progress, by 404", () => refusal(404, 21220), { kind: "already_over" }],
    ["it is not known", () => refusal(404, 20404), { kind: "already_over" }],
    [
      "wrong credentials",
      () => refusal(401, 20003),
      { kind: "failed", detail: "401/20003", httpStatus: 401 },
    ],
    [
      "too many requests",
      () => refusal(429, 20429),
      { kind: "failed", detail: "429/20429", httpStatus: 429 },
    ],
    [
      "its own trouble",
      () => new Response("Oops", { status: 500 }),
      { kind: "failed", detail: "500/-", httpStatus: 500 },
    ],
    [
      "a redirect",
      () => new Response(null, { status: 302 }),
      { kind: "failed", detail: "302/-", httpStatus: 302 },
    ],
    [
      "nothing readable",
      () => new Response("<html>"),
      { kind: "failed", detail: "unreadable 200", httpStatus: null },
    ],
    [
      "nothing",
      () => new TypeError("No route"),
      { kind: "failed", detail: "TypeError: No route", httpStatus: null },
    ],
  ];

  test.each(ANSWERS)("hanging up, Twilio answers %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.hangUp(CALL_SID)).toEqual(result);
  });

  test.each(ANSWERS)("redirecting, Twilio answers %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.redirect(CALL_SID, RELAY)).toEqual(result);
  });
});

describe("an answer that is longer than any of Twilio's", () => {
  /** Spaces, which JSON may have around it; counts what was taken of them. */
  function endless() {
    const sent = { pieces: 0, isLetGo: false, body: new ReadableStream<Uint8Array>() };
    sent.body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          sent.pieces += 1;
          controller.enqueue(new Uint8Array(65_536).fill(32));
          if (sent.pieces === 64) controller.close();
        },
        cancel() {
          sent.isLetGo = true;
        },
      },
      { highWaterMark: 0 },
    );
    return sent;
  }

  test.each([200, 400])("is lost, and read no further: %d", async (status) => {
    const sent = endless();
    const { provider } = fakeTwilio(new Response(sent.body, { status }));
    const detail = "Error: The answer is too long";
    expect(await provider.hangUp(CALL_SID)).toEqual({ kind: "failed", detail, httpStatus: null });
    await until(
      async () => sent.isLetGo,
      (isLetGo) => isLetGo,
    );
    expect(sent.pieces).toBeLessThan(20);
  });

  test("is not begun where its header says so", async () => {
    const sent = endless();
    const headers = { "content-length": String(64 * 65_536) };
    const { provider } = fakeTwilio(new Response(sent.body, { headers }));
    expect(await provider.hangUp(CALL_SID)).toMatchObject({ kind: "failed", httpStatus: null });
    expect(sent).toMatchObject({ pieces: 0, isLetGo: true });
  });
});

describe("looking for a call whose answer was lost", () => {
  const SINCE = Date.UTC(2026, 9, 20, 12, 0, 30, 700);
  const QUERY = { to: "+5511999999999", from: "+15005550006", sinceMs: SINCE };

  test("asks for the calls between the two numbers", async () => {
    const { provider, sent } = fakeTwilio(list());
    await provider.findCall(QUERY);
    const { method, url, headers } = sent();
    const { origin, pathname, searchParams } = new URL(url);
    expect([method, origin + pathname]).toEqual(["GET", `${ACCOUNT_URL}/Calls.json`]);
    expect(Object.fromEntries(searchParams)).toEqual({ To: QUERY.to, From: QUERY.from, PageSize: "20" });
    expect(headers.get("authorization")).toBe(BASIC);
  });

  test.each([
    ["created later", at(31)],
    ["created in the same second, which Twilio cuts off", at(30)],
    ["created by a clock that is two seconds behind", at(28)],
  ])("takes one %s", async (_, date_created) => {
    const { provider } = fakeTwilio(list(record({ date_created })));
    expect(await provider.findCall(QUERY)).toMatchObject({
      kind: "found",
      report: { carrierCallId: CALL_SID, phase: "ringing" },
    });
  });

  test.each([
    ["created before", [record({ date_created: at(27) })]],
    ["created at no time", [record({ date_created: null })]],
    ["created at a time that can't be read", [record({ date_created: "lately" })]],
    ["there is none", []],
  ])("takes none: %s", async (_, calls) => {
    expect(await fakeTwilio(list(...calls)).provider.findCall(QUERY)).toEqual({ kind: "none" });
  });

  // Another call of the same two numbers may have been created within the second before ours was asked for.
  test.each([
    ["that ended before ours was asked for", at(29), { kind: "none" }],
    ["that ended in that very second", at(30), { kind: "found" }],
    ["that ended later", at(31), { kind: "found" }],
    ["whose end can't be read", "lately", { kind: "found" }],
    ["that lives", null, { kind: "found" }],
  ])("one %s", async (_, end_time, result) => {
    const { provider } = fakeTwilio(list(record({ date_created: at(29), status: "completed", end_time })));
    expect(await provider.findCall(QUERY)).toMatchObject(result);
  });

  test("takes an older one that lives, rather than a newer one that ended before", async () => {
    const over = record({ sid: OTHER_CALL_SID, date_created: at(29), status: "busy", end_time: at(29) });
    const { provider } = fakeTwilio(list(over, record({ date_created: at(28) })));
    expect(await provider.findCall(QUERY)).toMatchObject({ report: { carrierCallId: CALL_SID } });
  });

  test("takes the newest, and passes over those from before", async () => {
    const newest = record({ sid: OTHER_CALL_SID, date_created: at(33), status: "busy" });
    const { provider } = fakeTwilio(
      list(newest, record({ date_created: at(31) }), record({ date_created: at(1) })),
    );
    expect(await provider.findCall(QUERY)).toMatchObject({
      kind: "found",
      report: { carrierCallId: OTHER_CALL_SID, phase: "busy" },
    });
  });

  test.each([
    ["no list", () => Response.json({ sid: CALL_SID })],
    ["a call in it that can't be read", () => list({ sid: "x", status: "ringing" })],
    ["no JSON", () => new Response("<html>")],
    ["wrong credentials", () => refusal(401, 20003)],
    ["500", () => new Response(null, { status: 500 })],
    ["a network error", () => new TypeError("No route")],
  ])("does not know: %s", async (_, answer) => {
    expect(await fakeTwilio(answer()).provider.findCall(QUERY)).toMatchObject({ kind: "failed" });
  });

  // The list exists for every account, so its 404 says that the address is wrong, not that no phone rings.
  test("does not know: the list itself is not found", async () => {
    expect(await fakeTwilio(refusal(404, 20404)).provider.findCall(QUERY)).toMatchObject({ kind: "failed" });
  });
});

describe("asking for a known call", () => {
  test("reads it as a report", async () => {
    const end_time = "Tue, 31 Aug 2010 20:36:44 +0000";
    const { provider, sent } = fakeTwilio(
      Response.json(record({ status: "completed", end_time, duration: "15", answered_by: "human" })),
    );
    expect(await provider.fetchCall(CALL_SID)).toEqual({
      kind: "found",
      report: {
        carrierCallId: CALL_SID,
        phase: "completed",
        atMs: Date.parse(end_time),
        durationSeconds: 15,
        answeredBy: "person",
      },
    });
    expect([sent().method, sent().url]).toEqual(["GET", `${ACCOUNT_URL}/Calls/${CALL_SID}.json`]);
    expect(sent().headers.get("authorization")).toBe(BASIC);
  });

  test.each([
    ["there is none", () => refusal(404, 20404), { kind: "none" }],
    ["wrong credentials", () => refusal(401, 20003), { kind: "failed", detail: "401/20003" }],
    ["500", () => new Response("Oops", { status: 500 }), { kind: "failed", detail: "500/-" }],
    [
      "not a call",
      () => Response.json({ sid: RECORDING_SID }),
      { kind: "failed", detail: "an unreadable record" },
    ],
    ["no JSON", () => new Response("<html>"), { kind: "failed", detail: "unreadable 200" }],
    ["a network error", () => new TypeError("No route"), { kind: "failed", detail: "TypeError: No route" }],
  ])("answers that %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.fetchCall(CALL_SID)).toEqual(result);
  });
});

describe("fetching a recording", () => {
  test.each([
    ["with its length", { "content-length": "5" }, 5],
    ["without", {}, null],
  ])("streams the audio, %s", async (_, headers, lengthBytes) => {
    const { provider, sent } = fakeTwilio(new Response("audio", { headers: new Headers(headers) }));
    const result = await provider.fetchRecording(RECORDING_SID);
    if (result.kind !== "found") throw new Error(result.kind);
    expect(await new Response(result.body).text()).toBe("audio");
    expect(result.lengthBytes).toBe(lengthBytes);
    const { method, url, headers: sentHeaders, redirect } = sent();
    expect([method, url, redirect]).toEqual([
      "GET",
      `${ACCOUNT_URL}/Recordings/${RECORDING_SID}.mp3`,
      "manual",
    ]);
    expect(sentHeaders.get("authorization")).toBe(BASIC);
  });

  test.each([
    ["gone", () => refusal(404, 20404), { kind: "none" }],
    ["refused", () => refusal(401, 20003), { kind: "failed", detail: "401" }],
    ["500", () => new Response(null, { status: 500 }), { kind: "failed", detail: "500" }],
    ["a redirect", () => new Response(null, { status: 307 }), { kind: "failed", detail: "307" }],
    ["no body", () => new Response(null, { status: 204 }), { kind: "failed", detail: "204" }],
  ])("answers as a value: %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.fetchRecording(RECORDING_SID)).toEqual(result);
  });

  test("asks for a part, and says whether it got that or the whole", async () => {
    const part = { status: 206, headers: { "content-range": "bytes 1-2/5", "content-length": "2" } };
    const { provider, sent } = fakeTwilio(new Response("ud", part));
    const result = await provider.fetchRecording(RECORDING_SID, "bytes=1-2");
    expect(result).toMatchObject({ kind: "found", lengthBytes: 2, contentRange: "bytes 1-2/5" });
    expect(sent().headers.get("range")).toBe("bytes=1-2");
    const whole = fakeTwilio(new Response("audio")).provider;
    expect(await whole.fetchRecording(RECORDING_SID, "bytes=1-2")).toMatchObject({ contentRange: null });
  });

  const NO_PART = { status: 416, headers: { "content-range": "bytes */5" } };
  test.each([
    ["no such part", "bytes=9-", NO_PART, { kind: "unsatisfiable", contentRange: "bytes */5" }],
    ["no such part, of the whole", undefined, NO_PART, { kind: "failed", detail: "416" }],
    ["a part that does not say which", "bytes=1-2", { status: 206 }, { kind: "failed", detail: "206" }],
    [
      "a part that nobody asked for",
      undefined,
      { status: 206, headers: { "content-range": "bytes 1-2/5" } },
      { kind: "failed", detail: "206" },
    ],
  ])("answers as a value: %s", async (_, range, answer, result) => {
    const { provider, sent } = fakeTwilio(new Response("x", answer));
    expect(await provider.fetchRecording(RECORDING_SID, range)).toEqual(result);
    expect(sent().headers.get("range")).toBe(range ?? null);
  });

  // "Nothing here throws for what a carrier or a network does" (telephony/provider.ts).
  test("answers as a value: a network error", async () => {
    const { provider } = fakeTwilio(new TypeError("No route"));
    expect(await provider.fetchRecording(RECORDING_SID)).toMatchObject({ kind: "failed" });
  });
});

describe("deleting a recording", () => {
  test.each([
    ["deleted", () => new Response(null, { status: 204 }), { kind: "done" }],
    ["gone before", () => refusal(404, 20404), { kind: "done" }],
    ["not complete yet", () => refusal(400, 20009), { kind: "failed", detail: "400/20009", httpStatus: 400 }],
    ["refused", () => refusal(401, 20003), { kind: "failed", detail: "401/20003", httpStatus: 401 }],
    ["500", () => new Response("?", { status: 500 }), { kind: "failed", detail: "500/-", httpStatus: 500 }],
    [
      "a redirect",
      () => new Response(null, { status: 307 }),
      { kind: "failed", detail: "307/-", httpStatus: 307 },
    ],
    [
      "no answer",
      () => new TypeError("No route"),
      { kind: "failed", detail: "TypeError: No route", httpStatus: null },
    ],
  ])("answers as a value: %s", async (_, answer, result) => {
    expect(await fakeTwilio(answer()).provider.deleteRecording(RECORDING_SID)).toEqual(result);
  });
});

describe("callbacks", () => {
  const { provider } = fakeTwilio(new Error("Nothing is sent"));
  const recording = `&RecordingSid=${RECORDING_SID}&RecordingStatus=completed`;
  const STRANGER = `AC${"f".repeat(32)}`;

  test.each([
    ["answer", provider.parseAnswerRequest],
    ["status", provider.parseStatus],
    ["relay-end", provider.parseRelayEnd],
    ["recording", provider.parseRecording],
  ] as const)("%s is read for the adapter's own account only", (_, parse) => {
    expect(parse(ids(ACCOUNT_SID) + recording)).toMatchObject({ carrierCallId: CALL_SID });
    expect(parse(ids(STRANGER) + recording)).toBeNull();
  });

  test("are authentic by the account's own token only", async () => {
    const url = "https://calls.example/status";
    const body = ids(ACCOUNT_SID);
    const headersOf = async (token: string) =>
      new Headers({
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": await signatureOf(token, url, body),
      });
    expect(await provider.isAuthentic({ url, body, headers: await headersOf(AUTH_TOKEN) })).toBe(true);
    expect(await provider.isAuthentic({ url, body, headers: await headersOf("another") })).toBe(false);
  });

  test("are answered in XML", () => {
    const { contentType, body } = provider.renderDocument({ kind: "hang_up" });
    expect(contentType).toBe("text/xml");
    expect(body).toContain("<Hangup/>");
  });
});
