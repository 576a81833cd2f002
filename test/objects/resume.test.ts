// A relay's socket is lost in the midst of a talk: nothing that was said is missing from the transcript, and nothing
// is said twice. What an eviction does that leaves the socket alone: evictions.test.ts.

import { afterEach, describe, expect, test } from "vitest";
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
import { until } from "../support/wait.ts";

afterEach(leaveCalls);

const HALF = "Hi, this is Aria calling from Luminary Home.";
const WHOLE = `${HALF} Is this a good time to talk?`;
const AGAIN = "Sorry, the line dropped for a moment. Is this a good time to talk?";
const GOES_ON = "Great, thank you. What are you looking for at the moment?";

const TALK = [`agent: ${WHOLE}`, "customer: Yes.", `agent: ${GOES_ON}`];
/** … in which the question was put again. */
const RESUMED_TALK = [`agent: ${WHOLE}`, `agent: ${AGAIN}`, ...TALK.slice(1)];

/** So long that all was spoken that the agent has said. */
const WHILE_MS = 10_000;

const prompt = (voicePrompt: string) => ({ type: "prompt", voicePrompt, last: true });

/** How the socket goes. In the second case the object hears nothing of it, and has forgotten all it had in mind. */
const LOSSES = {
  "the network drops it": async (call: LiveCall) => call.relays.at(-1)?.lose(),
  "the object dies": (call: LiveCall) => call.crash(),
};

/** How the carrier comes by a new one. */
const RETURNS = {
  "that asks what to do next": async (call: LiveCall) => {
    expect(await call.relayEnds({ failed: true })).toBe("relay");
  },
  "that asks nothing, and is told": async (call: LiveCall) => {
    await call.session.snapshot();
    await firesUntil(call, () => call.carrier.timesAsked("redirect") > 0);
  },
};

/** All that came over all relays, in order. */
async function heardInAll(call: LiveCall, text: string): Promise<void> {
  await until(
    async () => call.relays.flatMap(({ heard }) => heard).join(""),
    (heard) => heard === text,
  );
}

describe.for(Object.entries(LOSSES))("a relay whose socket is gone: %s", ([, loses]) => {
  describe.for(Object.entries(RETURNS))("with a carrier %s", ([, returns]) => {
    test("in the middle of the agent's sentence: the rest is not said, and the question is put again", async () => {
      const call = await ringing({ haltsIn: 0 });
      await call.answer();
      await opens(call);
      expect(await textsOf(call)).toEqual([`agent: ${HALF}`]);
      call.wait(WHILE_MS);
      await loses(call);
      await returns(call);
      const relay = await opens(call);
      await says(call, relay, "Yes.");
      expect(await textsOf(call)).toEqual([
        `agent: ${HALF}`,
        `agent: ${AGAIN}`,
        "customer: Yes.",
        `agent: ${GOES_ON}`,
      ]);
      await heardInAll(call, HALF + AGAIN + GOES_ON);
      expect(call.moments).toEqual(["opened", "resumed", "customer_spoke"]);
    });

    test("right after the customer's words: they are answered, once", async () => {
      // The agent thinks while the socket goes; nothing of its answer was said.
      const [at_once, thinks] = [
        { pieces: 2, pausesAfter: null, ends: null },
        { pieces: 2, pausesAfter: 0, ends: null },
      ];
      const { call, relay } = await talking({ agent: [at_once, thinks, at_once] });
      call.wait(WHILE_MS);
      relay.send(prompt("Yes."));
      await call.rest();
      await loses(call);
      await returns(call);
      await opens(call);
      expect(await textsOf(call)).toEqual([
        "agent: Piece 0-0 is said. Piece 0-1 is said.",
        "customer: Yes.",
        "agent: Piece 2-0 is said. Piece 2-1 is said.",
      ]);
      expect(call.moments).toEqual(["opened", "customer_spoke", "customer_spoke"]);
      expect(call.witness.ledger.faults).toEqual([]);
    });

    test("in the middle of the answer: it is not given again", async () => {
      const { call, relay } = await talking({ haltsIn: 1 });
      call.wait(WHILE_MS);
      await says(call, relay, "Yes.");
      call.wait(WHILE_MS);
      await loses(call);
      await returns(call);
      await opens(call);
      const resumed = "Sorry, the line dropped for a moment. What are you looking for at the moment?";
      expect(await textsOf(call)).toEqual([
        `agent: ${WHOLE}`,
        "customer: Yes.",
        "agent: Great, thank you.",
        `agent: ${resumed}`,
      ]);
      await heardInAll(call, `${WHOLE}Great, thank you.${resumed}`);
    });

    test("between two turns: the question is put again, and the talk goes on", async () => {
      const { call } = await talking();
      call.wait(WHILE_MS);
      await loses(call);
      await returns(call);
      const relay = await opens(call);
      await says(call, relay, "Yes.");
      expect(await textsOf(call)).toEqual(RESUMED_TALK);
    });
  });

  test("and the carrier asks again and again what to do next: it counts once, and no relay is given up", async () => {
    const { call, relay } = await talking();
    const { sessionId } = relay;
    call.wait(WHILE_MS);
    await loses(call);
    expect(await call.relayEnds({ sessionId, failed: true })).toBe("relay");
    expect(await call.relayEnds({ sessionId, failed: true })).toBe("relay");
    expect((await call.stored()).state?.relayLosses).toBe(1);
    const second = await opens(call);
    expect(await call.relayEnds({ sessionId, failed: true })).toBe("relay");
    await call.rest();
    expect((await call.stored()).state).toMatchObject({ relay: "open", relayLosses: 1 });
    await says(call, second, "Yes.");
    expect(await textsOf(call)).toEqual(RESUMED_TALK);
    await heardInAll(call, WHOLE + AGAIN + GOES_ON);
  });

  test("in the middle of the agent's sentence: who watches is shown what was said of it", async () => {
    const call = await ringing({ haltsIn: 0 });
    await call.answer();
    await opens(call);
    call.wait(WHILE_MS);
    await loses(call);
    await call.relayEnds({ failed: true });
    await call.rest();
    const watcher = await call.watch();
    await until(
      async () => watcher.messages.length,
      (count) => count > 0,
    );
    const shown = watcher.messages.flatMap((message) => (message.type === "transcript" ? message.text : []));
    expect(shown).toEqual([HALF]);
  });

  test("for good: the call ends, and tells why", async () => {
    const carrier = { updates: ["error"], lookups: ["error"] } as const;
    const { call } = await talking({ carrier, limits: { maxDurationMs: 600_000 } });
    await loses(call);
    await call.session.snapshot();
    expect(await runsOut(call)).toBe("relay_lost");
  });
});

