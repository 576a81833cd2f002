// npm run talk: a talk with the configured agent, typed instead of spoken, through a real call of an instance of its own,
// or of a deployment with a sandbox carrier.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "../contract/calls.ts";
import { Floor } from "../domain/floor.ts";
import { followCall, readCall, readCallWhen } from "./live-call.ts";
import { findFreePort, startLocalWorker, stopEverything, stopOnSignal } from "./local-worker.ts";
import { describeModel, modelVariables } from "./worker-variables.ts";
import { parseTalkOptions, readOptions, type RemoteOptions, type TalkOptions } from "./options.ts";
import { actOn, checkAccount, sandboxOf } from "./sandbox-calls.ts";
import { beginCall, carrierIdOf, setUp, type Partner } from "./talk-call.ts";
import { TALK_USAGE } from "./talk-usage.ts";
import { showKept, viewOf } from "./talk-view.ts";
import { openTerminal } from "./terminal.ts";
import { HELP, sayLines, type Person } from "./typed-lines.ts";
import { Undoings } from "./undoings.ts";

/** The agent's words are over at once, and turns are still taken. */
const OWN_SPEED = 50;
/** Who types takes their time. */
const OWN_CONFIG = { max_duration: 3_600 };
const SUMMARY_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 500;
/** Where nothing is typed yet. */
const SIGN_OF_LIFE = "…";

const options = readOptions(parseTalkOptions, { script: "talk", usage: TALK_USAGE });
/** With --json stdout is for the record alone. */
const output = options.json ? process.stderr : process.stdout;

const undoings = new Undoings();
let isInterrupted = false;

// A socket whose far end is slow to close would hold the process up.
process.exit(await main());

async function main(): Promise<number> {
  stopOnSignal(() => {
    isInterrupted = true;
    return undoings.undoAll();
  });
  try {
    const partner = options.remote === null ? await startOwn(options) : partnerOf(options.remote);
    const call = await talk(partner);
    if (call !== null && options.json) console.log(JSON.stringify(call));
    else if (call !== null) showKept(call, say);
    return 0;
  } catch (error) {
    // What was cut off may fail as it likes.
    if (!isInterrupted) console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await undoings.undoAll();
    await stopEverything();
    // Whoever was told to stop ends the process, with the code for it.
    if (isInterrupted) await new Promise(() => {});
  }
}

function say(text: string): void {
  output.write(`${text}\n`);
}

async function startOwn({ inbound, persona }: TalkOptions): Promise<Partner> {
  const stateFolder = await mkdtemp(join(tmpdir(), "trunkline-talk-"));
  undoings.add(async () => {
    await stopEverything();
    await rm(stateFolder, { recursive: true, force: true });
  });
  say(describeModel(process.env));
  const model = modelVariables(process.env);
  if (persona !== undefined && !(model["MODEL_BASE_URL"] && model["MODEL_NAME"])) {
    say("The script ignores the persona.");
  }
  say("Starting Trunkline on this machine …");
  const worker = { port: await findFreePort(), stateFolder, speed: OWN_SPEED };
  const { url, instance } = await startLocalWorker(worker, "quiet");
  return {
    api: { url, apiKey: instance.apiKey },
    sandbox: sandboxOf(url, instance),
    campaignId: inbound ? instance.inboundCampaignId : instance.campaignId,
  };
}

function partnerOf({ url, apiKey, campaignId, accountSid, authToken }: RemoteOptions): Partner {
  return { api: { url, apiKey }, sandbox: { url, accountSid, authToken }, campaignId };
}

/** The whole talk. Answers what is kept of the call; null if the user does not want to see it. */
async function talk(partner: Partner): Promise<CallRecord | null> {
  const { api, sandbox } = partner;
  const isOwn = options.remote === null;
  await checkAccount(sandbox);
  // An instance of its own goes with all that was changed in it.
  const changes = isOwn ? new Undoings() : undoings;
  const { campaign, agentName } = await setUp(partner, options, isOwn ? OWN_CONFIG : {}, changes);
  const ending = new AbortController();
  const callId = await changes.change(
    () => beginCall(partner, campaign, options, changes),
    async (placed) => placed === null || ending.signal.aborted || hangUp(partner, placed),
  );
  const carrierId = carrierIdOf(api, callId);
  const person: Person = {
    floor: new Floor(isOwn ? OWN_SPEED : 1),
    ended: ending.signal,
    act: async (act) => {
      const callSid = await carrierId;
      return callSid !== null && actOn(sandbox, callSid, act);
    },
  };
  say(HELP);
  const isLeaving = await converse(partner, callId, person, ending, agentName);
  if (isLeaving) return options.json ? readCall(api, callId) : null;
  return readCallWhen(api, callId, isKept, SUMMARY_WITHIN_MS);
}

async function hangUp({ api, sandbox }: Partner, callId: string): Promise<boolean> {
  const callSid = await carrierIdOf(api, callId);
  return callSid !== null && actOn(sandbox, callSid, ["hang-up"]);
}

/** From the first ring to the call's end. True if the user leaves before. */
async function converse(
  { api }: Partner,
  callId: string,
  person: Person,
  ending: AbortController,
  agentName: string,
): Promise<boolean> {
  const terminal = openTerminal(output);
  const view = viewOf(agentName, !terminal.isInteractive, terminal.show);
  const leaving = new AbortController();
  const following = followCall(
    api,
    callId,
    (message) => {
      if (message.type === "transcript") person.floor.hear(message, Date.now());
      view(message);
    },
    leaving.signal,
  ).finally(() => {
    ending.abort();
    terminal.close();
  });
  const signs = setInterval(() => void giveSign(person, terminal.typed()), LOOK_EVERY_MS);
  try {
    const isLeaving = await sayLines(person, terminal);
    if (isLeaving) leaving.abort();
    await following;
    return isLeaving;
  } finally {
    clearInterval(signs);
    leaving.abort();
    terminal.close();
  }
}

/** One that is not heard is followed by the next. */
async function giveSign(person: Person, typed: string): Promise<void> {
  if (options.silence || person.ended.aborted || !person.floor.wantsSign(Date.now())) return;
  await person.act(["talk-on", { text: typed.trim() || SIGN_OF_LIFE }]).catch(() => null);
}

function isKept(call: CallRecord): boolean {
  return call.status === "ended" && (call.summary !== null || call.answered_at === null);
}
