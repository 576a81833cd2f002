// The transcript, and what the agent is told of the talk, hold what the customer heard: words that were queued, cut
// off, or lost with the relay are taken back. The rules are domain/playback.ts's; here they meet sockets and storage.

import { afterEach, describe, expect, test } from "vitest";
import { estimateSpeechMs } from "../../src/domain/speech.ts";
import { leaveCalls, opens, ringing, says, talking, textsOf } from "../support/call-stages.ts";
import type { LiveCall } from "../support/live-call.ts";
import { until } from "../support/wait.ts";

afterEach(leaveCalls);

const AT_ONCE = { pieces: 1, pausesAfter: null, ends: null };
const GREETING = "Hi, this is Aria calling from Luminary Home. Is this a good time to talk?";
const interrupt = (utteranceUntilInterrupt: string) => ({
  type: "interrupt",
  utteranceUntilInterrupt,
  durationUntilInterruptMs: 400,
});

const DEATHS = {
  "that stays in memory": async () => undefined,
  "that is evicted meanwhile": (call: LiveCall) => call.evict("hibernate"),
};

describe.for(Object.entries(DEATHS))("an object %s", ([, meanwhile]) => {
  test("trims the utterance that was cut off, and takes back what was queued behind it", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    await says(call, relay, "Yes.");
    await meanwhile(call);
    relay.send(interrupt("Piece 0-0"));
    await call.rest();
    expect(await textsOf(call)).toEqual(["agent: Piece 0-0", "customer: Yes.", "agent: "]);
    const { turns } = (await call.session.snapshot()) ?? {};
    expect(turns?.map(({ text }) => text)).toEqual(["Piece 0-0", "Yes."]);
    await says(call, relay, "Wait.");
    expect(call.turns.at(-1)?.lines.map(({ text }) => text)).toEqual(["Piece 0-0", "Yes.", "Wait."]);
  });

  test("trims only the last one once the carrier has said that the first was played", async () => {
    const { call, relay } = await talking({ agent: [AT_ONCE] });
    relay.send({ type: "info", name: "tokensPlayed", value: "Piece 0-0 is said." });
    await says(call, relay, "Yes.");
    await meanwhile(call);
    relay.send(interrupt("Piece"));
    await call.rest();
    expect(await textsOf(call)).toEqual(["agent: Piece 0-0 is said.", "customer: Yes.", "agent: Piece"]);
  });
});

const LOSSES = {
  "the network drops it": async (call: LiveCall) => call.relays.at(-1)?.lose(),
  "the object dies": (call: LiveCall) => call.crash(),
  "the carrier opens another": async () => undefined,
};

describe.for(Object.entries(LOSSES))("a relay that is gone: %s", ([, loses]) => {
  test("takes along what was not spoken yet; who watches sees it", async () => {
    const call = await ringing();
    await call.answer();
    await opens(call);
    call.wait(estimateSpeechMs("Hi, this is Aria calling"));
    await loses(call);
    await call.relayEnds({ failed: true });
    await opens(call);
    const again = "agent: Sorry, the line dropped for a moment. Is this a good time to talk?";
    expect(await textsOf(call)).toEqual(["agent: Hi, this is Aria calling", again]);
    expect(call.turns.at(-1)?.lines.map(({ text }) => text)).toEqual(["Hi, this is Aria calling"]);
    const watcher = await call.watch();
    const shown = () =>
      watcher.messages.flatMap((message) =>
        message.type === "transcript" && message.index === 0 ? [message.text] : [],
      );
    await until(
      async () => shown().at(-1),
      (text) => text === "Hi, this is Aria calling",
    );
  });

  test("before a word of the greeting was spoken: the agent greets", async () => {
    const call = await ringing();
    await call.answer();
    await opens(call);
    await loses(call);
    await call.relayEnds({ failed: true });
    await opens(call);
    expect(call.moments).toEqual(["opened", "opened"]);
    expect(await textsOf(call)).toEqual(["agent: ", `agent: ${GREETING}`]);
  });

  test("before a word of the answer was spoken: it is given again", async () => {
    const { call, relay } = await talking();
    call.wait(10_000);
    await says(call, relay, "Yes.");
    await loses(call);
    await call.relayEnds({ failed: true });
    await opens(call);
    const answer = "Great, thank you. What are you looking for at the moment?";
    expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
    expect((await textsOf(call)).slice(1)).toEqual(["customer: Yes.", "agent: ", `agent: ${answer}`]);
  });

  test("after all was spoken: nothing is taken back", async () => {
    const { call } = await talking();
    call.wait(estimateSpeechMs(GREETING));
    await loses(call);
    await call.relayEnds({ failed: true });
    await call.rest();
    expect((await textsOf(call))[0]).toBe(`agent: ${GREETING}`);
  });
});

test("a customer who hangs up in the midst of the agent's words has not heard the rest", async () => {
  const call = await ringing();
  await call.answer();
  await opens(call);
  call.wait(estimateSpeechMs("Hi, this is Aria calling"));
  await call.report("completed", { durationSeconds: 2 });
  await call.rest();
  expect((await call.session.snapshot())?.turns.map(({ text }) => text)).toEqual([
    "Hi, this is Aria calling",
  ]);
});
