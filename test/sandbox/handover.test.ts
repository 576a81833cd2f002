// Calls that are handed over to a human, through the objects, against the application of test/sandbox/application.ts.

import { abortAllDurableObjects } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { signRequest } from "../../src/sandbox/signature.ts";
import {
  APP,
  app,
  heardAt,
  HANGUP,
  PATIENT,
  place,
  RECORDED_RELAY,
  RELAY,
  say,
  twiml,
  useApplication,
} from "./application.ts";
import { ACCEPTED, AUTO, BY_KEY, dial } from "./handover.ts";

useApplication();

const NOTHING = new Response(null, { status: 204 });
const LEG_STATUS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"';

/** An agent that greets, hands over to `human` when a person is asked for, and else takes leave. */
function answerAs(human: string, whisper: string, afterwards = HANGUP): void {
  app.document = RECORDED_RELAY;
  app.onFrame = (frame, socket) => {
    if (frame["type"] === "setup") say(socket, "Hello, how can I help?");
    const words = String(frame["voicePrompt"] ?? "");
    if (/real person/.test(words)) return end(socket, '{"transfer":"1"}');
    if (/bye/i.test(words)) return end(socket, "{}");
    if (words !== "") say(socket, "I see. Goodbye, and take care.");
  };
  const answers: Record<string, string> = {
    "/whisper": whisper,
    "/accept": ACCEPTED,
    "/dial-end": afterwards,
  };
  app.answer = ({ path, params }) => {
    if (path === "/answer") return twiml(app.document);
    if (path === "/action") {
      return twiml(params["HandoffData"] === '{"transfer":"1"}' ? dial(human, { noun: LEG_STATUS }) : HANGUP);
    }
    const answer = answers[path];
    return answer === undefined ? NOTHING.clone() : twiml(answer);
  };
}

function end(socket: WebSocket, handoffData: string): void {
  socket.send(JSON.stringify({ type: "end", handoffData }));
}

/** The recording is the last that is heard of a call. */
const hasEnded = () =>
  heardAt("/status").some((status) => status["CallStatus"] === "completed") &&
  heardAt("/recording").length > 0;
const inOrder = (statuses: Record<string, string>[]) =>
  statuses
    .toSorted((a, b) => Number(a["SequenceNumber"]) - Number(b["SequenceNumber"]))
    .map((status) => status["CallStatus"]);

test("a customer asks for a human, is bridged with 0090, and the human hangs up", async () => {
  const { account } = app;
  answerAs("0090", BY_KEY);
  const sid = await place(account, "+15005550031");
  await vi.waitUntil(hasEnded, PATIENT);

  expect(heardAt("/action")[0]).toMatchObject({
    SessionStatus: "ended",
    HandoffData: '{"transfer":"1"}',
    CallStatus: "in-progress",
  });
  const [whisper] = heardAt("/whisper");
  const leg = whisper?.["CallSid"] ?? "";
  expect(leg).not.toBe(sid);
  const common = { CallSid: leg, ParentCallSid: sid, Direction: "outbound-dial", To: "+15005550090" };
  expect(whisper).toMatchObject({ ...common, From: "+15550010000", Called: "+15005550090" });
  expect(heardAt("/accept")).toMatchObject([{ ...common, Digits: "1" }]);
  await vi.waitUntil(() => heardAt("/leg").length === 4, PATIENT);
  expect(inOrder(heardAt("/leg"))).toEqual(["initiated", "ringing", "in-progress", "completed"]);
  for (const status of heardAt("/leg")) expect(status).toMatchObject(common);
  const [dialEnd] = heardAt("/dial-end");
  expect(dialEnd).toMatchObject({ CallSid: sid, DialCallSid: leg, DialCallStatus: "completed" });
  expect(dialEnd).toMatchObject({ DialBridged: "true", CallStatus: "in-progress" });
  expect(heardAt("/recording")).toMatchObject([{ CallSid: sid, RecordingStatus: "completed" }]);

  const token = await account.token();
  for (const { url, params, signature } of app.heard) {
    expect(signature).toBe(await signRequest(token, url, Object.entries(params)));
  }
  expect(await account.json(`Calls/${leg}.json`)).toMatchObject({
    sid: leg,
    parent_call_sid: sid,
    direction: "outbound-dial",
    status: "completed",
    to: "+15005550090",
    duration: dialEnd?.["DialCallDuration"],
  });
  expect(await account.json(`Calls/${leg}/Recordings.json`)).toMatchObject({ recordings: [] });
  expect(await account.json(`Calls.json?ParentCallSid=${sid}`)).toMatchObject({ calls: [{ sid: leg }] });
  const all = await account.json("Calls.json");
  expect(all["calls"]).toHaveLength(2);
  const removed = await account.request(`Calls/${leg}.json`, undefined, { method: "DELETE" });
  expect(removed.status).toBe(204);
  expect((await account.request(`Calls/${leg}.json`)).status).toBe(404);
  expect(await account.json("Calls.json")).toMatchObject({ calls: [{ sid }] });
});

