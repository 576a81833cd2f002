// A call's object transfers its call to a human: a real queue, a real relay, and a carrier in the test's hands. What
// happens when it dies on the way: transfer-evictions.test.ts.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { scriptedBrain } from "../../src/agent/scripted.ts";
import { transferSchema } from "../../src/contract/transfers.ts";
import { newId } from "../../src/lib/ids.ts";
import { AgentQueue } from "../../src/objects/agent-queue.ts";
import {
  fires,
  firesUntil,
  leaveCalls,
  opens,
  ringing,
  runsOut,
  says,
  talking,
  textsOf,
} from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import {
  announced,
  asks,
  bridged,
  BRIEF,
  CONTEXT,
  dialling,
  hangsUp,
  played,
  queueOf,
  requestTransfer,
  reservedOf,
  staffedTalk,
  staffQueue,
  TARGET,
  transferOf,
  whom,
} from "../support/live-transfer.ts";
import { until } from "../support/wait.ts";
import { inD1 } from "../support/in-d1.ts";

afterEach(leaveCalls);

const ANNOUNCEMENT = "agent: One moment please, I am connecting you with a colleague.";
const FAILED = "agent: I am sorry, none of my colleagues could take the call. Is this a good time to talk?";
const NO_HUMAN =
  "agent: I am sorry, all my colleagues are busy at the moment. I will ask one of them to call you back. Is this a good time to talk?";

async function storedTransfer({ plan }: LiveCall) {
  const row = await inD1.calls.findFirst({
    where: (table, { eq }) => eq(table.id, plan.callId),
  });
  return transferSchema.nullable().parse(JSON.parse(row?.transfer ?? "null"));
}

const statusOf = async (call: LiveCall) => (await call.stored()).state?.status;

describe("a transfer", () => {
  test("goes by announcement, ring, brief and key to a bridge, and is over when that is", async () => {
    const { call, relay, staff } = await staffedTalk(1);
    const watcher = await call.watch();
    const transferId = newId("transfer");
    expect(await requestTransfer(call, staff, transferId)).toEqual({ ok: true, value: transferId });
    await call.rest();
    expect((await textsOf(call)).at(-1)).toBe(ANNOUNCEMENT);
    expect(relay.kinds).not.toContain("end");
    await played(call, relay);
    await until(
      async () => relay.handoffs,
      (handoffs) => handoffs.length === 1 && handoffs[0] === JSON.stringify({ transfer_id: transferId }),
    );
    expect(await call.relayEnds()).toBe("dial");
    expect(await asks(call, "whisper")).toBe("whisper");
    expect(await asks(call, "accept")).toBe("put_through");
    await call.rest();
    expect(await statusOf(call)).toBe("bridged");
    expect(await queueOf(staff.queueId).availability()).toEqual({ available: false, depth: 0 });
    call.wait(30_000);
    expect(await hangsUp(call, { talked: true })).toBe("hang_up");
    await call.report("completed", { durationSeconds: 40 });
    await call.rest();
    expect((await call.stored()).state?.ending?.reason).toBe("human_hangup");
    expect(await reservedOf(staff)).toEqual([]);

    const human_agent = { uuid: staff.humanIds[0] ?? "", name: "Human 0" };
    expect(await storedTransfer(call)).toMatchObject({
      transfer_id: transferId,
      target: TARGET,
      status: "completed",
      agent_brief: BRIEF,
      human_agent,
      bridged_at: expect.any(String),
      ended_at: expect.any(String),
    });
    await until(
      async () => watcher.messages,
      (all) => all.at(-1)?.type === "end",
    );
    const shown = watcher.messages.flatMap((message) => (message.type === "transfer" ? message : []));
    expect(shown.map(({ status, human_agent: human }) => [status, human])).toEqual([
      ["requested", null],
      ["transferring", human_agent],
      ["bridged", human_agent],
      ["completed", human_agent],
    ]);
    const common = { transfer_id: transferId, target: TARGET, agent_brief: BRIEF, context: CONTEXT };
    for (const message of shown) expect(message).toMatchObject(common);
    expect(JSON.stringify(watcher.messages)).not.toContain("+15005550090");
  });

  test("is asked for again: the answer is the same, and nobody else is reserved", async () => {
    const { call, staff } = await staffedTalk(2);
    const reserve = vi.spyOn(AgentQueue.prototype, "reserve");
    const transferId = newId("transfer");
    const answers = await Promise.all([
      requestTransfer(call, staff, transferId),
      requestTransfer(call, staff, transferId),
    ]);
    expect(answers).toEqual([
      { ok: true, value: transferId },
      { ok: true, value: transferId },
    ]);
    expect(await reservedOf(staff)).toHaveLength(1);
    expect(reserve).toHaveBeenCalledTimes(1);
  });

  test.for(["announced", "dialling", "bridged"] as const)("is refused while one is %s", async (stage) => {
    const { call, staff } = await { announced, dialling, bridged }[stage](2);
    expect(await call.session.transferRefusal()).toBe("transfer_in_progress");
    expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "transfer_in_progress" });
    expect(await reservedOf(staff)).toHaveLength(1);
  });

  test("is refused of a call that rings, is to end or has ended, or that there is not", async () => {
    const call = await ringing();
    const staff = await staffQueue(call, 1);
    expect(await call.session.transferRefusal()).toBe("call_not_active");
    expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "call_not_active" });
    await call.session.requestEnd("workflow_close");
    await call.report("canceled");
    expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "call_not_active" });
    const stranger = env.CALL_SESSION.getByName(newId("call"));
    expect(await stranger.transferRefusal()).toBe("unknown_call");
    expect(await reservedOf(staff)).toEqual([]);
  });

  test("has nobody: the talk goes on, and the next may be asked for", async () => {
    const { call, staff } = await staffedTalk(0);
    const before = await textsOf(call);
    expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "no_agents_available" });
    await call.rest();
    expect([await statusOf(call), await textsOf(call)]).toEqual(["in_progress", before]);
    expect((await storedTransfer(call))?.status).toBe("no_agents");
    expect(await call.session.transferRefusal()).toBeNull();
  });

  test("of two calls for one human: one gets them", async () => {
    const { call, staff } = await staffedTalk(1);
    const queue = queueOf(staff.queueId);
    const rival = { transferId: newId("transfer"), callId: newId("call"), exclude: [], leaseUntilMs: 9e15 };
    expect((await queue.reserve(rival)).kind).toBe("reserved");
    expect(await requestTransfer(call, staff)).toEqual({ ok: false, error: "no_agents_available" });
    await call.rest();
    expect(await reservedOf(staff)).toEqual(staff.humanIds);
  });
});

