import { toLiveCall } from "../../contract/live-call.ts";
import type { LiveCalls } from "../../contract/live.ts";
import type { CallType } from "../../domain/call/status.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { liveBoardOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** The organisation's calls that live now, as its board has them (contract A6). */
export async function listLiveCalls(
  { env, orgId }: OrgContext,
  callType: CallType | "all",
): Promise<LiveCalls> {
  const entries = await askTwice(async () => liveBoardOf(env, orgId).list());
  const now = toEpochSeconds(Date.now());
  const calls = entries
    .filter((entry) => callType === "all" || entry.callType === callType)
    .map((entry) => toLiveCall(entry, now))
    .toReversed();
  return { calls, total: calls.length };
}
