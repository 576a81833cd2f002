// npm run demo: places one call through the API of an instance of its own, or has somebody call it; shows the call as
// it happens, and then what is kept of it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placedCallSchema, type CallRecord } from "../contract/calls.ts";
import { liveCallsSchema, type LiveMessage } from "../contract/live.ts";
import type { Api } from "./api.ts";
import { followCall, readCallWhen } from "./live-call.ts";
import {
  findFreePort,
  startLocalWorker,
  stopEverything,
  stopOnSignal,
  type LocalWorker,
} from "./local-worker.ts";
import { callIn } from "./sandbox-calls.ts";
import { parseDemoOptions, readOptions, type DemoOptions } from "./options.ts";

/** Fast enough to be over soon, slow enough to be read. */
const SPEED = 12;
const RECORDING_WITHIN_MS = 5_000;
const CALL_WITHIN_MS = 120_000;
const CALLER = "+14155550192";

const options = readOptions(parseDemoOptions);
/** With --json stdout is for the record alone. */
const show = options.json ? console.error : console.log;

process.exitCode = await main(options);

async function main({ to, inbound, json }: DemoOptions): Promise<number> {
  const stateFolder = await mkdtemp(join(tmpdir(), "trunkline-demo-"));
  const cleanUp = () => rm(stateFolder, { recursive: true, force: true });
  stopOnSignal(cleanUp);
  try {
    show("Starting Trunkline: one Worker, its database, queues and objects, all on this machine …");
    const worker = await startLocalWorker({ port: await findFreePort(), stateFolder, speed: SPEED }, "quiet");
    const callId = inbound ? await takeCall(worker) : await placeCall(worker, to);
    const api = { url: worker.url, apiKey: worker.instance.apiKey };
    await watch(api, callId);
    const record = await readWithRecording(api, callId);
    if (json) console.log(JSON.stringify(record));
    else showRecord(record);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await stopEverything();
    await cleanUp();
  }
}

async function placeCall({ url, instance }: LocalWorker, to: string): Promise<string> {
  const body = {
    to,
    campaign_id: instance.campaignId,
    contact_name: "Priya Kumar",
    metadata: { product_interest: "Standing Desk Pro", cart_value: 850 },
  };
  show(`\nPOST /v1/calls ${JSON.stringify(body)}`);
  const response = await fetch(`${url}/v1/calls`, {
    method: "POST",
    headers: { authorization: `Bearer ${instance.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`The call was refused: ${response.status} ${text}`);
  show(`201 ${text}\n`);
  return placedCallSchema.parse(JSON.parse(text)).call_uuid;
}

/** Somebody calls the demo's number, and the list of live calls soon has it. */
async function takeCall({ url, instance }: LocalWorker): Promise<string> {
  show(`\nSomebody calls ${instance.seed.carrier.number}`);
  await callIn(url, instance, CALLER);
  const deadline = Date.now() + CALL_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${url}/api/voice/calls/live`, {
      headers: { authorization: `Bearer ${instance.apiKey}` },
    });
    const [call] = liveCallsSchema.parse(await response.json()).calls;
    if (call !== undefined) {
      show(`GET /api/voice/calls/live: ${call.uuid}, ${call.status}\n`);
      return call.uuid;
    }
    if (Date.now() > deadline) throw new Error("The call did not come in.");
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function watch(api: Api, callId: string): Promise<void> {
  const ended = await followCall(api, callId, showMessage, AbortSignal.timeout(CALL_WITHIN_MS));
  if (!ended) throw new Error("The call did not end in time.");
}

function showMessage(message: LiveMessage): void {
  switch (message.type) {
    case "start":
      return show(`  call from ${message.from_number} to ${message.to_number}`);
    case "status":
      return show(`  ── ${message.status.replace("_", " ")} ──`);
    case "transcript":
      return show(`  ${message.speaker === "agent" ? "    Aria" : "Customer"}: ${message.text}`);
    case "end":
      return show(`  ended: ${message.outcome}, ${message.ended_reason}\n`);
  }
}

function readWithRecording(api: Api, callId: string): Promise<CallRecord> {
  return readCallWhen(api, callId, isWhole, RECORDING_WITHIN_MS);
}

function isWhole(call: CallRecord): boolean {
  return call.status === "ended" && (call.recording_url !== null || call.answered_at === null);
}

function showRecord({ transcript, ...record }: CallRecord): void {
  show(`GET /v1/calls/${record.uuid}`);
  show(JSON.stringify({ ...record, transcript: `[${transcript.length} turns, shown above]` }, null, 2));
}
