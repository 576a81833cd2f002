import { endUndialled, findUndialled } from "../../db/calls.ts";
import { logError } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendDials } from "../../queues/queues.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { ServiceContext } from "../context.ts";

/** A message that is older than this was lost, or its call waits for its turn and minds no second one. */
const LOST_AFTER_SECONDS = 60;
/** A call that this long after its dial deadline has no object never will: its plan can't be read. */
const GIVEN_UP_AFTER_SECONDS = 60;
const AT_MOST = 1_000;

/**
 * Takes up the calls that were accepted and not dialled: sends their messages again, and ends those whose time
 * is over and that no object knows. One that an object has is that object's to end.
 */
export async function sweepUndialled(context: ServiceContext): Promise<{ requeued: number; ended: number }> {
  const { env, db, config } = context;
  const now = toEpochSeconds(Date.now());
  const calls = await findUndialled(db, now - LOST_AFTER_SECONDS, AT_MOST);
  const overdue = now - config.DIAL_DEADLINE_SECONDS - GIVEN_UP_AFTER_SECONDS;
  const late = calls.filter((call) => call.startedAt < overdue);
  const waiting = calls.filter((call) => call.startedAt >= overdue);
  await sendDials(
    env,
    waiting.map((call) => ({ call_id: call.id })),
  );
  const ended = await Promise.all(late.map((call) => endIfUnknown(context, call.id, now)));
  return { requeued: waiting.length, ended: ended.filter(Boolean).length };
}

async function endIfUnknown(
  { env, db }: ServiceContext,
  callId: string,
  nowSeconds: number,
): Promise<boolean> {
  if ((await callSessionOf(env, callId).snapshot()) !== null) return false;
  if ((await endUndialled(db, callId, nowSeconds)) === null) return false;
  logError("call_given_up", "no object ever took it on", { call_id: callId });
  return true;
}
