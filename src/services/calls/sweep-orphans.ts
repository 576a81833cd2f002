import { sampleUnderWay } from "../../db/live-rows.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";
import { giveUpCalls } from "./give-up-call.ts";

/** Younger calls are left alone: most are over before this. */
const LOOKED_AFTER_SECONDS = 300;
const AT_MOST = 200;

/** Asks after calls that live by their rows, and has those ended that no object vouches for. */
export async function sweepOrphans(context: ServiceContext): Promise<void> {
  const before = toEpochSeconds(Date.now()) - LOOKED_AFTER_SECONDS;
  const calls = await sampleUnderWay(context.db, before, AT_MOST);
  const orphans = await giveUpCalls(context, calls);
  if (orphans > 0) logInfo("orphans_swept", { asked: calls.length, given_up: orphans });
}
