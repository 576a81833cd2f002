// What the carrier asks and says about a human's line: signed, with the query that names the human, or refused.

import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { signatureOf } from "../../src/telephony/twilio/signature.ts";
import { BASE_URL, read, request } from "../support/api.ts";
import { endFakeCalls, talkFakeCall, type FakeCall } from "../support/fake-carrier.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
  await endFakeCalls();
  vi.restoreAllMocks();
});

const CHILD_SID = `CA${"c".repeat(32)}`;

type Ringing = { call: FakeCall; transferId: string; humanId: string };

/** A call whose human's phone rings; the document says where the carrier is to ask. */
async function ringing(): Promise<Ringing & { document: string }> {
  const { call } = await talkFakeCall();
  const [transferId, humanId, queueId] = [newId("transfer"), newId("human"), newId("queue")];
  await env.AGENT_QUEUE.getByName(queueId).addHuman({
    id: humanId,
    name: "Ann",
    phone: "+15005550090",
    sip: null,
    presence: "available",
    createdAt: 1,
  });
  const order = {
    transferId,
    target: "sales",
    queueId,
    accept: "key",
    brief: "Dana <3",
    context: null,
  } as const;
  expect(await env.CALL_SESSION.getByName(call.callId).requestTransfer(order)).toEqual({
    ok: true,
    value: transferId,
  });
  const answer = await call.callBack("relay-end", { SessionId: "VX1", SessionStatus: "ended" });
  return { call, transferId, humanId, document: await answer.text() };
}

async function send(
  { call, transferId, humanId }: Ringing,
  kind: string,
  fields: Record<string, string> = {},
  changes: { query?: string; signedQuery?: string } = {},
): Promise<Response> {
  const path = `/carriers/${call.org.carrierId}/calls/${call.callId}/${kind}`;
  const query = changes.query ?? `?transfer=${transferId}&human=${humanId}`;
  const form = { AccountSid: call.org.accountSid, CallSid: CHILD_SID, CallStatus: "in-progress", ...fields };
  const body = new URLSearchParams(form).toString();
  const signed = BASE_URL + path + (changes.signedQuery ?? query);
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": await signatureOf(call.org.authToken, signed, body),
  };
  return request(path + query, null, { method: "POST", headers, body });
}

const HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';

test("the addresses in the documents lead to a bridge", async () => {
  const stage = await ringing();
  const { call, humanId, document } = stage;
  const [, dialEnd = "", whisper = ""] =
    /action="([^"#]*)#[^"]*".*<Number url="([^"#]*)#/.exec(document) ?? [];
  const query = `?transfer=${stage.transferId}&amp;human=${humanId}`;
  const base = `${BASE_URL}/carriers/${call.org.carrierId}/calls/${call.callId}`;
  expect([dialEnd, whisper]).toEqual([`${base}/dial-end${query}`, `${base}/whisper${query}`]);
  expect(document).toContain('callerId="+15550010000"');

  const brief = await (await send(stage, "whisper", { ParentCallSid: call.sid })).text();
  expect(brief).toContain("Dana &lt;3. Press any key to take the call.");
  expect(brief).toContain(`${base}/accept${query}#`);
  const none = await (await send(stage, "accept", { ParentCallSid: call.sid, Digits: "" })).text();
  expect(none).toBe(HANG_UP);
  const taken = await (await send(stage, "accept", { ParentCallSid: call.sid, Digits: "5" })).text();
  expect(taken).toMatch(/<Response><\/Response>$/);
  expect(await read(call.org, call.callId)).toMatchObject({
    status: "bridged",
    transfer: { status: "bridged", human_agent: { uuid: humanId, name: "Ann" }, agent_brief: "Dana <3" },
  });

  const fields = { CallSid: call.sid, DialCallStatus: "completed", DialBridged: "true" };
  expect(await (await send(stage, "dial-end", fields)).text()).toBe(HANG_UP);
  await call.callBack("status", { CallStatus: "completed", CallDuration: "9" });
  const record = await until(
    () => read(call.org, call.callId),
    ({ status }) => status === "ended",
  );
  expect(record).toMatchObject({ ended_reason: "human_hangup", transfer: { status: "completed" } });
});

test("who is not the one that is rung is hung up on, and changes nothing", async () => {
  const stage = await ringing();
  const others = [
    { ...stage, humanId: newId("human") },
    { ...stage, transferId: newId("transfer") },
  ];
  for (const other of others) {
    expect(await (await send(other, "whisper")).text()).toBe(HANG_UP);
    expect(await (await send(other, "accept", { Digits: "1" })).text()).toBe(HANG_UP);
  }
  const foreign = { ParentCallSid: `CA${"d".repeat(32)}`, Digits: "1" };
  expect(await (await send(stage, "accept", foreign)).text()).toBe(HANG_UP);
  expect((await read(stage.call.org, stage.call.callId)).status).toBe("transferring");
});

test.for(["whisper", "accept", "dial-end"])(
  "%s is signed with its query, and names a human",
  async (kind) => {
    const stage = await ringing();
    const { call } = stage;
    const query = `?transfer=${stage.transferId}&human=${newId("human")}`;
    const moved = await send(stage, kind, { Digits: "1" }, { signedQuery: query });
    expect(moved.status).toBe(403);
    for (const unnamed of [
      "",
      `?transfer=${stage.transferId}`,
      `?transfer=${stage.transferId}&human=nonsense`,
      `?transfer=${stage.humanId}&human=${stage.humanId}`,
    ]) {
      expect((await send(stage, kind, {}, { query: unnamed })).status).toBe(400);
    }
    expect((await send(stage, kind, { AccountSid: `AC${"9".repeat(32)}` })).status).toBe(400);
    expect((await read(call.org, call.callId)).status).toBe("transferring");
  },
);

test("another account's word of a talk is refused, and nothing of it is logged", async () => {
  const [stage, foreign] = [await ringing(), await createOrganisation()];
  const { call, humanId } = stage;
  const log = vi.spyOn(console, "log");
  const talks = () => log.mock.calls.map(String).filter((line) => line.includes("talked_without_acceptance"));
  const fields = { CallSid: call.sid, DialCallStatus: "completed", DialBridged: "true" };
  const told = await send({ ...stage, call: { ...call, org: foreign } }, "dial-end", fields);
  expect([await told.text(), talks()]).toEqual([HANG_UP, []]);
  expect((await read(call.org, call.callId)).status).toBe("transferring");

  await send(stage, "dial-end", fields);
  expect(talks()).toEqual([expect.stringContaining(humanId)]);
});