describe("a human who does not take the call", () => {
  test("is followed by the next, and after the last the agent takes the talk up again", async () => {
    const { call, staff } = await dialling(2);
    const first = await whom(call);
    expect(await hangsUp(call)).toBe("dial");
    const second = await whom(call);
    expect([first.humanId, second.humanId].toSorted()).toEqual(staff.humanIds.toSorted());
    expect(await reservedOf(staff)).toEqual([second.humanId]);
    expect(await asks(call, "accept", { ...first, pressedKey: true })).toBe("refused");
    expect(await asks(call, "whisper")).toBe("whisper");
    expect(await hangsUp(call)).toBe("relay");
    await call.rest();
    expect(await reservedOf(staff)).toEqual([]);
    const relay = await opens(call);
    expect((await textsOf(call)).at(-1)).toBe(FAILED);
    await says(call, relay, "Yes.");
    expect((await textsOf(call)).at(-1)).toBe(
      "agent: Great, thank you. What are you looking for at the moment?",
    );
    expect((await storedTransfer(call))?.status).toBe("not_accepted");
    expect(call.moments).toEqual(["opened", "transferring", "transfer_failed", "customer_spoke"]);
  });

  test("and of whom nothing is heard is given up: the line is told to come back", async () => {
    const { call, staff } = await dialling(1);
    const transferMs = Date.now();
    await firesUntil(call, ({ state }) => state?.status === "in_progress");
    await call.rest();
    expect(call.carrier.timesAsked("redirect")).toBe(1);
    expect(Date.now() - transferMs).toBeLessThanOrEqual(120_000);
    expect(await reservedOf(staff)).toEqual([]);
    await opens(call);
    expect((await textsOf(call)).at(-1)).toBe(FAILED);
  });

  test("presses no key: is not put through", async () => {
    const { call } = await dialling(1);
    expect(await asks(call, "accept", { pressedKey: false })).toBe("refused");
    expect(await asks(call, "accept", { parentCallId: "CA-another" })).toBe("refused");
    expect(await statusOf(call)).toBe("transferring");
  });
});

