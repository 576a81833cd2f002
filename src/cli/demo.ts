// npm run demo: places one call through the API of an instance of its own, or has somebody call it; shows the call as
// it happens, and then what is kept of it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callRecordSchema, placedCallSchema, type CallRecord } from "../contract/calls.ts";
import { liveCallsSchema, liveMessageSchema, type LiveMessage } from "../contract/live.ts";
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
    await watch(worker, callId);
    const record = await readWithRecording(worker, callId);
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

/** Follows `/ws/live/{call}` to the call's end; reconnects with the cursor, as any watcher should. */
async function watch({ url, instance }: LocalWorker, callId: string): Promise<void> {
  const deadline = Date.now() + CALL_WITHIN_MS;
  const seen = { cursor: 0, ended: false };
  while (!seen.ended) {
    if (Date.now() > deadline) throw new Error("The call did not end in time.");
    const address = `${url.replace("http", "ws")}/ws/live/${callId}?cursor=${seen.cursor}&token=${instance.apiKey}`;
    const socket = new WebSocket(address);
    await new Promise<void>((done) => {
      socket.addEventListener("message", (event) => {
        const message = liveMessageSchema.parse(JSON.parse(String(event.data)));
        seen.cursor = message.cursor;
        seen.ended ||= message.type === "end";
        showMessage(message);
        if (seen.ended) done();
      });
      socket.addEventListener("close", () => done());
      socket.addEventListener("error", () => done());
    });
    socket.close();
    if (!seen.ended) await new Promise((resume) => setTimeout(resume, 100));
  }
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

async function readWithRecording(worker: LocalWorker, callId: string): Promise<CallRecord> {
  const deadline = Date.now() + RECORDING_WITHIN_MS;
  for (;;) {
    const call = await readCall(worker, callId);
    const isWhole = call.recording_url !== null || call.answered_at === null;
    if ((call.status === "ended" && isWhole) || Date.now() > deadline) return call;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

async function readCall({ url, instance }: LocalWorker, callId: string): Promise<CallRecord> {
  const response = await fetch(`${url}/v1/calls/${callId}`, {
    headers: { authorization: `Bearer ${instance.apiKey}` },
  });
  return callRecordSchema.parse(await response.json());
}

function showRecord({ transcript, ...record }: CallRecord): void {
  show(`GET /v1/calls/${record.uuid}`);
  show(JSON.stringify({ ...record, transcript: `[${transcript.length} turns, shown above]` }, null, 2));
}