describe("the carrier opens a new relay", () => {
  test("before the old one is seen to be gone: the old one is heard no more, and its end changes nothing", async () => {
    const { call, relay: old } = await talking();
    call.wait(WHILE_MS);
    expect(await call.relayEnds()).toBe("relay");
    const relay = await opens(call);
    old.send(prompt("From beyond."));
    old.lose();
    await call.rest();
    expect((await call.stored()).state).toMatchObject({ relay: "open", relaySession: relay.sessionId });
    await says(call, relay, "Yes.");
    expect(await textsOf(call)).toEqual(RESUMED_TALK);
    await until(
      async () => relay.heard.join(""),
      (heard) => heard === AGAIN + GOES_ON,
    );
    expect(old.heard.join("")).toBe(WHOLE);
    await until(
      async () => old.isOpen,
      (isOpen) => !isOpen,
    );
  });

  test("and words that are still on their way from the old one are not lost", async () => {
    const { call, relay: old } = await talking();
    call.wait(WHILE_MS);
    await call.relayEnds();
    old.send(prompt("Yes."));
    await call.rest();
    await opens(call);
    expect(await textsOf(call)).toEqual(TALK);
    expect(call.moments).toEqual(["opened", "customer_spoke"]);
  });

  test("that does not say whose it is: what comes on it is not heard, and the talk goes on", async () => {
    const { call, relay } = await talking();
    const mute = await call.openRelay("nothing");
    mute?.send(prompt("Who am I?"));
    await call.rest();
    mute?.lose();
    await says(call, relay, "Yes.");
    expect(await textsOf(call)).toEqual(TALK);
    expect((await call.stored()).state?.relay).toBe("open");
  });

  test("that belongs to another call: it is closed, and the talk goes on", async () => {
    const { call, relay } = await talking();
    const foreign = await call.openRelay("wrong call");
    await call.rest();
    await until(
      async () => foreign?.isOpen,
      (isOpen) => isOpen === false,
    );
    await says(call, relay, "Yes.");
    expect(await textsOf(call)).toEqual(TALK);
  });
});

test("an object that wakes without the socket it had sees to a new one by itself", async () => {
  const { call } = await talking();
  call.wait(WHILE_MS);
  await call.crash();
  // Nobody calls, nobody asks: the alarm that was set is all that there is.
  while (call.carrier.timesAsked("redirect") === 0) await fires(call);
  await opens(call);
  expect(await textsOf(call)).toEqual([`agent: ${WHOLE}`, `agent: ${AGAIN}`]);
});
