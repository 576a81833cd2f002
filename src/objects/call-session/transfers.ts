// A call's dealings with the queue of humans to whom it is transferred.

import type { CallPlan } from "../../contract/call-plan.ts";
import type { Db } from "../../db/client.ts";
import { findQueueByName } from "../../db/queues.ts";
import type { CallEvent, TransferRequest } from "../../domain/call/events.ts";
import { transferRefusal, type TransferObstacle } from "../../domain/call/transfer.ts";
import { briefBegin } from "../../domain/brief.ts";
import { hasBegun, isUnderWay, type TransferState } from "../../domain/call/transfer-state.ts";
import type { HumanReservation } from "../../domain/human-queue.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { newId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { Call, CallStore } from "./store.ts";

/** What a client asks for. `context` is any JSON; it is kept with the event and shown to who watches. */
export type TransferOrder = Omit<TransferRequest, "origin">;

/** `target`: a queue's name; null for the campaign's own. */
type HumanWish = { target: string | null; brief: string | null };

export type RequestRefusal = TransferObstacle | "unknown_call";

/** A carrier, or a client, waits for the answer. */
const RESERVE_DEADLINE_MS = 5_000;
/** A person is kept until the call must have ended, with what a transfer may add to that, and a little more. */
const LEASE_MARGIN_MS = 240_000;

export type HumanSearchDeps = {
  env: Env;
  db: Db;
  call: () => Call | null;
  store: Pick<CallStore, "transferAskedBy">;
  step: (event: CallEvent) => void;
  /** Lets the work go on after whoever began it has gone. */
  inBackground: (work: Promise<void>) => void;
};

/** Asks queues for humans, one question at a time. */
export class HumanSearch {
  readonly #deps: HumanSearchDeps;
  #reservation: { transferId: string; done: Promise<void> } | null = null;

  constructor(deps: HumanSearchDeps) {
    this.#deps = deps;
  }

  /** Why a transfer would be refused now. */
  refusal(): RequestRefusal | null {
    const call = this.#deps.call();
    return call === null ? "unknown_call" : transferRefusal(call.state);
  }

  /** A client asks; answered once it is known whether there is somebody, with the transfer's id. */
  async request(order: TransferOrder): Promise<Result<string, RequestRefusal>> {
    const { call, store, step } = this.#deps;
    const last = call()?.state.transfer ?? null;
    const before = store.transferAskedBy(order.requestKey);
    const again = before !== null && before.id === last?.id ? last : null;
    // Who was told that there is nobody may ask anew.
    if (before !== null && (again === null ? before.metHuman : hasBegun(again))) return ok(before.id);
    const transferId = again?.phase === "reserving" ? again.id : order.transferId;
    if (last?.id !== transferId) {
      const refusal = this.refusal();
      if (refusal !== null) return err(refusal);
      step({ type: "transfer_requested", ...order, origin: "client" });
    }
    await this.settle();
    const transfer = call()?.state.transfer;
    if (transfer?.id !== transferId) return err("call_not_active");
    if (hasBegun(transfer)) return ok(transferId);
    return err(transfer.phase === "no_agents" ? "no_agents_available" : "call_not_active");
  }

  /** Reserves the next human for the transfer under way; resolves when the call knows of it. */
  reserve(): Promise<void> {
    const transferId = this.#deps.call()?.state.transfer?.id ?? "";
    if (this.#reservation?.transferId === transferId) return this.#reservation.done;
    const done = this.#ask().finally(() => {
      if (this.#reservation?.done === done) this.#reservation = null;
    });
    this.#reservation = { transferId, done };
    return done;
  }

  /** Waits for the queue's answer, if it is being asked, or was when the object died. */
  async settle(): Promise<void> {
    if (this.#deps.call()?.state.transfer?.phase === "reserving") await this.reserve();
  }

  /** The agent wishes for a human. Where a transfer is under way already, or the call is to end, it has its will. */
  async callFor(wish: HumanWish): Promise<void> {
    const { db, call, step } = this.#deps;
    const plan = call()?.plan;
    const request = plan === undefined ? null : await planTransfer(db, plan, wish);
    const refusal = this.refusal();
    if (refusal === null && request !== null) step({ type: "transfer_requested", ...request });
    else if (refusal === "transfer_in_progress") step({ type: "transfer_wished" });
    else if (refusal === null || refusal === "no_agents_available") step({ type: "transfer_impossible" });
  }

  async #ask(): Promise<void> {
    const { env, call, step, inBackground } = this.#deps;
    const asking = call();
    const { transfer } = asking?.state ?? {};
    if (asking === null || !transfer || !isUnderWay(transfer) || transfer.phase !== "reserving") return;
    const { id: transferId } = transfer;
    const answer = reserveHuman(env, asking, transfer);
    try {
      step(await withDeadline(RESERVE_DEADLINE_MS, () => answer));
    } catch (error) {
      logError("queue_not_asked", error, { call_id: asking.plan.callId, transfer_id: transferId });
      step({ type: "no_human", transferId });
      // Whoever is reserved too late is not to wait until the lease ends.
      inBackground(
        answer.then(
          (late) => (late.type === "human_reserved" ? step(late) : undefined),
          () => undefined,
        ),
      );
    }
  }
}

async function reserveHuman(
  env: Env,
  { plan, state }: Call,
  { id: transferId, queueId, tried: exclude }: TransferState,
): Promise<CallEvent> {
  const order = { transferId, callId: plan.callId, exclude, leaseUntilMs: leaseUntilMs(state) };
  const answer = await askTwice(async (): Promise<HumanReservation> =>
    agentQueueOf(env, queueId).reserve(order),
  );
  if (answer.kind === "none") return { type: "no_human", transferId };
  return { type: "human_reserved", transferId, queueId, human: answer.human };
}

/** The human took the call. */
export async function acceptHuman(
  env: Env,
  { plan, state }: Call,
  { queueId, transferId }: { queueId: string; transferId: string },
): Promise<void> {
  if (state.status !== "bridged") return;
  const kept = await agentQueueOf(env, queueId).accept(transferId, leaseUntilMs(state));
  if (!kept) logError("human_not_kept", "not reserved any more", { call_id: plan.callId });
}

/** The transfer that the agent wishes for; null if there is no such queue, or nobody can tell. */
async function planTransfer(db: Db, plan: CallPlan, wish: HumanWish): Promise<TransferRequest | null> {
  const name = wish.target ?? plan.campaign.config.transfer_queue;
  if (name === undefined) return null;
  try {
    const queue = await findQueueByName(db, plan.orgId, name);
    if (queue === null) return null;
    return {
      transferId: newId("transfer"),
      target: queue.name,
      queueId: queue.id,
      accept: queue.accept,
      brief: wish.brief === null ? null : briefBegin(wish.brief),
      origin: "agent",
      context: null,
    };
  } catch (error) {
    logError("queue_not_found", error, { call_id: plan.callId });
    return null;
  }
}

function leaseUntilMs({ timers }: Call["state"]): number {
  return (timers.must_end ?? Date.now()) + LEASE_MARGIN_MS;
}
