import { findCarrier } from "../../db/carriers.ts";
import { endLiveRow, type LiveRow } from "../../db/live-rows.ts";
import { logError } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { callSessionOf, carrierGateOf, liveBoardOf } from "../../stubs/stubs.ts";
import { openProvider } from "../../telephony/registry.ts";
import type { ServiceContext } from "../context.ts";

/**
 * Ends a call whose row lives and that no object knows; one that an object knows is that object's to end, and is
 * looked after by it anew. What the object owed the outside is done first and the row ended last, so that a failure
 * leaves the row for the next sweep.
 */
export async function giveUpCall(context: ServiceContext, row: LiveRow): Promise<boolean> {
  const { env, db } = context;
  if (await callSessionOf(env, row.id).vouch()) return false;
  await Promise.all([
    hangUp(context, row),
    liveBoardOf(env, row.orgId).show(row.id, Number.MAX_SAFE_INTEGER, null),
    carrierGateOf(env, row.carrierId).release(row.id),
  ]);
  if (!(await endLiveRow(db, row, toEpochSeconds(Date.now())))) return false;
  logError("call_given_up", "no object knows it", { call_id: row.id, status: row.status });
  return true;
}

/** Nobody else will. A carrier that can't be told ends the call by its own limit. */
async function hangUp({ db, config }: ServiceContext, row: LiveRow): Promise<void> {
  if (row.carrierCallId === null) return;
  try {
    const account = await findCarrier(db, row.carrierId, Date.now());
    if (account === null) return;
    const provider = await openProvider(account, config);
    const result = await provider.hangUp(row.carrierCallId);
    if (result.kind === "failed") throw new Error(result.detail);
  } catch (error) {
    logError("orphan_not_hung_up", error, { call_id: row.id });
  }
}
