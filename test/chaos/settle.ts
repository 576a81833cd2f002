// Waits until nothing is left to do: every call has ended at the product and at the carrier, is analysed, and owes
// nothing any more, and every event of it was taken.

import { setTimeout as pause } from "node:timers/promises";
import { listCalls } from "./carrier.ts";
import { readDatabase } from "./files.ts";
import { readOwed } from "./ledgers.ts";
import type { Receiver } from "./receiver.ts";
import type { World } from "./world.ts";

const LOOK_EVERY_MS = 500;
/**
 * The longest that the product may take by its own rules: an event whose second try fails waits for five minutes, and a
 * recording of which no notice came is asked for after two.
 */
const WITHIN_MS = 420_000;

/** Answers what is still open when the time is over; nothing, if all is well. */
export async function settle(world: World, receiver: Receiver): Promise<string[]> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const open = await findOpen(world, receiver);
    if (open.length === 0 || Date.now() > deadline) return open;
    await pause(LOOK_EVERY_MS);
  }
}

/** The cheap questions first: the next is asked once there is nothing left to the one before. */
async function findOpen({ product, orgs }: World, receiver: Receiver): Promise<string[]> {
  const { folder } = product;
  const calls = readDatabase(folder, (query) =>
    query<{ id: string; status: string }>(
      "SELECT id, status FROM calls WHERE status <> 'ended' OR analysis IS NULL",
    ),
  );
  if (calls.length > 0) return calls.map(({ id, status }) => `${id} is ${status}, or not analysed`);
  const owed = readOwed(folder);
  if (owed.length > 0) return owed.map(({ call_id: id, key }) => `${id} owes ${key}`);
  const lines = (await Promise.all(orgs.map(({ account }) => listCalls(account)))).flat();
  const open = lines.filter(({ end_time: end }) => end === null);
  if (open.length > 0) return open.map(({ sid, status }) => `${sid} is ${status} at the carrier`);
  const pending = await receiver.countPending();
  return pending === 0 ? [] : [`${pending} events are still to be delivered`];
}
