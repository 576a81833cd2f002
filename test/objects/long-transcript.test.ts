// A carrier that never stops talking: what is kept of it fits into a row of the database, and the call goes on.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { AgentSpeech } from "../../src/objects/call-session/agent-speech.ts";
import { CustomerLines } from "../../src/objects/call-session/customer-lines.ts";
import { LiveFeed } from "../../src/objects/call-session/live-feed.ts";
import { Playback } from "../../src/objects/call-session/playback.ts";
import { CallStore } from "../../src/objects/call-session/store.ts";
import { TranscriptStore } from "../../src/objects/call-session/transcript-store.ts";
import { Watchers } from "../../src/objects/watchers.ts";
import { newId } from "../../src/lib/ids.ts";
import { relayProtocolOf } from "../../src/telephony/registry.ts";
import { read } from "../support/api.ts";
import { leaveCalls, says, talking, textsOf } from "../support/call-stages.ts";
import { endFakeCalls, talkFakeCall } from "../support/fake-carrier.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
  await leaveCalls();
  await endFakeCalls();
  vi.restoreAllMocks();
});

const MOST = 1_000_000;

/** The same lines in a store that has written them, and in one that has just read them. */
function storesOf(work: (store: TranscriptStore, again: () => TranscriptStore) => void): Promise<void> {
  return runInDurableObject(env.CALL_SESSION.getByName(newId("call")), (_object, { storage }) => {
    work(new TranscriptStore(storage.sql), () => new TranscriptStore(storage.sql));
  });
}

test.for([
  ["long lines", "あ".repeat(4_000)],
  ["lines that JSON makes longer", "\u0001".repeat(4_000)],
  ["short lines", "a"],
] as const)("a transcript of %s is kept until it is full; then the newest line is the last", ([, text]) =>
  storesOf((store, again) => {
    const lineBytes = new TextEncoder().encode(JSON.stringify(text)).length + 64;
    const fitting = Math.ceil(MOST / lineBytes);
    for (let added = 0; added < fitting; added += 1) store.addLine("customer", text, added);
    expect(store.lines()).toHaveLength(fitting);
    const newest = { speaker: "agent", text: "And now?" };
    expect(store.addLine("customer", text, fitting).index).toBe(fitting);
    for (const each of [store, again()]) {
      expect(each.addLine("agent", "And now?", fitting + 1).index).toBe(fitting);
      expect(each.lastUtterances(1)).toEqual([]);
      each.growUtterance(fitting, "And now?", { beginsMs: 1, endsMs: 2 });
      expect(each.lastUtterances(1)).toMatchObject([{ index: fitting, text: "And now?" }]);
      expect(each.addLine("customer", text, fitting + 2).index).toBe(fitting);
      expect(each.lastUtterances(1)).toEqual([]);
      each.addLine("agent", "And now?", fitting + 3);
    }
    for (const each of [store, again()]) {
      expect(each.lines()).toHaveLength(fitting + 1);
      expect(each.lastLine()).toMatchObject({ ...newest, index: fitting, atMs: fitting + 3 });
    }
    expect(JSON.stringify(store.lines()).length).toBeLessThan(2 * MOST);
  }),
);

test("room that a line gives back is there again", () =>
  storesOf((store) => {
    const { index } = store.addLine("agent", "a".repeat(MOST), 1);
    expect(store.addLine("customer", "one", 2).index).toBe(1);
    expect(store.addLine("customer", "two", 3).index).toBe(1);
    store.setLine(index, "");
    expect(store.addLine("customer", "three", 4).index).toBe(2);
    expect(store.lines().map(({ text }) => text)).toEqual(["", "two", "three"]);
  }));

test("a call with a customer who never ends is answered, ends, and is on record", async () => {
  const { call, relay } = await talkFakeCall();
  for (let said = 0; said < 200; said += 1) {
    relay.send({ type: "prompt", voicePrompt: `${said} ${"あ".repeat(4_000)}`, last: true });
  }
  relay.send({ type: "prompt", voicePrompt: "How much is it?", last: true });
  const answered = relay.frames.length;
  const texts = async () => (await read(call.org, call.callId)).transcript.map(({ text }) => text);
  await until(texts, (all) => all.length > 80 && !all.at(-1)?.includes("あ"));
  await until(
    async () => relay.frames.slice(answered),
    (frames) => frames.some(({ last }) => last === true),
  );
  await call.callBack("status", { CallStatus: "completed", CallDuration: "9" });
  const record = await until(
    () => read(call.org, call.callId),
    ({ status, summary }) => status === "ended" && summary !== null,
  );
  expect(record).toMatchObject({ outcome: "connected", ended_reason: "customer_hangup" });
  const bytes = new TextEncoder().encode(JSON.stringify(record.transcript)).length;
  expect(bytes).toBeGreaterThan(900_000);
  expect(bytes).toBeLessThan(1_100_000);
}, 60_000);

