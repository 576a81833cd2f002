import { sampleUnderWay } from "../../db/live-rows.ts";
import { logInfo } from "../../lib/log.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import type { ServiceContext } from "../context.ts";
import { giveUpCalls } from "./give-up-call.ts";

/** Younger calls are left alone: most are over before this. */
const LOOKED_AFTER_SECONDS = 300;
/** A call that came in is written down and begun in one breath: where only the first was done, the second never will be. */
const UNBEGUN_SECONDS = 60;
const AT_MOST = 200;

/** Asks after calls that live by their rows, and has those ended that no object vouches for. */
export async function sweepOrphans(context: ServiceContext): Promise<void> {
  const now = toEpochSeconds(Date.now());
  const age = { beforeSeconds: now - LOOKED_AFTER_SECONDS, unbegunSeconds: now - UNBEGUN_SECONDS };
  const calls = await sampleUnderWay(context.db, age, AT_MOST);
  const orphans = await giveUpCalls(context, calls);
  if (orphans > 0) logInfo("orphans_swept", { asked: calls.length, given_up: orphans });
}
