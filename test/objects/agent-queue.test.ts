import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HumanRequest, HumanReservation, NewHuman } from "../../src/domain/human-queue.ts";
import { newId } from "../../src/lib/ids.ts";
import { agentQueueOf } from "../../src/stubs/stubs.ts";

const NOW_MS = Date.UTC(2090, 0, 1);
const LEASE_MS = 60_000;
const ALL = { limit: 100, offset: 0 };

const queueOf = () => agentQueueOf(env, newId("queue"));
type Queue = ReturnType<typeof queueOf>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

function humanOf(id: string, changes: Partial<NewHuman> = {}): NewHuman {
  const reached = { phone: `+1415555${1000 + id.charCodeAt(0)}`, sip: null };
  return { id, name: `Human ${id}`, ...reached, presence: "available", createdAt: 3_786_912_000, ...changes };
}

async function queueWith(...ids: string[]): Promise<Queue> {
  const queue = queueOf();
  for (const id of ids) expect(await queue.addHuman(humanOf(id))).toMatchObject({ ok: true });
  return queue;
}

function requestOf(transferId: string, changes: Partial<HumanRequest> = {}): HumanRequest {
  const leaseUntilMs = Date.now() + LEASE_MS;
  return { transferId, callId: `call of ${transferId}`, exclude: [], leaseUntilMs, ...changes };
}

const idOf = (answer: HumanReservation) => (answer.kind === "reserved" ? answer.human.id : null);

async function reserve(queue: Queue, transferId: string, changes: Partial<HumanRequest> = {}) {
  return idOf(await queue.reserve(requestOf(transferId, changes)));
}

async function reservedIn(queue: Queue): Promise<string[]> {
  const { humans } = await queue.listHumans(ALL);
  return humans.filter(({ isReserved }) => isReserved).map(({ id }) => id);
}

describe("who is in the queue", () => {
  test("is listed oldest first, a page at a time, with how many there are", async () => {
    const queue = await queueWith("c", "a", "b");
    const idsOf = async (limit: number, offset: number) => {
      const { humans, total } = await queue.listHumans({ limit, offset });
      return [humans.map(({ id }) => id), total];
    };
    expect(await idsOf(100, 0)).toEqual([["a", "b", "c"], 3]);
    expect(await idsOf(2, 0)).toEqual([["a", "b"], 3]);
    expect(await idsOf(2, 2)).toEqual([["c"], 3]);
    expect(await idsOf(2, 4)).toEqual([[], 3]);
    expect(await queueOf().listHumans(ALL)).toEqual({ humans: [], total: 0 });
  });

  test("is found as they were added", async () => {
    const queue = queueOf();
    const mia = humanOf("a", { phone: null, sip: "sip:mia@example.com", presence: "offline" });
    expect(await queue.addHuman(mia)).toEqual({ ok: true, value: { ...mia, isReserved: false } });
    expect(await queue.findHuman("a")).toEqual({ ...mia, isReserved: false });
    expect(await queue.findHuman("b")).toBeNull();
  });

  test("has a number, an address and an id that nobody else in this queue has", async () => {
    const queue = await queueWith("a");
    const sip = "sip:mia@example.com";
    const { phone } = humanOf("a");
    const taken = { ok: false, error: "already_exists" };
    expect(await queue.addHuman(humanOf("b", { phone }))).toEqual(taken);
    expect(await queue.addHuman(humanOf("b", { phone: null, sip }))).toMatchObject({ ok: true });
    expect(await queue.addHuman(humanOf("c", { phone: null, sip }))).toEqual(taken);
    expect(await queue.addHuman({ ...humanOf("c"), id: "a" })).toEqual(taken);
    expect(await queue.addHuman(humanOf("c"))).toMatchObject({ ok: true });
    expect((await queue.listHumans(ALL)).total).toBe(3);
    expect(await queueOf().addHuman(humanOf("b", { phone }))).toMatchObject({ ok: true });
  });

  test("changes by what is said, and keeps the rest", async () => {
    const queue = await queueWith("a");
    const before = { ...humanOf("a"), isReserved: false };
    expect(await queue.changeHuman("a", {})).toEqual({ ok: true, value: before });
    const renamed = { ...before, name: "Mia", presence: "busy" as const };
    expect(await queue.changeHuman("a", { name: "Mia", presence: "busy" })).toEqual({
      ok: true,
      value: renamed,
    });
    expect(await queue.findHuman("a")).toEqual(renamed);
  });

  test("has one address: a new one takes the place of the other", async () => {
    const queue = await queueWith("a");
    const bySip = { phone: null, sip: "sip:mia@example.com" };
    expect(await queue.changeHuman("a", { sip: bySip.sip })).toMatchObject({ ok: true, value: bySip });
    expect(await queue.findHuman("a")).toMatchObject(bySip);
    const byPhone = { phone: "+14155550199", sip: null };
    expect(await queue.changeHuman("a", { phone: byPhone.phone })).toMatchObject({ value: byPhone });
    expect(await queue.findHuman("a")).toMatchObject(byPhone);
  });

  test("can't be changed into another, but into themselves", async () => {
    const queue = await queueWith("a", "b");
    const { phone } = humanOf("a");
    expect(await queue.changeHuman("b", { phone, name: "Ben" })).toEqual({
      ok: false,
      error: "already_exists",
    });
    expect(await queue.findHuman("b")).toMatchObject({ name: "Human b", phone: humanOf("b").phone });
    expect(await queue.changeHuman("a", { phone })).toMatchObject({ ok: true });
    expect(await queue.changeHuman("c", { name: "Cleo" })).toEqual({ ok: false, error: "not_found" });
  });

  test("can leave, but not while reserved", async () => {
    const queue = await queueWith("a");
    await queue.reserve(requestOf("t"));
    expect(await queue.removeHuman("a")).toEqual({ ok: false, error: "in_use" });
    await queue.release("t");
    expect(await queue.removeHuman("a")).toEqual({ ok: true, value: null });
    expect(await queue.removeHuman("a")).toEqual({ ok: false, error: "not_found" });
    expect(await queue.listHumans(ALL)).toEqual({ humans: [], total: 0 });
    expect(await queue.addHuman(humanOf("a"))).toMatchObject({ ok: true });
  });
});

