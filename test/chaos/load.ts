// Runs a plan: places its calls, does to them what it says, has people call in, and lets the power fail. What was
// answered is the harness's own ledger.

import { setTimeout as pause } from "node:timers/promises";
import { transferredCallSchema } from "../../src/contract/call-actions.ts";
import { placedCallSchema } from "../../src/contract/calls.ts";
import { callIn } from "./carrier.ts";
import { askUntilAnswered, codeOf, type Answer, type Api, type Asked } from "./client.ts";
import type { Deed, Plan, PlannedCall, PlannedCaller, PlannedKill } from "./plan.ts";
import type { World } from "./world.ts";

/** What was done to a call, and the answer, which came at `atMs`. */
export type DoneDeed = Deed & {
  status: number;
  code: string | null;
  transferId: string | null;
  atMs: number;
};

/** A create that was answered with 201. */
export type Acknowledged = Pick<PlannedCall, "index" | "org" | "to" | "behaves"> & {
  callId: string;
  deeds: DoneDeed[];
};

/** A caller whom the carrier has taken on. */
export type Caller = PlannedCaller & { sid: string };

/** When the product was away: from the kill until it answered again. */
export type Outage = { fromMs: number; toMs: number; restartMs: number };

export type LoadLedger = {
  acknowledged: Acknowledged[];
  callers: Caller[];
  outages: Outage[];
  /** Creates that were answered otherwise, and answers that no client should get. */
  surprises: string[];
  /** From the first create to the last create, or kill. */
  seconds: number;
};

export async function runLoad(plan: Plan, world: World): Promise<LoadLedger> {
  const run = new LoadRun(plan, world);
  const beganMs = Date.now();
  await Promise.all([run.callEverybody(), run.cutPower()]);
  run.ledger.seconds = (Date.now() - beganMs) / 1000;
  await run.allAnswered();
  return run.ledger;
}

/** Rows tell whole seconds: what begins later than this is seen to have begun after the last kill. */
const CALM_AFTER_MS = 2_500;

class LoadRun {
  readonly #plan: Plan;
  readonly #world: World;
  readonly ledger: LoadLedger = { acknowledged: [], callers: [], outages: [], surprises: [], seconds: 0 };
  readonly #underWay: Promise<void>[] = [];
  readonly #powerIsSafe = Promise.withResolvers<void>();
  #sent = 0;
  #onProgress = (): void => {};

  constructor(plan: Plan, world: World) {
    this.#plan = plan;
    this.#world = world;
  }

  async callEverybody(): Promise<void> {
    const callers = [...this.#plan.callers];
    const letIn = (before: number): void => {
      while ((callers[0]?.before ?? Number.POSITIVE_INFINITY) <= before) {
        const caller = callers.shift();
        if (caller !== undefined) this.#watch(this.#callIn(caller));
      }
    };
    for (const call of this.#plan.calls) {
      await pause(call.gapMs);
      if (call.index === this.#plan.calmFrom) await this.#powerIsSafe.promise;
      letIn(call.index);
      this.#watch(this.#place(call));
      this.#sent += 1;
      this.#onProgress();
    }
    letIn(this.#plan.calls.length);
  }

  /** What fails meanwhile is kept, for nobody waits for it yet. */
  #watch(deed: Promise<void>): void {
    const kept = deed.catch((error: unknown) => void this.ledger.surprises.push(String(error)));
    this.#underWay.push(kept);
  }

  async allAnswered(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async cutPower(): Promise<void> {
    for (const kill of this.#plan.kills) await this.#cutOnce(kill);
    if (this.#plan.kills.length > 0) await pause(CALM_AFTER_MS);
    this.#powerIsSafe.resolve();
  }

  async #cutOnce({ sent, plusMs, downMs }: PlannedKill): Promise<void> {
    while (this.#sent < sent) await new Promise<void>((resolve) => (this.#onProgress = resolve));
    await pause(plusMs);
    const { product } = this.#world;
    const fromMs = Date.now();
    await product.kill();
    await pause(downMs);
    const startedMs = Date.now();
    await product.start({ again: true });
    const toMs = Date.now();
    this.ledger.outages.push({ fromMs, toMs, restartMs: toMs - startedMs });
  }

  async #place(call: PlannedCall): Promise<void> {
    const org = this.#orgOf(call);
    const asked = {
      method: "POST",
      path: "/v1/calls",
      body: {
        to: call.to,
        campaign_id: org.campaignId,
        contact_name: `Contact ${call.index}`,
        metadata: { index: call.index },
      },
      idempotencyKey: `call-${this.#plan.seed}-${call.index}`,
    } as const;
    const answers = await Promise.all((call.isSentTwice ? [1, 2] : [1]).map(() => this.#ask(org.api, asked)));
    const ids = new Set(answers.map(idOf));
    const [callId] = ids;
    if (ids.size !== 1 || callId === undefined || callId === null) {
      this.ledger.surprises.push(`a create to ${call.behaves} was answered ${JSON.stringify(answers)}`);
      return;
    }
    const { index, org: orgIndex, to, behaves } = call;
    const acknowledged: Acknowledged = { index, org: orgIndex, to, behaves, callId, deeds: [] };
    this.ledger.acknowledged.push(acknowledged);
    await Promise.all(call.deeds.map((deed) => this.#do(deed, acknowledged)));
  }

  async #do(deed: Deed, call: Acknowledged): Promise<void> {
    await pause(deed.afterMs);
    const org = this.#orgOf(call);
    const answer = await this.#ask(org.api, {
      method: "POST",
      path: `/api/voice/calls/${call.callId}/${deed.kind}`,
      body: bodyOf(deed, org.queue),
      idempotencyKey: `${deed.kind}-${this.#plan.seed}-${call.index}`,
    });
    const atMs = Date.now();
    const code = codeOf(answer);
    const transferId = transferredCallSchema.safeParse(answer.body).data?.transfer_id ?? null;
    call.deeds.push({ ...deed, status: answer.status, code, transferId, atMs });
    const isUsual = answer.status < 300 || (code !== null && USUAL_REFUSALS[deed.kind].includes(code));
    if (!isUsual) this.ledger.surprises.push(`${deed.kind} was answered ${JSON.stringify(answer)}`);
  }

  async #callIn(caller: PlannedCaller): Promise<void> {
    const { account, number } = this.#orgOf(caller);
    const { from, behaves } = caller;
    this.ledger.callers.push({ ...caller, sid: await callIn(account, { from, to: number, behaves }) });
  }

  #ask(api: Api, asked: Asked): Promise<Answer> {
    return askUntilAnswered(api, asked, () => this.ledger.outages.at(-1)?.toMs ?? 0);
  }

  #orgOf({ org }: { org: number }) {
    const found = this.#world.orgs[org];
    if (found === undefined) throw new Error(`There is no organisation ${org}`);
    return found;
  }
}

/** Whoever acts on a call may come too late, or too early. */
const USUAL_REFUSALS: Record<Deed["kind"], readonly string[]> = {
  metadata: [],
  end: ["call_not_active"],
  transfer: ["call_not_active", "transfer_in_progress", "no_agents_available"],
};

function bodyOf(deed: Deed, target: string): object {
  switch (deed.kind) {
    case "metadata":
      return { key_details: deed.patch };
    case "end":
      return { reason: deed.reason };
    case "transfer":
      return { target, agent_brief: "Asked for by a workflow." };
  }
}

function idOf({ status, body }: Answer): string | null {
  const placed = placedCallSchema.safeParse(body);
  return status === 201 && placed.success ? placed.data.call_uuid : null;
}
