// What a run has come to, in words, and as one line of JSON.

import type { Finding, Verdict } from "./verdict.ts";
import type { StoredLedger } from "./ledgers.ts";
import type { LoadLedger } from "./load.ts";
import type { Plan } from "./plan.ts";

export type RunResult = {
  plan: Plan;
  load: LoadLedger;
  stored: StoredLedger;
  verdict: Verdict;
  seconds: number;
};

export type Figures = {
  seed: number;
  calls: number;
  callers: number;
  kills: number;
  restart_seconds: { least: number; most: number };
  calls_per_second: number;
  submission_unknown_share: number;
  /** Calls that no outage touched. */
  strict: number;
  endings: Record<string, number>;
  deviations: Record<string, number>;
  findings: Finding[];
  seconds: number;
};

export function figuresOf({ plan, load, stored, verdict, seconds }: RunResult): Figures {
  const outbound = stored.calls.filter(({ call_type: type }) => type === "outbound");
  // Those that the sandbox refuses with a 500 end so by the contract.
  const unknown = outbound.filter(
    ({ ended_reason: reason, to_number: to }) => reason === "submission_unknown" && !to.endsWith("0040"),
  );
  const restarts = load.outages.map(({ restartMs }) => restartMs / 1_000);
  return {
    seed: plan.seed,
    calls: load.acknowledged.length,
    callers: load.callers.length,
    kills: load.outages.length,
    restart_seconds: {
      least: restarts.length === 0 ? 0 : Math.min(...restarts),
      most: Math.max(...restarts, 0),
    },
    calls_per_second: round(load.acknowledged.length / load.seconds),
    submission_unknown_share: round(unknown.length / Math.max(1, outbound.length), 4),
    strict: verdict.strict,
    endings: tally(stored.calls.map(({ outcome, ended_reason: reason }) => `${outcome}/${reason}`)),
    deviations: verdict.deviations,
    findings: verdict.findings,
    seconds: round(seconds),
  };
}

/** Of a run that could not be judged. */
export function figuresOfBroken({ seed }: Plan, error: unknown): Figures {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    seed,
    calls: 0,
    callers: 0,
    kills: 0,
    restart_seconds: { least: 0, most: 0 },
    calls_per_second: 0,
    submission_unknown_share: 0,
    strict: 0,
    endings: {},
    deviations: {},
    findings: [{ rule: "the run broke off", detail }],
    seconds: 0,
  };
}

export function describe(figures: Figures, { calls, kills }: { calls: number; kills: number }): string {
  const { restart_seconds: restart } = figures;
  const lines = [
    `Seed ${figures.seed}: ${figures.calls} calls placed and ${figures.callers} taken, ${figures.kills} kills` +
      (figures.kills === 0 ? "" : ` (back after ${restart.least} to ${restart.most} s)`) +
      `, ${figures.calls_per_second} calls a second, ${figures.seconds} s in all`,
    `  submission_unknown, without the numbers that the carrier fails on: ${(figures.submission_unknown_share * 100).toFixed(2)} %`,
    `  judged strictly, for no outage touched them: ${figures.strict} of ${figures.calls}`,
    ...table("endings", figures.endings),
    ...table("that a kill may honestly cause", figures.deviations),
    ...figures.findings.slice(0, MOST_SHOWN).map(describeFinding),
    ...(figures.findings.length > MOST_SHOWN ? [`  … ${figures.findings.length} in all`] : []),
  ];
  if (figures.findings.length > 0) {
    lines.push(`  again: npm run chaos -- --calls ${calls} --kills ${kills} --seed ${figures.seed} --keep`);
  }
  return lines.join("\n");
}

/** Beyond these one fault shows in many calls. */
const MOST_SHOWN = 50;

function describeFinding({ rule, detail, callId, behaves }: Finding): string {
  const about = [behaves, callId].filter((part) => part !== undefined).join(" ");
  return `  FAIL ${rule}: ${about}${about === "" ? "" : ": "}${detail}`;
}

function table(title: string, counts: Record<string, number>): string[] {
  const cells = Object.entries(counts).toSorted((a, b) => b[1] - a[1]);
  return [`  ${title}: ${cells.map(([name, count]) => `${name} ${count}`).join(", ") || "none"}`];
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function round(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
