// Whatever is asked of a queue in whatever order, with the object put out of memory in between: it answers as a
// plain list would, and nobody is ever reserved for two transfers.

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { PRESENCES, type Presence } from "../../src/domain/human-queue.ts";
import { newId } from "../../src/lib/ids.ts";
import { agentQueueOf } from "../../src/stubs/stubs.ts";

const NOW_MS = Date.UTC(2090, 0, 1);

afterEach(() => {
  vi.useRealTimers();
});

type Lease = { human: string; untilMs: number; accepted: boolean };

/** The list: who is present, who is idle since when, and who holds whom. */
class Model {
  presence = new Map<string, Presence>();
  idleSinceMs = new Map<string, number>();
  leases = new Map<string, Lease>();
  nowMs = NOW_MS;

  #settle(): void {
    for (const [transfer, lease] of this.leases) {
      if (lease.untilMs <= this.nowMs) this.#giveBack(transfer, lease.untilMs);
    }
  }

  #giveBack(transfer: string, atMs: number): void {
    const lease = this.leases.get(transfer);
    if (lease !== undefined) this.idleSinceMs.set(lease.human, atMs);
    this.leases.delete(transfer);
  }

  reserved(): string[] {
    this.#settle();
    return [...this.leases.values()].map(({ human }) => human).toSorted();
  }

  free(exclude: string[] = []): string[] {
    const reserved = this.reserved();
    return [...this.presence]
      .filter(([id, presence]) => presence === "available" && ![...exclude, ...reserved].includes(id))
      .map(([id]) => id);
  }

  reserve(transfer: string, exclude: string[], untilMs: number): string | null {
    this.#settle();
    const held = this.leases.get(transfer);
    if (held !== undefined && !exclude.includes(held.human)) {
      held.untilMs = Math.max(held.untilMs, untilMs);
      return held.human;
    }
    this.#giveBack(transfer, this.nowMs);
    const rank = (id: string) => `${String(this.idleSinceMs.get(id) ?? 0).padStart(20, "0")} ${id}`;
    const [human = null] = this.free(exclude).toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
    if (human === null) return null;
    this.leases.set(transfer, { human, untilMs, accepted: false });
    this.idleSinceMs.set(human, this.nowMs);
    return human;
  }

  accept(transfer: string, untilMs: number): boolean {
    this.#settle();
    const lease = this.leases.get(transfer);
    if (lease !== undefined) Object.assign(lease, { untilMs, accepted: true });
    return lease !== undefined;
  }

  release(transfer: string): void {
    this.#settle();
    this.#giveBack(transfer, this.nowMs);
  }

  remove(id: string): string {
    if (!this.presence.has(id)) return "not_found";
    if (this.reserved().includes(id)) return "in_use";
    this.idleSinceMs.delete(id);
    return this.presence.delete(id) ? "ok" : "not_found";
  }

  depth(): number {
    this.#settle();
    return [...this.leases.values()].filter(({ accepted }) => !accepted).length;
  }
}

const human = fc.constantFrom("a", "b", "c");
const transfer = fc.constantFrom("t", "u", "v", "w");
const leaseMs = fc.integer({ min: 0, max: 5_000 });

const commands = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("add" as const),
        human,
        presence: fc.constantFrom(...PRESENCES),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("change" as const),
        human,
        presence: fc.constantFrom(...PRESENCES),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), human }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("reserve" as const),
        transfer,
        exclude: fc.subarray(["a", "b", "c"], { maxLength: 2 }),
        leaseMs,
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("accept" as const), transfer, leaseMs }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("release" as const), transfer }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
  ),
  { minLength: 10, maxLength: 40 },
);

type Command = ReturnType<(typeof commands)["generate"]>["value"][number];
type Queue = ReturnType<typeof agentQueueOf>;

/** @returns what the queue and the model answer. */
async function run(queue: Queue, model: Model, command: Command): Promise<[unknown, unknown]> {
  const { nowMs } = model;
  switch (command.kind) {
    case "add": {
      const { human: id, presence } = command;
      const phone = `+1415555100${id.charCodeAt(0) - 97}`;
      const added = await queue.addHuman({ id, name: id, phone, sip: null, presence, createdAt: 1 });
      const isNew = !model.presence.has(id);
      if (isNew) model.presence.set(id, presence);
      return [added.ok, isNew];
    }
    case "change": {
      const { human: id, presence } = command;
      const changed = await queue.changeHuman(id, { presence });
      const isThere = model.presence.has(id);
      if (isThere) model.presence.set(id, presence);
      return [changed.ok, isThere];
    }
    case "remove": {
      const removed = await queue.removeHuman(command.human);
      return [removed.ok ? "ok" : removed.error, model.remove(command.human)];
    }
    case "reserve": {
      const { transfer: transferId, exclude } = command;
      const leaseUntilMs = nowMs + command.leaseMs;
      const answer = await queue.reserve({ transferId, callId: transferId, exclude, leaseUntilMs });
      const id = answer.kind === "reserved" ? answer.human.id : null;
      return [id, model.reserve(transferId, exclude, leaseUntilMs)];
    }
    case "accept": {
      const untilMs = nowMs + command.leaseMs;
      return [await queue.accept(command.transfer, untilMs), model.accept(command.transfer, untilMs)];
    }
    case "release":
      await queue.release(command.transfer);
      model.release(command.transfer);
      return [null, null];
    case "wait":
      model.nowMs += command.ms;
      vi.setSystemTime(model.nowMs);
      return [null, null];
    case "evict":
      await evictDurableObject(queue);
      return [null, null];
  }
}

test("a queue answers as the list does, and nobody is reserved twice", async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
      const queue = agentQueueOf(env, newId("queue"));
      const model = new Model();
      await queue.isBusy();
      /** What the queue itself said, whatever the list thinks. */
      const told = new Map<string, { id: string; untilMs: number }>();
      for (const command of steps) {
        const [answered, expected] = await run(queue, model, command);
        expect(answered, command.kind).toEqual(expected);

        if (command.kind === "release") told.delete(command.transfer);
        if (command.kind === "accept" && answered === true) {
          const held = told.get(command.transfer);
          if (held !== undefined) held.untilMs = model.nowMs + command.leaseMs;
        }
        if (command.kind === "reserve") {
          const { transfer: transferId } = command;
          const before = told.get(transferId);
          told.delete(transferId);
          if (typeof answered === "string") {
            const untilMs = model.nowMs + command.leaseMs;
            const isSame = before?.id === answered && before.untilMs > model.nowMs;
            told.set(transferId, {
              id: answered,
              untilMs: isSame ? Math.max(before.untilMs, untilMs) : untilMs,
            });
          }
        }
        const live = [...told.values()].filter(({ untilMs }) => untilMs > model.nowMs).map(({ id }) => id);
        expect(new Set(live).size).toBe(live.length);

        const { humans } = await queue.listHumans({ limit: 10, offset: 0 });
        expect(humans.map(({ id, presence }) => [id, presence])).toEqual([...model.presence].toSorted());
        const reserved = humans.filter(({ isReserved }) => isReserved).map(({ id }) => id);
        expect(reserved).toEqual(model.reserved());
        expect(reserved).toEqual(live.toSorted());
        expect(await queue.availability()).toEqual({
          available: model.free().length > 0,
          depth: model.depth(),
        });
        expect(await queue.isBusy()).toBe(reserved.length > 0);
      }
    }),
    { numRuns: 60 },
  );
});
