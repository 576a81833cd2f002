// A whole call whose agent thinks with a model: what reaches the line, the transcript and the call's state.

import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { leaveCalls, opens, ringing, runsOut, says, talking, textsOf } from "../../support/call-stages.ts";
import type { LiveCallOptions } from "../../support/live-call.ts";
import { APOLOGY, GREETING } from "../../support/model-turns.ts";
import type { Reply } from "../../support/model-replies.ts";
import { openTalk, requestsOf } from "../../support/model-talks.ts";
import { until } from "../../support/wait.ts";

afterEach(leaveCalls);

const HELLO: Reply = { words: ["Hello", " from", " Aria."] };

async function talkWith(replies: readonly Reply[], options: LiveCallOptions = {}) {
  const model = await openTalk(replies);
  return { model, ...(await talking({ ...options, model })) };
}

test("words reach the line one by one, and the transcript as one line", async () => {
  const { call, relay, model } = await talkWith([HELLO, { words: ["It", " is", " blue."] }]);
  await says(call, relay, "Which colour is it?");
  expect(relay.heard).toEqual(["Hello", " from", " Aria.", "It", " is", " blue."]);
  expect(await textsOf(call)).toEqual([
    "agent: Hello from Aria.",
    "customer: Which colour is it?",
    "agent: It is blue.",
  ]);
  const [, second] = await requestsOf(model);
  expect(second?.body.messages.slice(2)).toEqual([
    { role: "assistant", content: "Hello from Aria." },
    { role: "user", content: "Which colour is it?" },
  ]);
});

test("facts are kept, and the next turn knows them", async () => {
  const { call, relay, model } = await talkWith([
    HELLO,
    { words: ["Noted."], tools: [{ name: "record_details", arguments: { details: { budget: 900 } } }] },
    { words: ["Indeed."] },
  ]);
  await says(call, relay, "I have nine hundred.");
  expect((await call.stored()).state?.details).toEqual({ budget: 900 });
  await says(call, relay, "Right?");
  expect((await requestsOf(model)).at(-1)?.body.messages[0]?.content).toContain(
    '<recorded>{"budget":900}</recorded>',
  );
});

test.for(["agent_hangup", "dnc_request", "wrong_number", "hostile_caller"])(
  "it ends the call for %s",
  async (reason) => {
    const { call, relay } = await talkWith([
      HELLO,
      { words: ["Bye."], tools: [{ name: "end_call", arguments: { reason } }] },
    ]);
    await says(call, relay, "That is all.");
    expect(await runsOut(call)).toBe(reason);
    expect((await textsOf(call)).at(-1)).toBe("agent: Bye.");
  },
);

test("an interruption ends the request, and of what was said the model learns what was heard", async () => {
  const model = await openTalk([{ ...HELLO, stallsAfter: 3 }, { words: ["Yes."] }]);
  const call = await ringing({ model });
  await call.answer();
  const relay = await call.openRelay();
  if (relay === null) throw new Error("The object refuses the relay");
  await until(
    async () => relay.heard.length,
    (pieces) => pieces === 3,
  );
  relay.send({ type: "interrupt", utteranceUntilInterrupt: "Hello", durationUntilInterruptMs: 400 });
  await until(
    () => requestsOf(model),
    ([request]) => request?.aborted === true,
  );
  expect(relay.heard.join("")).toBe("Hello from Aria.");
  await says(call, relay, "Who is this?");
  expect(await textsOf(call)).toEqual(["agent: Hello", "customer: Who is this?", "agent: Yes."]);
  const [, second] = await requestsOf(model);
  expect(second?.body.messages.slice(2)).toEqual([
    { role: "assistant", content: "Hello" },
    { role: "user", content: "Who is this?" },
  ]);
});

test("a model that fails: an apology, the script, no more questions to it, and a proper end", async () => {
  const { call, relay, model } = await talkWith([{ status: 500, body: "" }]);
  expect(await textsOf(call)).toEqual([`agent: ${APOLOGY} ${GREETING}`]);
  expect((await call.stored()).state?.byScript).toBe(true);
  expect(await requestsOf(model)).toHaveLength(2);
  await says(call, relay, "Yes, it is.");
  await says(call, relay, "No, thanks. Goodbye.");
  expect(await runsOut(call)).toBe("agent_hangup");
  expect((await textsOf(call)).at(-1)).toBe("agent: Thank you for your time. Have a lovely day. Goodbye!");
  expect(await requestsOf(model)).toHaveLength(2);
});

test.for(["speaks on", "hangs up"] as const)(
  "who wants no more calls is heeded at once, even where the customer %s before the model's answer is over",
  async (then) => {
    const { call, relay } = await talkWith([
      HELLO,
      {
        words: ["Of course."],
        tools: [{ name: "end_call", arguments: { reason: "dnc_request" } }],
        stallsAfter: 3,
      },
      { words: ["Yes?"] },
    ]);
    relay.send({ type: "prompt", voicePrompt: "Leave me in peace for good.", last: true });
    await until(
      () => call.stored(),
      ({ events }) => events.some((event) => event.includes('"wish_heard"')),
    );
    if (then === "speaks on") await says(call, relay, "And something else.");
    else {
      await call.report("completed");
      await call.rest();
    }
    const row = await until(
      () => env.DB.prepare("SELECT phone FROM opt_outs WHERE org_id = ?").bind(call.org.orgId).first(),
      (found) => found !== null,
    );
    expect(row).toEqual({ phone: call.plan.to });
    const { events } = await call.stored();
    expect(events.some((event) => event.includes('"agent_finished"'))).toBe(false);
  },
);

test("the model is had ready while the line is still being connected", async () => {
  const model = await openTalk([HELLO]);
  const decrypt = vi.spyOn(crypto.subtle, "decrypt");
  const openedKeys = async () =>
    (await Promise.all(decrypt.mock.results.map(({ value }) => value))).map((bytes) =>
      new TextDecoder().decode(bytes),
    );
  const call = await ringing({ model, modelKey: "the model's key" });
  expect(await openedKeys()).not.toContain("the model's key");
  await call.answer();
  await until(openedKeys, (keys) => keys.includes("the model's key"));
  await opens(call);
  expect((await openedKeys()).filter((key) => key === "the model's key")).toHaveLength(1);
  expect(await requestsOf(model)).toMatchObject([{ authorization: "Bearer the model's key" }]);
});

test("the recording is disclosed before the model has said a word", async () => {
  const { relay } = await talkWith([HELLO], {
    campaignConfig: { recording_disclosure: "This call is recorded." },
  });
  expect(relay.heard).toEqual(["This call is recorded.", " Hello", " from", " Aria."]);
});
