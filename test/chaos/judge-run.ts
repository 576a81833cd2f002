// All judges, over all that a run has left.

import { judgeCounts, judgeLeftovers } from "./judge-counts.ts";
import { judgeLines } from "./judge-lines.ts";
import { judgeLog } from "./judge-log.ts";
import { judgeSweeps } from "./judge-sweeps.ts";
import { judgeTalks } from "./judge-talks.ts";
import { judgeWebhooks, type WebhookLedger } from "./judge-webhooks.ts";
import { judgeCalls } from "./judge.ts";
import type { OrgLedger, StoredLedger } from "./ledgers.ts";
import type { LoadLedger } from "./load.ts";
import type { Plan } from "./plan.ts";
import type { Verdict } from "./verdict.ts";

export type RunLedger = {
  plan: Plan;
  load: LoadLedger;
  orgs: readonly OrgLedger[];
  stored: StoredLedger;
  webhooks: WebhookLedger;
  /** What never came to its end. */
  open: readonly string[];
  log: string;
  secrets: Record<string, string>;
  /** Of the people behind the queues, and of the organisations. */
  phones: readonly string[];
};

export function judgeRun(run: RunLedger): Verdict {
  const { plan, load, orgs, stored, webhooks, open, log, secrets } = run;
  const verdict = judgeCalls({ load, orgs, stored });
  judgeSweeps(verdict, { log, calls: stored.calls, outages: load.outages });
  judgeStrictness(verdict, plan);
  const phones = [...plan.calls.map(({ to }) => to), ...plan.callers.map(({ from }) => from), ...run.phones];
  verdict.findings.push(
    ...load.surprises.map((detail) => ({ rule: "an answer that no client should get", detail })),
    ...open.map((detail) => ({ rule: "something never came to its end", detail })),
    ...judgeLines({ load, orgs, stored }),
    ...judgeTalks({ load, orgs, stored }),
    ...judgeCounts(orgs, stored),
    ...judgeLeftovers(orgs, stored),
    ...judgeWebhooks(webhooks, stored, load),
    ...judgeLog(log, { secrets, phones }),
  );
  return verdict;
}

/** Where kills excuse everything, nothing is proved. */
export function judgeStrictness(
  verdict: Verdict,
  { calls, calmFrom }: Pick<Plan, "calls" | "calmFrom">,
): void {
  const least = calls.length - calmFrom;
  if (verdict.strict >= least) return;
  const detail = `${verdict.strict} calls that no outage touched, and ${least} were to be`;
  verdict.findings.push({ rule: "too little was judged strictly", detail });
}
