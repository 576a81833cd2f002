// A call's object brought to a stage of its call, for tests that begin there.

import { env } from "cloudflare:workers";
import { LiveCall, type LiveCallOptions } from "./live-call.ts";
import type { RelayClient } from "./session-sockets.ts";

const callsUnderWay: LiveCall[] = [];

/** For `afterEach`: nothing of one test may reach into the next. */
export async function leaveCalls(): Promise<void> {
  for (const call of callsUnderWay.splice(0)) await call.leave();
}

export async function takenOn(options: LiveCallOptions = {}): Promise<LiveCall> {
  const call = await LiveCall.accept(options);
  callsUnderWay.push(call);
  await call.start();
  await call.rest();
  return call;
}

const ANOTHER_CALL = "another-call";

/** … and another call has the account's only slot. */
export async function queued(options: LiveCallOptions = {}): Promise<LiveCall> {
  const call = await takenOn({ ...options, maxConcurrent: 1 });
  await fillGate(call);
  await fires(call);
  return call;
}

export async function fillGate({ plan }: LiveCall): Promise<void> {
  await env.CARRIER_GATE.getByName(plan.carrierId).reserve({
    callId: ANOTHER_CALL,
    attempt: 1,
    limits: { callsPerSecond: 100, maxConcurrent: 1 },
    leaseMs: 3_600_000,
    deadlineMs: Date.now() + 1_000,
  });
}

export async function freeGate({ plan }: LiveCall): Promise<void> {
  await env.CARRIER_GATE.getByName(plan.carrierId).release(ANOTHER_CALL);
}

/** A call that is taken on, and that the carrier was asked to ring. */
export async function dialled(options: LiveCallOptions = {}): Promise<LiveCall> {
  const call = await takenOn(options);
  await fires(call);
  return call;
}

export async function ringing(options: LiveCallOptions = {}): Promise<LiveCall> {
  const call = await dialled(options);
  await call.report("ringing");
  await call.rest();
  return call;
}

/** … and somebody has picked up and heard the agent's first words. */
export async function talking(
  options: LiveCallOptions = {},
): Promise<{ call: LiveCall; relay: RelayClient }> {
  const call = await ringing(options);
  call.wait(3_000);
  await call.answer();
  const relay = await opens(call);
  call.wait(2_000);
  return { call, relay };
}

/** The carrier opens a relay, as it was told to. */
export async function opens(call: LiveCall): Promise<RelayClient> {
  const relay = await call.openRelay();
  if (relay === null) throw new Error(`The object refuses the relay: ${await describeCall(call)}`);
  await call.rest();
  return relay;
}

async function describeCall(call: LiveCall): Promise<string> {
  const { state, events, refused } = await call.stored();
  return JSON.stringify({ state, asked: call.carrier.asked, events, refused });
}

/** The customer says something, and the agent what it has to say to that. */
export async function says(call: LiveCall, relay: RelayClient, words: string): Promise<void> {
  relay.send({ type: "prompt", voicePrompt: words, last: true });
  await call.rest();
}

/** Goes to the time of the alarm and fires it, with all that follows. */
export async function fires(call: LiveCall): Promise<void> {
  if (!(await call.alarm())) throw new Error("No alarm is set");
  await call.rest();
}

export type Stored = Awaited<ReturnType<LiveCall["stored"]>>;

/** Fires alarm after alarm until that has come to pass. */
export async function firesUntil(call: LiveCall, passed: (stored: Stored) => boolean): Promise<Stored> {
  for (let alarms = 0; alarms < 300; alarms += 1) {
    const stored = await call.stored();
    if (passed(stored)) return stored;
    await fires(call);
  }
  throw new Error("It does not come to pass");
}

/** Fires alarm after alarm until the call has ended; answers how it did. */
export async function runsOut(call: LiveCall): Promise<string | undefined> {
  const { state } = await firesUntil(call, (stored) => stored.state?.status === "ended");
  return state?.ending?.reason;
}

export async function textsOf(call: LiveCall): Promise<string[]> {
  return (await call.stored()).lines.map(({ speaker, text }) => `${speaker}: ${text}`);
}
