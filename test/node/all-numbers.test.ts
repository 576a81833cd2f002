// Everything that a phone can do, at once, on one `npm run dev`.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { findFreePort, startLocalWorker, stopEverything } from "../../src/cli/local-worker.ts";
import { parseDevOptions } from "../../src/cli/options.ts";
import { callIn } from "../../src/cli/sandbox-calls.ts";
import { countRings, placeCall, readCall, readLiveCalls, until } from "./support/api-client.ts";

const stateFolder = mkdtempSync(join(tmpdir(), "trunkline-numbers-"));
const WITHIN_MS = 120_000;

const ENDS: Readonly<Record<string, [outcome: string, reason: string]>> = {
  "0001": ["failed", "invalid_number"],
  "0002": ["failed", "unreachable_number"],
  "0004": ["failed", "destination_blocked"],
  "0010": ["no-answer", "busy"],
  "0011": ["no-answer", "no_answer"],
  "0012": ["no-answer", "declined"],
  "0013": ["failed", "carrier_failed"],
  "0020": ["voicemail", "voicemail"],
  "0021": ["failed", "fax"],
  "0030": ["connected", "agent_hangup"],
  "0031": ["connected", "human_hangup"],
  "0032": ["connected", "dnc_request"],
  "0033": ["connected", "wrong_number"],
  "0034": ["connected", "hostile_caller"],
  "0035": ["connected", "customer_hangup"],
  "0036": ["connected", "silence"],
  "0037": ["connected", "agent_hangup"],
  "0038": ["connected", "max_duration"],
  "0039": ["connected", "agent_hangup"],
  "0040": ["failed", "submission_unknown"],
  "0041": ["connected", "agent_hangup"],
  "0042": ["connected", "agent_hangup"],
  "0043": ["connected", "agent_hangup"],
  "0044": ["connected", "agent_hangup"],
  "0045": ["connected", "agent_hangup"],
  "0046": ["connected", "agent_hangup"],
  "0047": ["connected", "agent_hangup"],
  "0048": ["connected", "customer_hangup"],
  "0080": ["connected", "silence"],
};
const NUMBERS = Object.keys(ENDS);
const numberOf = (ending: string): string => `+1500555${ending}`;

afterAll(async () => {
  await stopEverything();
  rmSync(stateFolder, { recursive: true, force: true });
});

test("all sandbox numbers and a caller at once: each ends as it should, and nothing is left behind", async () => {
  const port = String(await findFreePort());
  const options = parseDevOptions(["--port", port, "--persist-to", stateFolder]);
  const worker = await startLocalWorker(options, "quiet");
  const startedMs = Date.now();
  await callIn(worker.url, worker.instance, "+14155550192");
  const { calls } = await until(
    () => readLiveCalls(worker),
    ({ total }) => total === 1,
  );
  const callIds = await Promise.all(NUMBERS.map((ending) => placeCall(worker, numberOf(ending))));
  const all = [...callIds, ...calls.map(({ uuid }) => uuid)];
  const records = await Promise.all(
    all.map((callId) =>
      until(
        () => readCall(worker, callId),
        ({ status }) => status === "ended" || Date.now() - startedMs > WITHIN_MS,
      ),
    ),
  );
  const ends = records.map(({ outcome, ended_reason: reason }) => [outcome, reason]);
  expect(Object.fromEntries(NUMBERS.map((ending, index) => [ending, ends[index]]))).toEqual(ENDS);
  expect(records.at(-1)).toMatchObject({ call_type: "inbound", status: "ended", outcome: "connected" });
  for (const { started_at: from, ended_at: to, to_number: number } of records) {
    expect([number, Date.parse(to ?? "") - Date.parse(from)]).toEqual([number, expect.toSatisfy(isInTime)]);
  }

  const rings = await Promise.all(NUMBERS.map((ending) => countRings(worker, numberOf(ending))));
  const unplaced = ["0001", "0002", "0004", "0040"];
  expect(rings).toEqual(NUMBERS.map((ending) => (unplaced.includes(ending) ? 0 : 1)));
  expect(
    await until(
      () => readLiveCalls(worker),
      ({ total }) => total === 0,
    ),
  ).toEqual({ calls: [], total: 0 });
  await until(
    async () => leasedSlots(),
    (slots) => slots.length === 0,
  );
}, 240_000);

function isInTime(spanMs: number): boolean {
  return spanMs >= 0 && spanMs <= WITHIN_MS;
}

/** The calls that hold a slot, as the gates have stored it. */
function leasedSlots(): unknown[] {
  const folder = join(stateFolder, "v3/do/trunkline-CarrierGate");
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  if (files.length === 0) throw new Error("No gate was ever asked");
  return files.flatMap((name) => {
    const gate = new DatabaseSync(join(folder, name), { readOnly: true });
    try {
      return gate.prepare("SELECT call_id FROM slots").all();
    } finally {
      gate.close();
    }
  });
}
