// The power fails in the midst of calls, and comes back: carrier and product begin anew with what was stored.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findFreePort, startLocalWorker, stopEverything } from "../../src/cli/local-worker.ts";
import { countRings, placeCall, readCall, readLiveCalls, until } from "./support/api-client.ts";

const stateFolder = mkdtempSync(join(tmpdir(), "trunkline-restart-"));

afterAll(async () => {
  await stopEverything();
  rmSync(stateFolder, { recursive: true, force: true });
});

test("killed in mid-call and started again, each call ends right and its phone rang once", async () => {
  const options = { port: await findFreePort(), stateFolder, speed: 6 };
  const killed = await startLocalWorker(options, "quiet");
  const [talked, rang] = ["+15005550030", "+15005560012"];
  const talking = await placeCall(killed, talked);
  const before = await until(
    () => readCall(killed, talking),
    ({ transcript }) => transcript.length >= 4,
  );
  const ringing = await placeCall(killed, rang);
  const fresh = await placeCall(killed, "+15005570030");
  await killed.kill();

  const worker = await startLocalWorker(options, "quiet");
  const ended = async (callId: string) =>
    until(
      () => readCall(worker, callId),
      ({ status }) => status === "ended",
    );
  const after = await ended(talking);
  expect(after).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
  // What was said stays said, but for the line that was on its way, and no question is asked twice.
  expect(after.transcript.slice(0, 3)).toEqual(before.transcript.slice(0, 3));
  const customer = after.transcript.filter(({ speaker }) => speaker === "customer").map(({ text }) => text);
  expect(new Set(customer).size).toBe(customer.length);
  expect(after.transcript.map(({ timestamp }) => timestamp)).toEqual(
    after.transcript.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b),
  );
  expect(await ended(ringing)).toMatchObject({ outcome: "no-answer", ended_reason: "declined" });
  expect(await ended(fresh)).toMatchObject({ outcome: "connected", ended_reason: "agent_hangup" });
  for (const number of [talked, rang, "+15005570030"]) expect(await countRings(worker, number)).toBe(1);
  await until(
    () => readLiveCalls(worker),
    ({ total }) => total === 0,
  );
}, 240_000);