test("0091 presses no key: the agent is back on the line, and the customer goes on with it", async () => {
  const { account } = app;
  answerAs("0091", BY_KEY, RELAY);
  await place(account, "+15005550031");
  await vi.waitUntil(hasEnded, PATIENT);
  expect(heardAt("/accept")).toEqual([]);
  expect(heardAt("/dial-end")).toMatchObject([{ DialCallStatus: "no-answer", DialBridged: "false" }]);
  expect(app.sockets).toHaveLength(2);
  const said = app.frames.flatMap((frame) => (frame["type"] === "prompt" ? [frame["voicePrompt"]] : []));
  expect(said.slice(1, 3)).toEqual([
    "I'd like to speak to a real person, please.",
    expect.stringMatching(/home office|bye/i),
  ]);
  expect(said.at(-1)).toMatch(/bye/i);
});

test("0091 has a call that asks for no key, by a redirect", async () => {
  answerAs("0091", AUTO);
  await place(app.account, "+15005550031");
  await vi.waitUntil(hasEnded, PATIENT);
  expect(heardAt("/accept")[0]).not.toHaveProperty("Digits");
  expect(heardAt("/dial-end")).toMatchObject([{ DialCallStatus: "completed", DialBridged: "true" }]);
});

test("a REST hang-up ends who is dialled as well; so does one of the leg's own, and nothing of it is replaced", async () => {
  const { account } = app;
  answerAs("0011", BY_KEY, dial("0011", { noun: LEG_STATUS }));
  const sid = await place(account, "+15005550031");
  const legs = () => [...new Set(heardAt("/leg").map((status) => status["CallSid"] ?? ""))];
  await vi.waitUntil(() => legs().length === 1, PATIENT);
  const [first = ""] = legs();
  expect(await account.json(`Calls/${first}.json`, { Twiml: HANGUP })).toMatchObject({ code: 21220 });
  expect(await account.json(`Calls/${first}.json`, { Status: "completed" })).toMatchObject({
    sid: first,
    status: "canceled",
  });
  await vi.waitUntil(() => legs().length === 2, PATIENT);
  expect(heardAt("/dial-end")).toMatchObject([{ DialCallSid: first, DialCallStatus: "canceled" }]);
  const second = legs().find((leg) => leg !== first);
  await account.json(`Calls/${sid}.json`, { Status: "completed" });
  await vi.waitUntil(() => hasEnded() && heardAt("/dial-end").length === 2, PATIENT);
  expect(heardAt("/dial-end")[1]).toMatchObject({ DialCallSid: second, CallStatus: "completed" });
  expect(await account.json(`Calls/${second}.json`)).toMatchObject({ status: "canceled" });
});

test("a restart while a document for who is dialled is awaited: it is asked for anew", async () => {
  const { account } = app;
  answerAs("0090", BY_KEY);
  const answer = app.answer;
  let whispers = 0;
  app.answer = (heard) => {
    if (heard.path !== "/whisper") return answer(heard);
    whispers += 1;
    return whispers === 1 ? new Promise(() => undefined) : answer(heard);
  };
  await place(account, "+15005550031");
  await vi.waitUntil(() => whispers === 1, PATIENT);
  await abortAllDurableObjects();
  await vi.waitUntil(hasEnded, PATIENT);
  expect(whispers).toBe(2);
  expect(heardAt("/dial-end")).toMatchObject([{ DialBridged: "true" }]);
});

test("what is signed is the whole address, its query included", async () => {
  answerAs("0092", BY_KEY);
  await place(app.account, "+15005550031");
  await vi.waitUntil(hasEnded, PATIENT);
  const asked = app.heard.find(({ path }) => path === "/dial-end");
  expect(asked?.url).toBe(`${APP}/dial-end?transfer=1`);
});
