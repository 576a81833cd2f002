import { analyseLost } from "../../agent/analysis/rules.ts";
import { findCarrier } from "../../db/carriers.ts";
import { endLiveRow, type LiveRow } from "../../db/live-rows.ts";
import { logError } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { callSessionOf, carrierGateOf, liveBoardOf } from "../../stubs/stubs.ts";
import { openProvider } from "../../telephony/registry.ts";
import type { ServiceContext } from "../context.ts";

/** Gives up those of the calls that no object knows. One that can't be is no hindrance to the others. */
export async function giveUpCalls(context: ServiceContext, rows: readonly LiveRow[]): Promise<number> {
  const ended = await Promise.all(
    rows.map((row) =>
      giveUpCall(context, row).catch((error: unknown) => {
        logError("call_not_swept", error, { call_id: row.id });
        return false;
      }),
    ),
  );
  return ended.filter(Boolean).length;
}

/** No call lives as long as this: the longest talk there can be, with a human agent's part. */
const LONGEST_LIFE_SECONDS = 108_000;

/**
 * Ends a call whose row lives and that no object knows; one that an object knows is that object's to end, and is
 * looked after by it anew. What the object owed the outside is done first and the row ended last, so that a failure
 * leaves the row for the next sweep.
 */
async function giveUpCall(context: ServiceContext, row: LiveRow): Promise<boolean> {
  const { env, db } = context;
  if (await isVouchedFor(env, row)) return false;
  await Promise.all([
    hangUp(context, row),
    liveBoardOf(env, row.orgId).show(row.id, Number.MAX_SAFE_INTEGER, null),
    carrierGateOf(env, row.carrierId).release(row.id),
  ]);
  if (!(await endLiveRow(db, row, toEpochSeconds(Date.now()), analyseLost))) return false;
  logError("call_given_up", "no object knows it", { call_id: row.id, status: row.status });
  return true;
}

/** An object that can't be asked is taken at its row's word, until no call could live any more. */
async function isVouchedFor(env: Env, row: LiveRow): Promise<boolean> {
  try {
    return await callSessionOf(env, row.id).vouch();
  } catch (error) {
    if (row.startedAt > toEpochSeconds(Date.now()) - LONGEST_LIFE_SECONDS) throw error;
    logError("call_unreadable", error, { call_id: row.id });
    return false;
  }
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