describe("a customer interrupts an agent whose line makes room for theirs", () => {
  const FULL = "a".repeat(MOST);

  /** An agent that has begun to speak, where one line more is all there is room for. */
  function speakingIn(work: (parts: ReturnType<typeof partsOf>) => void): Promise<void> {
    return runInDurableObject(env.CALL_SESSION.getByName(newId("call")), (_object, ctx) => {
      const parts = partsOf(ctx);
      parts.transcript.addLine("customer", FULL, 1);
      parts.speech.add("One moment,");
      work(parts);
    });
  }

  function partsOf(ctx: DurableObjectState) {
    const store = new CallStore(ctx.storage);
    const { transcript } = store;
    const feed = new LiveFeed(new Watchers({ ctx, db: openDb(env.DB) }), store);
    const playback = new Playback({ transcript, feed, answeredAtMs: () => 1 });
    const customer = new CustomerLines({ transcript, feed, playback, answeredAtMs: () => 1 });
    const protocol = relayProtocolOf("twilio");
    const socket = new WebSocketPair()[0];
    socket.accept();
    const deps = { transcript, feed, playback, protocol, socket: () => socket, answeredAtMs: 1 };
    const shown = () => {
      const { speaker, text } = store.lastShownLine() ?? {};
      return { speaker, text };
    };
    return { ctx, transcript, playback, customer, speech: new AgentSpeech(deps), shown };
  }

  const STOP = { speaker: "customer", text: "Stop." };
  const stored = ({ ctx }: { ctx: DurableObjectState }) => [
    ...ctx.storage.sql.exec("SELECT speaker, text, begins_ms, played FROM lines WHERE idx = 1"),
  ];

  test("what it says on is said by nobody", () =>
    speakingIn((parts) => {
      const { transcript, playback, customer, speech, shown } = parts;
      customer.said("Stop.");
      speech.add(" I will look it up.");
      speech.finish();
      expect(playback.played("One moment,", Date.now())).toBe("nothing");
      playback.interrupted("One", Date.now());
      playback.lost(Date.now());
      expect(speech.text).toBe("One moment,");
      expect(transcript.lastUtterances()).toEqual([]);
      expect(transcript.lastLine()).toMatchObject({ ...STOP, index: 1 });
      expect(stored(parts)).toEqual([{ ...STOP, begins_ms: null, played: 0 }]);
      expect(shown()).toEqual(STOP);
    }));

  test("… nor does it go into the agent's next line", () =>
    speakingIn(({ transcript, customer, speech, shown }) => {
      customer.said("Stop.");
      transcript.addLine("agent", "Yes?", Date.now());
      speech.add(" I will look it up.");
      speech.finish();
      expect(transcript.lastLine()).toMatchObject({ speaker: "agent", text: "Yes?", index: 1 });
      expect(shown()).toEqual(STOP);
    }));

  test("words that are taken for the agent's change nothing of the customer's", () =>
    speakingIn((parts) => {
      parts.customer.said("Stop.");
      parts.transcript.growUtterance(1, "One moment, please.", { beginsMs: 1, endsMs: 2 });
      expect(parts.transcript.lastLine()).toMatchObject({ ...STOP, spoken: null });
      expect(stored(parts)).toEqual([{ ...STOP, begins_ms: null, played: 0 }]);
    }));

  test("the call goes on, and who said what stays right", async () => {
    const AT_ONCE = { pieces: 2, pausesAfter: null, ends: null };
    const { call, relay } = await talking({ agent: [AT_ONCE, { ...AT_ONCE, pausesAfter: 1 }] });
    const insert = "INSERT INTO lines (idx, speaker, text, at_ms) VALUES (1, 'customer', ?, ?)";
    await runInDurableObject(call.session, (_object, { storage }) => {
      storage.sql.exec(insert, FULL, Date.now());
    });
    await call.evict();
    const watcher = await call.watch();
    await says(call, relay, "Yes.");
    await until(
      async () => (await textsOf(call)).slice(2),
      ([said]) => said === "agent: Piece 1-0 is said.",
    );
    await says(call, relay, "Wait.");
    call.holds.releaseAll("answers");
    relay.send({ type: "interrupt", utteranceUntilInterrupt: "Piece 1-0", durationUntilInterruptMs: 1 });
    relay.send({ type: "info", name: "tokensPlayed", value: "Piece 1-0 is said." });
    await call.rest();
    expect(call.turns.at(-1)?.lines.at(-1)).toMatchObject({ speaker: "customer", text: "Wait." });
    await says(call, relay, "And now?");
    await until(
      async () => relay.heard.at(-1),
      (heard) => heard === "Piece 3-0 is said.",
    );
    const shown = await until(
      async () => watcher.messages.flatMap((each) => (each.type === "transcript" ? [each] : [])),
      (all) => all.at(-1)?.text === "And now?",
    );
    const lines = (await call.stored()).lines;
    for (const { speaker, text } of [...shown, ...lines].filter((line) => line.text !== "")) {
      expect(speaker).toBe(text.startsWith("Piece") ? "agent" : "customer");
    }
    expect(lines).toHaveLength(3);
    expect(shown.at(-1)).toMatchObject({ index: 2, speaker: "customer", text: "And now?" });
    expect(call.witness.ledger.faults).toEqual([]);
  });
});