describe("a reservation", () => {
  test("tells whom to ring, and how", async () => {
    const queue = await queueWith("a");
    const { id, name, phone, sip } = humanOf("a");
    expect(await queue.reserve(requestOf("t"))).toEqual({
      kind: "reserved",
      human: { id, name, phone, sip },
    });
    expect(await queue.findHuman("a")).toMatchObject({ isReserved: true });
    expect(await queue.reserve(requestOf("u"))).toEqual({ kind: "none" });
  });

  test("of a hundred calls at once goes to three of three people, each once", async () => {
    const queue = await queueWith("a", "b", "c");
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => queue.reserve(requestOf(`t${index}`))),
    );
    const reserved = answers.map(idOf).filter((id) => id !== null);
    expect(reserved.toSorted()).toEqual(["a", "b", "c"]);
    expect(await queue.availability()).toEqual({ available: false, depth: 3 });
  });

  test("asked for again is the same, and takes nobody else", async () => {
    const queue = await queueWith("a", "b");
    const asked = await Promise.all(Array.from({ length: 5 }, () => reserve(queue, "t")));
    expect(asked).toEqual(["a", "a", "a", "a", "a"]);
    expect(await reservedIn(queue)).toEqual(["a"]);
    expect(await reserve(queue, "t", { exclude: ["b"] })).toBe("a");
  });

  test("goes to the next where the one before is to be left out", async () => {
    const queue = await queueWith("a", "b");
    expect(await reserve(queue, "t")).toBe("a");
    expect(await reserve(queue, "t", { exclude: ["a"] })).toBe("b");
    expect(await reservedIn(queue)).toEqual(["b"]);
    expect(await reserve(queue, "u")).toBe("a");
    expect(await reserve(queue, "t", { exclude: ["a", "b"] })).toBeNull();
    expect(await reservedIn(queue)).toEqual(["a"]);
  });

  test("goes round: who was offered a call, or had one, waits longest", async () => {
    const queue = await queueWith("a", "b", "c");
    const turns = [];
    for (const transfer of ["t", "u", "v", "w"]) {
      turns.push(await reserve(queue, transfer));
      pass(1_000);
      await queue.release(transfer);
    }
    expect(turns).toEqual(["a", "b", "c", "a"]);
    await queue.reserve(requestOf("x"));
    await queue.reserve(requestOf("y"));
    pass(1_000);
    await queue.release("y");
    pass(1_000);
    await queue.release("x");
    expect([await reserve(queue, "z"), await reserve(queue, "0"), await reserve(queue, "1")]).toEqual([
      "a",
      "c",
      "b",
    ]);
  });

  test("given back twice is given back once", async () => {
    const queue = await queueWith("a");
    await queue.reserve(requestOf("t"));
    await queue.release("t");
    expect(await reserve(queue, "u")).toBe("a");
    await queue.release("t");
    await queue.release("never heard of");
    expect(await reservedIn(queue)).toEqual(["a"]);
  });

  test("outlives what the person says of their presence, who is offered nothing afterwards", async () => {
    const queue = await queueWith("a");
    await queue.reserve(requestOf("t"));
    expect(await queue.changeHuman("a", { presence: "offline" })).toMatchObject({
      ok: true,
      value: { presence: "offline", isReserved: true },
    });
    expect(await reserve(queue, "t")).toBe("a");
    expect(await queue.accept("t", Date.now() + LEASE_MS)).toBe(true);
    await queue.release("t");
    expect(await reserve(queue, "u")).toBeNull();
    expect(await queue.availability()).toEqual({ available: false, depth: 0 });
    await queue.changeHuman("a", { presence: "available" });
    expect(await reserve(queue, "u")).toBe("a");
  });
});

