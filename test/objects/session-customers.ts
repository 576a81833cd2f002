// Two webhooks that hear of a random life of a call's object, one of which is often away; and what they must have heard
// when all is over.

import { expect } from "vitest";
import { Endpoints } from "../support/endpoints.ts";
import type { LiveCall } from "../support/live-call.ts";

const MOODS = ["takes", "fails", "forgets"] as const;
const STEPS_OF_A_MOOD = 3;

export class SessionCustomers {
  readonly #call: LiveCall;
  readonly #endpoints: Endpoints;
  readonly #steady: string;
  readonly #moody: string;

  private constructor(call: LiveCall, endpoints: Endpoints, webhookIds: { steady: string; moody: string }) {
    this.#call = call;
    this.#endpoints = endpoints;
    this.#steady = webhookIds.steady;
    this.#moody = webhookIds.moody;
  }

  static async of(call: LiveCall): Promise<SessionCustomers> {
    const endpoints = new Endpoints();
    const steady = await endpoints.add(call.org.orgId);
    const moody = await endpoints.add(call.org.orgId);
    return new SessionCustomers(call, endpoints, { steady, moody });
  }

  /** Not drawn: which of them is away is a matter of how far the life has come. */
  changeMood(step: number): void {
    this.#endpoints.set(this.#moody, MOODS[Math.floor(step / STEPS_OF_A_MOOD) % MOODS.length] ?? "takes");
  }

  settle(): void {
    this.#endpoints.set(this.#moody, "takes");
  }

  /** Once nothing is owed, both have heard all. */
  async allAreTold(): Promise<void> {
    const { storedRecordings, plan } = this.#call;
    const { state, events } = await this.#call.stored();
    const told = this.#endpoints.toldTo(this.#steady);
    const toldToOther = this.#endpoints.toldTo(this.#moody);
    const idsOf = (all: typeof told) => all.map(({ eventId }) => eventId).toSorted();
    expect(idsOf(toldToOther), "what the one and the other heard").toEqual(idsOf(told));
    for (const [eventId, bodies] of this.#endpoints.bodiesHanded()) {
      expect([...bodies].slice(1), `other bodies of ${eventId}`).toEqual([]);
    }
    const numbered = told.toSorted((a, b) => a.event.data.seq - b.event.data.seq);
    expect(numbered, "the order of what is told").toEqual(told);
    expect(told.map(({ event }) => event.data.seq)).toEqual(told.map((_, index) => index + 1));
    expect(new Set(told.map(({ callId }) => callId))).toEqual(new Set([plan.callId]));
    const names = told.map(({ event }) => event.event);
    const { outcome } = state?.ending ?? {};
    const expected = [
      ...(outcome === "connected" ? ["call.started"] : []),
      "call.ended",
      ...(outcome === "no-answer" ? ["call.no_answer"] : []),
      ...(outcome === "voicemail" ? ["call.voicemail"] : []),
      "call.analyzed",
      ...(storedRecordings.size > 0 ? ["call.recording_ready"] : []),
    ];
    const once = names.filter((name) => name !== "call.transferred");
    expect(once.toSorted(), "what is told").toEqual(expected.toSorted());
    const inOrder = names.filter((name) => name === "call.started" || name === "call.ended");
    expect(inOrder.at(-1), "the end comes after the answer").toBe("call.ended");
    const requested = events.flatMap((body) =>
      body.includes('"type":"transfer_requested"') ? (/"transferId":"(\w+)"/.exec(body)?.[1] ?? []) : [],
    );
    const transferred = told.filter(({ event }) => event.event === "call.transferred");
    expect(transferred.map(({ event }) => event.data.transfer?.transfer_id)).toEqual(requested);
  }
}
