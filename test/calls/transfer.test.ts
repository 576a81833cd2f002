// POST /api/voice/calls/{call_uuid}/transfer (contract A9), with the sandbox's customers and people in queues.

import { describe, expect, test, vi } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import { newId } from "../../src/lib/ids.ts";
import { CallSession } from "../../src/objects/call-session/call-session.ts";
import { loseAnswer, place, post, read, request } from "../support/api.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

const QUEUE = "sales_specialist";
/** A customer who never stops talking, so that the call lives as long as the test wants. */
const TALKATIVE = "+15005550038";

/** An organisation whose queue has people with these sandbox phones. */
async function organisationWith(
  phones: string[],
  { accept = "key", transferQueue }: { accept?: "key" | "auto"; transferQueue?: string } = {},
): Promise<Organisation> {
  const org = await createOrganisation({
    campaignConfig: {
      max_duration: 60,
      ...(transferQueue === undefined ? {} : { transfer_queue: transferQueue }),
    },
  });
  const queue = await post("/v1/queues", org.apiKey, { name: QUEUE, accept });
  expect(queue.status).toBe(201);
  for (const [index, phone] of phones.entries()) {
    const human = { name: `Person ${index}`, phone, presence: "available" };
    expect((await post(`/v1/queues/${QUEUE}/agents`, org.apiKey, human)).status).toBe(201);
  }
  return org;
}

const transfer = (org: Organisation, callId: string, body: Record<string, unknown> = {}) =>
  post(`/api/voice/calls/${callId}/transfer`, org.apiKey, { target: QUEUE, ...body });

const end = (org: Organisation, callId: string) =>
  post(`/api/voice/calls/${callId}/end`, org.apiKey, { reason: "workflow_close" });

async function talking(org: Organisation, to = TALKATIVE): Promise<string> {
  const callId = await place(org, to);
  await stands(org, callId, ({ status, transcript }) => status === "in_progress" && transcript.length > 1);
  return callId;
}

const stands = (org: Organisation, callId: string, is: (call: CallRecord) => boolean) =>
  until(() => read(org, callId), is);

const ended = (org: Organisation, callId: string) => stands(org, callId, ({ status }) => status === "ended");

async function availability(org: Organisation) {
  const path = `/api/voice/calls/agent-availability?target=${QUEUE}`;
  return (await request(path, org.apiKey)).json<{ available: boolean; queue_depth: number }>();
}

const said = ({ transcript }: CallRecord, words: RegExp) =>
  transcript.some(({ speaker, text }) => speaker === "agent" && words.test(text));

test("a call is handed over: brief, key, bridge, and the human hangs up", async () => {
  const org = await organisationWith(["+15005550090"]);
  const callId = await talking(org);
  const response = await transfer(org, callId, {
    agent_brief: "Standing Desk Pro, $850, ready to buy.",
    context: { intent_score: 88 },
  });
  expect(response.status).toBe(202);
  const accepted = await response.json<{ transfer_id: string }>();
  expect(accepted).toEqual({
    call_uuid: callId,
    status: "transferring",
    target: QUEUE,
    transfer_id: expect.stringMatching(/^trf_/),
  });
  expect(await availability(org)).toMatchObject({ available: false, queue_depth: 1 });
  const bridged = await stands(org, callId, ({ status }) => status === "bridged");
  expect(await availability(org)).toMatchObject({ available: false, queue_depth: 0 });
  expect(bridged.transfer).toMatchObject({
    transfer_id: accepted.transfer_id,
    target: QUEUE,
    status: "bridged",
    agent_brief: "Standing Desk Pro, $850, ready to buy.",
    human_agent: { name: "Person 0" },
  });
  expect(JSON.stringify(bridged.transfer)).not.toContain("+1500");

  const call = await ended(org, callId);
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "human_hangup", fault: "none" });
  expect(call.transfer).toMatchObject({ status: "completed", bridged_at: expect.any(String) });
  await until(
    () => availability(org),
    ({ available }) => available,
  );
});