describe("what the queue says of itself", () => {
  test("is whether somebody could be reserved, and how many calls are being offered to it", async () => {
    const queue = await queueWith("a", "b");
    expect(await queue.availability()).toEqual({ available: true, depth: 0 });
    await queue.reserve(requestOf("t"));
    expect(await queue.availability()).toEqual({ available: true, depth: 1 });
    await queue.reserve(requestOf("u"));
    expect(await queue.availability()).toEqual({ available: false, depth: 2 });
    await queue.accept("t", Date.now() + LEASE_MS);
    expect(await queue.availability()).toEqual({ available: false, depth: 1 });
    await queue.release("t");
    expect(await queue.availability()).toEqual({ available: true, depth: 1 });
    expect(await queueOf().availability()).toEqual({ available: false, depth: 0 });
  });

  test("counts a call once, though an earlier transfer of it never came back", async () => {
    const queue = await queueWith("a", "b");
    await queue.reserve(requestOf("t", { callId: "one" }));
    await queue.reserve(requestOf("u", { callId: "one" }));
    expect(await queue.availability()).toEqual({ available: false, depth: 1 });
  });

  test("is that it is busy while somebody is reserved, accepted or not", async () => {
    const queue = await queueWith("a");
    expect(await queue.isBusy()).toBe(false);
    await queue.reserve(requestOf("t"));
    expect(await queue.isBusy()).toBe(true);
    await queue.accept("t", Date.now() + LEASE_MS);
    expect(await queue.isBusy()).toBe(true);
    await queue.release("t");
    expect(await queue.isBusy()).toBe(false);
  });

  test("is nothing once it was closed, and stays nothing", async () => {
    const queue = await queueWith("a", "b");
    await queue.close();
    await queue.close();
    await evictDurableObject(queue);
    expect(await queue.listHumans(ALL)).toEqual({ humans: [], total: 0 });
    expect(await queue.addHuman(humanOf("a"))).toEqual({ ok: false, error: "closed" });
    expect(await reserve(queue, "u")).toBeNull();
    expect(await queue.availability()).toEqual({ available: false, depth: 0 });
  });

  const ends: [string, (queue: Queue) => Promise<unknown>][] = [
    ["they are released", (queue) => queue.release("t")],
    [
      "their lease ends",
      async (queue) => {
        pass(10 * LEASE_MS);
        await queue.isBusy();
      },
    ],
    ["another is asked for", (queue) => reserve(queue, "t", { exclude: ["a"] })],
  ];

  test.for(ends)("keeps who is reserved as it is closed, until %s", async ([, end]) => {
    const queue = await queueWith("a", "b");
    await queue.reserve(requestOf("t"));
    await queue.close();
    expect(await reservedIn(queue)).toEqual(["a"]);
    expect(await reserve(queue, "t")).toBe("a");
    expect(await reserve(queue, "u")).toBeNull();
    expect(await queue.accept("t", Date.now() + 10 * LEASE_MS)).toBe(true);
    await end(queue);
    expect(await queue.listHumans(ALL)).toEqual({ humans: [], total: 0 });
    expect(await queue.isBusy()).toBe(false);
  });
});

