// A carrier that never stops talking: what is kept of it fits into a row of the database, and the call goes on.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { TranscriptStore } from "../../src/objects/call-session/transcript-store.ts";
import { newId } from "../../src/lib/ids.ts";
import { read } from "../support/api.ts";
import { endFakeCalls, talkFakeCall } from "../support/fake-carrier.ts";
import { until } from "../support/wait.ts";

afterEach(async () => {
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
