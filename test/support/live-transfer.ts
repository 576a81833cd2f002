// Transfers of a live call, with a real queue of humans; the carrier's part on their lines is the test's.

import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { queues } from "../../src/db/schema.ts";
import type { TransferState } from "../../src/domain/call/transfer-state.ts";
import type { AcceptMode } from "../../src/domain/human-queue.ts";
import { newId } from "../../src/lib/ids.ts";
import type { LineInstruction } from "../../src/telephony/provider.ts";
import { AgentQueue } from "../../src/objects/agent-queue.ts";
import { AGENTS_QUEUE } from "./agent-lines.ts";
import { talking } from "./call-stages.ts";
import type { LiveCall, LiveCallOptions } from "./live-call.ts";
import type { RelayClient } from "./session-sockets.ts";

export const TARGET = AGENTS_QUEUE;
export const BRIEF = "Dana asks for a discount.";
export const CONTEXT = { ticket: 7, tags: ["vip"] };

export type Staff = { queueId: string; humanIds: string[]; accept: AcceptMode };

/** A queue of so many people, all of them there. */
export async function staffQueue(call: LiveCall, people: number, accept: AcceptMode = "key"): Promise<Staff> {
  const queueId = newId("queue");
  const { orgId } = call.org;
  await openDb(env.DB).insert(queues).values({ id: queueId, orgId, name: TARGET, accept, createdAt: 1 });
  const humanIds: string[] = [];
  for (let person = 0; person < people; person += 1) {
    const id = newId("human");
    const phone = `+1500555009${person}`;
    const there = { presence: "available", sip: null, createdAt: 1 } as const;
    await queueOf(queueId).addHuman({ id, name: `Human ${person}`, phone, ...there });
    humanIds.push(id);
  }
  return { queueId, humanIds, accept };
}

export function queueOf(queueId: string) {
  return env.AGENT_QUEUE.getByName(queueId);
}

/** The queue does as it is told, but its answers stay away until they are let go. */
export function slowQueue({ holds }: LiveCall): void {
  const { reserve } = AgentQueue.prototype;
  vi.spyOn(AgentQueue.prototype, "reserve").mockImplementation(function (this: AgentQueue, request) {
    const answer = holds.wait().then(() => reserve.call(this, request));
    // What an RPC method returns is awaited, whatever its type says.
    return answer as unknown as ReturnType<typeof reserve>;
  });
}

/** Who of the queue is reserved now. */
export async function reservedOf({ queueId }: Staff): Promise<string[]> {
  const { humans } = await queueOf(queueId).listHumans({ limit: 100, offset: 0 });
  return humans.filter(({ isReserved }) => isReserved).map(({ id }) => id);
}

/** A workflow asks for a human. */
export function requestTransfer(
  call: LiveCall,
  { queueId, accept }: Staff,
  transferId = newId("transfer"),
  requestKey?: string,
) {
  return call.session.requestTransfer({
    transferId,
    requestKey,
    target: TARGET,
    queueId,
    accept,
    brief: BRIEF,
    context: CONTEXT,
  });
}

export async function transferOf(call: LiveCall): Promise<TransferState> {
  const { state } = await call.stored();
  if (state?.transfer === null || state === null) throw new Error("No transfer was asked for");
  return state.transfer;
}

/** The human whom the carrier was told to ring. */
export async function whom(call: LiveCall): Promise<{ transferId: string; humanId: string }> {
  const { id, human } = await transferOf(call);
  if (human === null) throw new Error("Nobody is rung");
  return { transferId: id, humanId: human.id };
}

/** On the line of who is rung; `refused` if the call is not theirs. */
export async function asks(
  call: LiveCall,
  what: "whisper" | "accept",
  changes: { transferId?: string; humanId?: string; parentCallId?: string | null; pressedKey?: boolean } = {},
): Promise<LineInstruction["kind"] | "refused"> {
  const request = { parentCallId: call.carrier.sid, pressedKey: what === "accept", ...changes };
  const { transferId, humanId } = changes;
  const which =
    transferId === undefined || humanId === undefined
      ? { ...(await whom(call)), ...request }
      : { ...request, transferId, humanId };
  const told = await call.session.humanAsks(call.plan.carrierId, what, which);
  return told.ok ? told.value.kind : "refused";
}

/** The line of who is rung is over. */
export async function hangsUp(
  call: LiveCall,
  changes: { talked?: boolean; callOver?: boolean } = {},
): Promise<LineInstruction["kind"]> {
  const end = { carrierCallId: call.carrier.sid, talked: false, callOver: false, ...changes };
  return call.dialEnds({ ...(await whom(call)), ...end });
}

/** All that the agent said has been spoken. */
export async function played(call: LiveCall, relay: RelayClient): Promise<void> {
  relay.send({ type: "info", name: "tokensPlayed", value: (await call.stored()).lines.at(-1)?.text });
  await call.rest();
}

type Stage = { call: LiveCall; relay: RelayClient; staff: Staff };

/** A talk, and a queue of people beside it. */
export async function staffedTalk(people: number, options: LiveCallOptions = {}): Promise<Stage> {
  const { call, relay } = await talking(options);
  return { call, relay, staff: await staffQueue(call, people) };
}

/** … from which somebody was reserved; the customer is being told. */
export async function announced(people: number, options: LiveCallOptions = {}): Promise<Stage> {
  const stage = await staffedTalk(people, options);
  const result = await requestTransfer(stage.call, stage.staff);
  if (!result.ok) throw new Error(`No transfer: ${result.error}`);
  await stage.call.rest();
  return stage;
}

/** … whose phone rings. */
export async function dialling(people: number, options: LiveCallOptions = {}): Promise<Stage> {
  const stage = await announced(people, options);
  await played(stage.call, stage.relay);
  const told = await stage.call.relayEnds();
  if (told !== "dial") throw new Error(`The carrier was told to ${told}`);
  await stage.call.rest();
  return stage;
}

/** … and who has taken the call. */
export async function bridged(people: number, options: LiveCallOptions = {}): Promise<Stage> {
  const stage = await dialling(people, options);
  await asks(stage.call, "whisper");
  await asks(stage.call, "accept");
  await stage.call.rest();
  return stage;
}