test("who asks for a human is connected with one", async () => {
  const org = await organisationWith(["+15005550090"], { transferQueue: QUEUE });
  const call = await ended(org, await place(org, "+15005550031"));
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "human_hangup" });
  expect(call.transfer).toMatchObject({ status: "completed", human_agent: { name: "Person 0" } });
});

test("who asks for a human while nobody is free hears so, and talks on with the agent", async () => {
  const org = await organisationWith([], { transferQueue: QUEUE });
  const call = await ended(org, await place(org, "+15005550031"));
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
  expect(call.transfer).toMatchObject({ status: "no_agents" });
  expect(said(call, /busy at the moment/)).toBe(true);
});

test.for([
  ["presses no key", "+15005550091"],
  ["is busy", "+15005550092"],
  ["hangs up before the bridge", "+15005550093"],
  ["is a voicemail", "+15005550020"],
] as const)("the first %s: the next one is tried", async ([, phone]) => {
  const org = await organisationWith([phone, "+15005550090"]);
  const callId = await talking(org);
  expect((await transfer(org, callId)).status).toBe(202);
  const call = await ended(org, callId);
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "human_hangup" });
  expect(call.transfer).toMatchObject({ status: "completed", human_agent: { name: "Person 1" } });
});

test("nobody takes the call: the agent takes the conversation up again, and the event says so", async () => {
  const org = await organisationWith(["+15005550091", "+15005550092"]);
  const callId = await talking(org, "+15005550030");
  expect((await transfer(org, callId)).status).toBe(202);
  const resumed = await stands(
    org,
    callId,
    ({ status, transfer: last }) => status !== "transferring" && last?.status === "not_accepted",
  );
  expect(resumed.status).toBe("in_progress");
  const call = await ended(org, callId);
  expect(call).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
  expect(said(call, /could take the call/)).toBe(true);
  expect(await availability(org)).toMatchObject({ available: true, queue_depth: 0 });
});

test("a queue that accepts by picking up needs no key", async () => {
  const org = await organisationWith(["+15005550091"], { accept: "auto" });
  const callId = await talking(org);
  expect((await transfer(org, callId)).status).toBe(202);
  expect(await ended(org, callId)).toMatchObject({ ended_reason: "human_hangup" });
});

test("a call ends by request also while people talk", async () => {
  const org = await organisationWith(["+15005550090"]);
  const callId = await talking(org);
  await transfer(org, callId);
  await stands(org, callId, ({ status }) => status === "bridged");
  expect((await end(org, callId)).status).toBe(200);
  expect(await ended(org, callId)).toMatchObject({ outcome: "connected", ended_reason: "workflow_close" });
});

test("is answered to who asks again because the answer was lost; where nobody was free it is asked anew", async () => {
  const org = await organisationWith(["+15005550090"]);
  await post("/v1/queues", org.apiKey, { name: "staffed_late" });
  const callId = await talking(org);
  const wish = (key: string, target: string, agent_brief?: string) =>
    post(
      `/api/voice/calls/${callId}/transfer`,
      org.apiKey,
      { target, agent_brief },
      { "idempotency-key": key },
    );
  expect((await wish("early", "staffed_late")).status).toBe(503);
  const human = { name: "Late", phone: "+15005560090", presence: "available" };
  expect((await post("/v1/queues/staffed_late/agents", org.apiKey, human)).status).toBe(201);
  const first = await wish("early", "staffed_late");
  const accepted = await first.json();
  expect(first.status).toBe(202);
  await loseAnswer(org, "early");
  const again = await wish("early", "staffed_late");
  expect([again.status, await again.json()]).toEqual([202, accepted]);
  expect((await wish("another", QUEUE)).status).toBe(409);
  await loseAnswer(org, "early");
  expect((await wish("early", "staffed_late", "Another brief")).status).toBe(409);
  await ended(org, callId);
  await loseAnswer(org, "early");
  const late = await wish("early", "staffed_late");
  expect([late.status, await late.json()]).toEqual([202, accepted]);
  const { transfer: last } = await read(org, callId);
  expect(last).toMatchObject({ status: "completed", target: "staffed_late" });
});