describe("the agent, asked for a human,", () => {
  const WISH = "I want to talk to a human.";

  test("has the call transferred to its campaign's queue", async () => {
    const { call, relay } = await talking({ campaignConfig: { transfer_queue: TARGET } });
    const staff = await staffQueue(call, 1);
    await says(call, relay, WISH);
    expect((await textsOf(call)).slice(-2)).toEqual([`customer: ${WISH}`, ANNOUNCEMENT]);
    expect(await reservedOf(staff)).toEqual(staff.humanIds);
    expect(await transferOf(call)).toMatchObject({ target: TARGET, origin: "agent", phase: "announced" });
  });

  test.for([
    ["nobody is there", 0, false],
    ["there is no such queue", null, false],
    ["nobody can tell", 1, true],
  ] as const)("says that all are busy if %s", async ([, people, d1IsAway]) => {
    const { call, relay } = await talking({ campaignConfig: { transfer_queue: TARGET } });
    if (people !== null) await staffQueue(call, people);
    call.d1IsAway = d1IsAway;
    await says(call, relay, WISH);
    expect((await textsOf(call)).slice(-2)).toEqual([`customer: ${WISH}`, NO_HUMAN]);
    expect(await statusOf(call)).toBe("in_progress");
  });

  test("promises a call back if its campaign has no queue", async () => {
    const { call, relay } = await talking();
    await says(call, relay, WISH);
    expect((await textsOf(call)).at(-1)).toBe(
      "agent: I will ask a colleague to call you back. Is this a good time to talk?",
    );
  });
});

describe("a customer who talks on while being connected", () => {
  test("is written down, and gets no answer", async () => {
    const { call, relay } = await announced(1);
    await says(call, relay, "How long will it take?");
    expect((await textsOf(call)).slice(-2)).toEqual([ANNOUNCEMENT, "customer: How long will it take?"]);
    expect(await statusOf(call)).toBe("transferring");
  });

  test("into the announcement has heard enough of it", async () => {
    const agent = [
      { pieces: 1, pausesAfter: null, ends: null },
      { pieces: 3, pausesAfter: 1, ends: null },
    ];
    const { call, relay } = await announced(1, { agent });
    expect((await transferOf(call)).phase).toBe("announcing");
    await says(call, relay, "Thank you.");
    expect((await transferOf(call)).phase).toBe("announced");
    expect((await textsOf(call)).slice(-2)).toEqual(["agent: Piece 1-0 is said.", "customer: Thank you."]);
  });

  test("before the announcement hears it all the same", async () => {
    const agent = [
      { pieces: 1, pausesAfter: null, ends: null },
      { pieces: 1, pausesAfter: 0, ends: null },
    ];
    const { call, relay } = await announced(1, { agent });
    relay.send({ type: "prompt", voicePrompt: "Hello?", last: true });
    await call.rest();
    call.holds.releaseFirst("answers");
    await call.rest();
    expect((await textsOf(call)).slice(-2)).toEqual(["customer: Hello?", "agent: Piece 1-0 is said."]);
  });

  test("hears none that the agent fails to find: the call is transferred without", async () => {
    const { call, staff } = await staffedTalk(1);
    vi.spyOn(scriptedBrain, "takeTurn").mockImplementation(() => {
      throw new Error("No model");
    });
    await requestTransfer(call, staff);
    await call.rest();
    expect((await transferOf(call)).phase).toBe("announced");
    expect((await call.stored()).state?.closing).toBeNull();
    expect(await textsOf(call)).toHaveLength(1);
  });
});

test("an agent that is still speaking when the carrier asks what comes next falls silent", async () => {
  const agent = [
    { pieces: 1, pausesAfter: null, ends: null },
    { pieces: 3, pausesAfter: 1, ends: null },
  ];
  const { call } = await announced(1, { agent });
  expect(await call.relayEnds()).toBe("dial");
  expect(await asks(call, "accept")).toBe("put_through");
  call.holds.releaseAll("answers");
  await call.rest();
  expect((await textsOf(call)).at(-1)).toBe("agent: Piece 1-0 is said.");
});

