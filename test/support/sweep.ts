// Calls that are known by their rows alone, and the cron that looks after them.

import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { newId } from "../../src/lib/ids.ts";
import { read } from "./api.ts";
import { FROM, type Organisation } from "./organisation.ts";
import { until } from "./wait.ts";

type Row = {
  secondsAgo: number;
  status?: string;
  projectedSeq?: number;
  answered?: boolean;
  callType?: "inbound" | "outbound";
  carrierCallId?: string;
};

let numbers = 0;

export async function insertCall(org: Organisation, row: Row): Promise<string> {
  const callId = newId("call");
  numbers += 1;
  await env.DB.prepare(
    `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status,
       started_at, answered_at, projected_seq, carrier_call_id, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, unixepoch() - ?6, ?, ?, ?, ?)`.replace("?6", String(row.secondsAgo)),
  )
    .bind(
      callId,
      org.orgId,
      org.campaignId,
      org.carrierId,
      row.callType ?? "outbound",
      FROM,
      `+1415556${String(numbers).padStart(4, "0")}`,
      row.status ?? "dialing",
      row.answered ? 1_780_000_000 : null,
      row.projectedSeq ?? 0,
      row.carrierCallId ?? null,
      row.status === "ended" ? 1_780_000_000 : null,
    )
    .run();
  return callId;
}

export function runCron(): Promise<void> {
  const controller = createScheduledController({ cron: "* * * * *", scheduledTime: new Date() });
  return Promise.resolve(worker.scheduled(controller, env));
}

/** A queue brings the end about. */
export function readEnded(org: Organisation, callId: string) {
  return until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
}