describe("a lease", () => {
  const asks: [string, (queue: Queue) => Promise<unknown>, unknown][] = [
    ["reserve", (queue) => reserve(queue, "u"), "a"],
    ["availability", (queue) => queue.availability(), { available: true, depth: 0 }],
    ["listHumans", (queue) => reservedIn(queue), []],
    ["findHuman", async (queue) => (await queue.findHuman("a"))?.isReserved, false],
    ["removeHuman", (queue) => queue.removeHuman("a"), { ok: true, value: null }],
    ["isBusy", (queue) => queue.isBusy(), false],
    ["accept", (queue) => queue.accept("t", Date.now() + LEASE_MS), false],
  ];

  test.for(asks)("that ran out is taken back by %s, and not a moment sooner", async ([, ask, free]) => {
    const held = await queueWith("a");
    await held.reserve(requestOf("t"));
    pass(LEASE_MS - 1);
    expect(await ask(held)).not.toEqual(free);
    const lost = await queueWith("a");
    await lost.reserve(requestOf("t"));
    pass(LEASE_MS);
    expect(await ask(lost)).toEqual(free);
  });

  test("is extended by asking again, and never shortened", async () => {
    const queue = await queueWith("a");
    await queue.reserve(requestOf("t"));
    pass(LEASE_MS - 1);
    expect(await reserve(queue, "t")).toBe("a");
    expect(await reserve(queue, "t", { leaseUntilMs: Date.now() + 1 })).toBe("a");
    pass(LEASE_MS - 1);
    expect(await queue.isBusy()).toBe(true);
    pass(1);
    expect(await queue.isBusy()).toBe(false);
  });

  test("is another once the call was taken, which may be told twice", async () => {
    const queue = await queueWith("a");
    await queue.reserve(requestOf("t"));
    expect(await queue.accept("t", Date.now() + 10 * LEASE_MS)).toBe(true);
    expect(await queue.accept("t", Date.now() + 10 * LEASE_MS)).toBe(true);
    expect(await reserve(queue, "t")).toBe("a");
    expect(await queue.availability()).toEqual({ available: false, depth: 0 });
    pass(10 * LEASE_MS - 1);
    expect(await reserve(queue, "u")).toBeNull();
    pass(1);
    expect(await reserve(queue, "u")).toBe("a");
  });

  test("can't be accepted that was never given or was given back", async () => {
    const queue = await queueWith("a");
    expect(await queue.accept("t", Date.now() + LEASE_MS)).toBe(false);
    await queue.reserve(requestOf("t"));
    await queue.release("t");
    expect(await queue.accept("t", Date.now() + LEASE_MS)).toBe(false);
    expect(await queue.isBusy()).toBe(false);
  });

  test("that ran out makes its person idle from its end on, whoever notices when", async () => {
    const queue = await queueWith("a", "b");
    await queue.reserve(requestOf("t", { leaseUntilMs: Date.now() + 2_000 }));
    await queue.reserve(requestOf("u", { leaseUntilMs: Date.now() + 1_000 }));
    pass(60_000);
    expect([await reserve(queue, "v"), await reserve(queue, "w")]).toEqual(["b", "a"]);
  });

  test("that ran out is not the transfer's any more: it waits its turn like any other", async () => {
    const queue = await queueWith("a", "b");
    expect(await reserve(queue, "t")).toBe("a");
    pass(LEASE_MS);
    expect(await reserve(queue, "t")).toBe("b");
    expect(await reservedIn(queue)).toEqual(["b"]);
  });
});

test("reservations, presence and turns are the same after an eviction", async () => {
  const queue = await queueWith("a", "b", "c", "d");
  await queue.changeHuman("b", { presence: "busy" });
  expect(await reserve(queue, "t")).toBe("a");
  expect(await reserve(queue, "u")).toBe("c");
  await queue.accept("u", Date.now() + 2 * LEASE_MS);
  await queue.reserve(requestOf("v"));
  await queue.release("v");
  const before = [await queue.listHumans(ALL), await queue.availability()];
  await evictDurableObject(queue);
  expect([await queue.listHumans(ALL), await queue.availability()]).toEqual(before);
  expect(before[1]).toEqual({ available: true, depth: 1 });
  expect(await reserve(queue, "t")).toBe("a");
  expect(await reserve(queue, "w", { exclude: ["d"] })).toBeNull();
  await evictDurableObject(queue);
  pass(LEASE_MS);
  expect(await reservedIn(queue)).toEqual(["c"]);
  // D was offered a call and came free of it before A's lease ran out.
  expect([await reserve(queue, "w"), await reserve(queue, "x"), await reserve(queue, "y")]).toEqual([
    "d",
    "a",
    null,
  ]);
});
