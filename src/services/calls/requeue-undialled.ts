import { findUndialled } from "../../db/calls.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { sendDials } from "../../queues/queues.ts";
import type { ServiceContext } from "../context.ts";

/** A message that is older than this was lost, or its call waits for its turn and minds no second one. */
const LOST_AFTER_SECONDS = 60;
/** The most that one `sendBatch` takes. */
const BATCH_SIZE = 100;

/** Sends the dial messages again that the queue may have lost. Answers how many. */
export async function requeueUndialled({ env, db }: ServiceContext): Promise<number> {
  const before = toEpochSeconds(Date.now()) - LOST_AFTER_SECONDS;
  const callIds = await findUndialled(db, before, BATCH_SIZE);
  await sendDials(
    env,
    callIds.map((callId) => ({ call_id: callId })),
  );
  return callIds.length;
}
