import { findLiveRow, findUndialled, type LiveRow } from "../../db/live-rows.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendDials } from "../../queues/queues.ts";
import type { ServiceContext } from "../context.ts";
import { giveUpCalls } from "./give-up-call.ts";

/** A message that is older than this was lost, or its call waits for its turn and minds no second one. */
const LOST_AFTER_SECONDS = 60;
/** A call that this long after its dial deadline has no object never will: its plan can't be read. */
const GIVEN_UP_AFTER_SECONDS = 60;
const AT_MOST = 1_000;

/**
 * Takes up the calls that were accepted and not dialled: sends their messages again, and has those given up whose time
 * is over.
 */
export async function sweepUndialled(context: ServiceContext): Promise<void> {
  const { env, db } = context;
  const calls = await findUndialled(db, toEpochSeconds(Date.now()) - LOST_AFTER_SECONDS, AT_MOST);
  const late = calls.filter((call) => isOverdue(context, call));
  const waiting = calls.filter((call) => !isOverdue(context, call));
  await sendDials(
    env,
    waiting.map((call) => ({ call_id: call.id })),
  );
  const given = await giveUpCalls(context, late);
  if (calls.length > 0) logInfo("undialled_swept", { requeued: waiting.length, given_up: given });
}

/** The queue has given the call up. If its time is over so do we, else the sweep tries again. */
export async function giveUpUndialled(context: ServiceContext, callId: string): Promise<void> {
  const call = await findLiveRow(context.db, callId);
  if (call !== null && isOverdue(context, call)) await giveUpCalls(context, [call]);
}

function isOverdue({ config }: ServiceContext, { startedAt }: LiveRow): boolean {
  const deadline = startedAt + config.DIAL_DEADLINE_SECONDS + GIVEN_UP_AFTER_SECONDS;
  return deadline < toEpochSeconds(Date.now());
}
