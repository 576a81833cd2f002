import { filterLive, findCarriersInArrears } from "../../db/live-rows.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { carrierGateOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/** A call that has waited this long may wait for slots that nobody uses. */
const WAITED_SECONDS = 60;
/** So many of the calls whose slots were taken back are named in the log. */
const NAMED_CALLS = 20;

/**
 * Takes slots back whose calls have ended. Every call gives its own back, and a lease runs out by itself, so this is
 * for accounts alone at which calls wait.
 */
export async function sweepSlots({ env, db }: ServiceContext): Promise<void> {
  const carrierIds = await findCarriersInArrears(db, toEpochSeconds(Date.now()) - WAITED_SECONDS);
  await Promise.all(
    carrierIds.map(async (carrierId) => {
      const gate = carrierGateOf(env, carrierId);
      const held = await gate.heldBy();
      const live = await filterLive(db, held);
      const lost = held.filter((callId) => !live.has(callId));
      await Promise.all(lost.map((callId) => gate.release(callId)));
      if (lost.length === 0) return;
      const named = lost.slice(0, NAMED_CALLS);
      logInfo("slots_swept", { carrier_id: carrierId, released: lost.length, call_ids: named });
    }),
  );
}