test.for(["relay", "human's line"] as const)(
  "a customer who is gone when the %s ends is not connected any more",
  async (what) => {
    const { call, staff } = await (what === "relay" ? announced(1) : dialling(1));
    const told = what === "relay" ? call.relayEnds({ callOver: true }) : hangsUp(call, { callOver: true });
    expect(await told).toBe("hang_up");
    expect(await runsOut(call)).toBe("customer_hangup");
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect([await reservedOf(staff), call.carrier.timesAsked("redirect")]).toEqual([[], 0]);
  },
);

describe("the carrier", () => {
  test("that does not ask what comes after the relay is told", async () => {
    const { call, relay } = await announced(1);
    await played(call, relay);
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
    expect((await transferOf(call)).phase).toBe("dialing");
    expect(await asks(call, "whisper")).toBe("whisper");
  });

  test("is told of a longer limit when the way to a human begins, and with the bridge", async () => {
    const { call } = await dialling(1);
    // The carrier counts from the answer, and stands a little before the call's bound.
    const { state } = await call.stored();
    const untilEnd = (ms: number | undefined) => Math.round(((ms ?? 0) - (state?.answeredAtMs ?? 0)) / 1000);
    expect(call.carrier.limits).toEqual([untilEnd(state?.timers.must_end) - 20]);
    await asks(call, "accept");
    await call.rest();
    const after = (await call.stored()).state?.timers.must_end;
    expect(call.carrier.limits.at(-1)).toBe(untilEnd(after) - 20);
    expect(after).toBe(Date.now() + 90_000 + 60_000);
  });

  test("is told of it until it has heard", async () => {
    const { call } = await announced(1, { carrier: { updates: ["error", "error", "truth"] } });
    await firesUntil(call, ({ owed }) => !owed.includes("limits"));
    expect([call.carrier.timesAsked("set limit"), call.carrier.limits]).toEqual([3, [expect.any(Number)]]);
  });
});

describe("a call that ends", () => {
  test.for(["announced", "dialling", "bridged"] as const)(
    "while %s because a workflow says so: the human is given back",
    async (stage) => {
      const { call, staff } = await { announced, dialling, bridged }[stage](1);
      expect(await call.session.requestEnd("workflow_close")).toMatchObject({ ok: true });
      await call.rest();
      if (stage === "announced") expect(await call.relayEnds()).toBe("hang_up");
      else expect(call.carrier.isAlive).toBe(false);
      expect(await runsOut(call)).toBe("workflow_close");
      await firesUntil(call, ({ owed }) => owed.length === 0);
      expect(await reservedOf(staff)).toEqual([]);
      expect((await storedTransfer(call))?.status).toBe(stage === "bridged" ? "completed" : "canceled");
    },
  );

  test.for(["announced", "dialling", "bridged"] as const)(
    "while %s and nobody says so: it is looked up, and the human is given back",
    async (stage) => {
      const { call, staff } = await { announced, dialling, bridged }[stage](1);
      call.carrier.stands("completed");
      expect(await runsOut(call)).toBe("customer_hangup");
      await firesUntil(call, ({ owed }) => owed.length === 0);
      expect(await reservedOf(staff)).toEqual([]);
    },
  );

  test("after a bridge of the longest length", async () => {
    const { call, staff } = await bridged(1);
    const bridgedAtMs = Date.now();
    expect(await runsOut(call)).toBe("max_duration");
    expect(Date.now() - bridgedAtMs).toBeLessThanOrEqual(90_000 + 60_000);
    expect(Date.now() - bridgedAtMs).toBeGreaterThanOrEqual(90_000);
    await firesUntil(call, ({ owed }) => owed.length === 0);
    expect(await reservedOf(staff)).toEqual([]);
  });

  test("and whose human's line asks late: it is hung up", async () => {
    const { call } = await dialling(1);
    const which = await whom(call);
    await call.report("completed");
    expect(await asks(call, "whisper", which)).toBe("refused");
    expect(await asks(call, "accept", which)).toBe("refused");
    const end = { carrierCallId: call.carrier.sid, talked: false, callOver: true };
    expect(await call.dialEnds({ ...which, ...end })).toBe("hang_up");
    while ((await call.stored()).owed.length > 0) await fires(call);
  });
});