describe("refuses", () => {
  test("a call that is not in progress, before it looks for the queue", async () => {
    const org = await organisationWith(["+15005550090"]);
    const callId = await place(org, "+15005550010");
    const early = await transfer(org, callId, { target: "no_such_queue" });
    expect([early.status, (await early.json<{ code: string }>()).code]).toEqual([409, "call_not_active"]);
    await ended(org, callId);
    expect((await transfer(org, callId)).status).toBe(409);
    expect(await availability(org)).toMatchObject({ available: true });
  });

  test("a second transfer, a queue that is not there, one with nobody in it", async () => {
    const org = await organisationWith(["+15005550090"]);
    await post("/v1/queues", org.apiKey, { name: "empty" });
    const callId = await talking(org);
    const nowhere = await transfer(org, callId, { target: "no_such_queue" });
    expect([nowhere.status, (await nowhere.json<{ code: string }>()).code]).toEqual([404, "queue_not_found"]);
    const nobody = await transfer(org, callId, { target: "empty" });
    expect([nobody.status, (await nobody.json<{ code: string }>()).code]).toEqual([
      503,
      "no_agents_available",
    ]);
    expect(Number(nobody.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await read(org, callId)).status).toBe("in_progress");
    const answers = await Promise.all([transfer(org, callId), transfer(org, callId)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ code: "transfer_in_progress" });
    await ended(org, callId);
  });

  test.for([
    ["no target", { target: undefined }],
    ["a brief of 281 characters", { agent_brief: "é".repeat(281) }],
    ["a control character in the brief", { agent_brief: "a\u0000b" }],
    ["another field", { queue: QUEUE }],
  ] as const)("%s", async ([, body]) => {
    const org = await organisationWith(["+15005550090"]);
    const callId = await talking(org);
    expect((await transfer(org, callId, body)).status).toBe(422);
    expect(await availability(org)).toMatchObject({ available: true });
    await end(org, callId);
  });

  test("a call that the organisation does not have", async () => {
    const org = await organisationWith([]);
    expect((await transfer(org, newId("call"))).status).toBe(404);
  });
});

test.for(["transferRefusal", "requestTransfer"] as const)(
  "a call whose object was just restarted, and refuses `%s`, is asked anew",
  async (method) => {
    const org = await organisationWith(["+15005550090"]);
    const callId = await talking(org);
    const refuses = vi.spyOn(CallSession.prototype, method).mockImplementationOnce(async () => {
      throw new Error("The object was restarted");
    });
    const target = method === "requestTransfer" ? QUEUE : "nowhere";
    const { status } = await transfer(org, callId, { target });
    expect([status, refuses.mock.calls.length]).toEqual([method === "requestTransfer" ? 202 : 404, 2]);
    refuses.mockRestore();
    await end(org, callId);
  },
);

test("10 live calls at a queue of 3: exactly 3 are handed over", async () => {
  const org = await organisationWith(["+15005550090", "+15005560090", "+15005570090"]);
  const calls = await Promise.all(
    Array.from({ length: 10 }, (_, index) => talking(org, `+1500${560 + index}0038`)),
  );
  const keys = await Promise.all([1, 2].map(() => createKey(org.orgId, ["voice:calls:write"])));
  const answers = await Promise.all(
    calls.map((callId, index) => transfer({ ...org, apiKey: keys[index % 2] ?? "" }, callId)),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 202),
    ...Array.from({ length: 7 }, () => 503),
  ]);
  const handedOver = await Promise.all(
    calls
      .filter((_, index) => answers[index]?.status === 202)
      .map((callId) => stands(org, callId, ({ status }) => status === "bridged" || status === "ended")),
  );
  const humans = handedOver.map(({ transfer: last }) => last?.human_agent?.uuid);
  expect(new Set(humans).size).toBe(3);
  await Promise.all(calls.map((callId) => end(org, callId)));
  await Promise.all(calls.map((callId) => ended(org, callId)));
  await until(
    () => availability(org),
    ({ available }) => available,
  );
});
