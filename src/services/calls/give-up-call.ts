import { analyseLost } from "../../agent/analysis/rules.ts";
import { toDeliveries } from "../../contract/call-events.ts";
import type { CallEventMessage } from "../../contract/messages.ts";
import { toldByRow, toRecord } from "../../db/call-records.ts";
import { findCarrier } from "../../db/carriers.ts";
import { openAtPrimary } from "../../db/d1-sessions.ts";
import { endLiveRow, findLiveRow, type LiveRow } from "../../db/live-rows.ts";
import { readLostForEvents } from "../../db/webhook-endpoints.ts";
import { customerEventsOfLost } from "../../domain/call/customer-events.ts";
import { logError } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendCallEvent } from "../../queues/queues.ts";
import { handOver, recipientsOf } from "../../stubs/hand-over.ts";
import { callSessionOf, carrierGateOf, liveBoardOf } from "../../stubs/stubs.ts";
import { openProvider } from "../../telephony/registry.ts";
import type { ServiceContext } from "../context.ts";

type Message = Extract<CallEventMessage, { type: "call_given_up" }>;

/** Has those of the calls given up that no object knows. One that can't be is no hindrance to the others. */
export async function giveUpCalls({ env }: ServiceContext, rows: readonly LiveRow[]): Promise<number> {
  const given = await Promise.all(
    rows.map(async (row) => {
      try {
        if (await isVouchedFor(env, row)) return false;
        const { id, orgId, projectedSeq } = row;
        await sendCallEvent(env, {
          type: "call_given_up",
          call_id: id,
          org_id: orgId,
          projected_seq: projectedSeq,
        });
        return true;
      } catch (error) {
        logError("call_not_swept", error, { call_id: row.id });
        return false;
      }
    }),
  );
  return given.filter(Boolean).length;
}

/**
 * Ends a call whose row lives and that no object knows, and tells its customer. By a queue, for there is no object that
 * would owe the telling. While the row lives the sweep sends the message again; once it has ended this throws to be
 * tried again, and tells the same each time, to those that have not heard it.
 */
export async function giveUpCall(context: ServiceContext, message: Message): Promise<void> {
  const row = await findLiveRow(context.db, message.call_id);
  if (row?.projectedSeq === message.projected_seq) {
    await endCall(context, row).catch((error: unknown) => {
      logError("call_not_given_up", error, { call_id: row.id });
    });
  }
  await tellOfEnd(context, message);
}

/** No call lives as long as this: the longest talk there can be, with a human agent's part. */
const LONGEST_LIFE_SECONDS = 108_000;

/**
 * A call that an object knows is that object's to end, and is looked after by it anew. What the object owed the outside
 * is done first and the row ended last, so that a failure leaves the row for the next sweep.
 */
async function endCall(context: ServiceContext, row: LiveRow): Promise<void> {
  const { env, db } = context;
  if (await isVouchedFor(env, row)) return;
  await Promise.all([
    hangUp(context, row),
    liveBoardOf(env, row.orgId).show(row.id, Number.MAX_SAFE_INTEGER, null),
    carrierGateOf(env, row.carrierId).release(row.id),
  ]);
  if (!(await endLiveRow(db, row, toEpochSeconds(Date.now()), analyseLost))) return;
  logError("call_given_up", "no object knows it", { call_id: row.id, status: row.status });
}

/** Unless its object has ended the call after all, which then tells of it. */
async function tellOfEnd({ env, config }: ServiceContext, message: Message): Promise<void> {
  const { call_id: callId, org_id: orgId, projected_seq: projectedSeq, webhook_ids: unheard } = message;
  const { call, subscriptions, bookmark } = await readLostForEvents(openAtPrimary(env.DB), orgId, callId);
  if (call === null || call.row.projectedSeq !== projectedSeq || call.row.endedAt === null) return;
  const { outcome, answeredAt, endedAt } = call.row;
  const events = customerEventsOfLost({ projectedSeq, outcome, answeredAt, endedAt });
  const record = toRecord(call, toldByRow(call), config.PUBLIC_BASE_URL);
  const deliveries = await toDeliveries({ orgId, call: record, bookmark, contextOf: () => null }, events);
  const recipients = recipientsOf(
    subscriptions,
    deliveries,
    (webhookId) => unheard !== undefined && !unheard.includes(webhookId),
  );
  const missed = await handOver(env, recipients);
  if (missed.length === 0) return;
  // Those that have it are asked no more: an endpoint that has dropped it meanwhile would send it again. Each such message
  // is for fewer than the one before, so that they come to an end.
  if (missed.length < recipients.length) await sendCallEvent(env, { ...message, webhook_ids: missed });
  else throw new Error(`Not reached: ${missed.join(", ")}`);
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
