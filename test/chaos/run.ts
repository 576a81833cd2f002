// npm run chaos: many calls, and the power that fails in the midst of them. Afterwards three ledgers must agree: what
// the API acknowledged, what the carrier placed, and what is stored.
//
// The carrier is an instance of its own, which is never killed. Runs of several seeds overlap, for most of their time
// they wait for what only time brings: one begins when the instances of the one before are up.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../../src/cli/options.ts";
import { bundle } from "../runtime/bundle.ts";
import { judgeCounts, judgeLeftovers } from "./judge-counts.ts";
import { judgeLog } from "./judge-log.ts";
import { judgeCalls } from "./judge.ts";
import { judgeWebhooks } from "./judge-webhooks.ts";
import { readOrg, readStored } from "./ledgers.ts";
import { runLoad } from "./load.ts";
import { parseChaosOptions } from "./options.ts";
import { planOf, type Plan } from "./plan.ts";
import { Receiver } from "./receiver.ts";
import { describe, figuresOf, type RunResult } from "./report.ts";
import { settle } from "./settle.ts";
import type { Verdict } from "./verdict.ts";
import { openWorld } from "./world.ts";

const options = readOptions(parseChaosOptions);
const { calls, kills, seeds, keep } = options;
const folder = mkdtempSync(join(tmpdir(), "trunkline-chaos-"));
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(130));
process.once("exit", () => {
  if (keep) console.log(`The state is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const beganMs = Date.now();
const script = bundle(folder);
const runs: Promise<RunResult>[] = [];
for (const seed of seeds) {
  const opened = Promise.withResolvers<void>();
  const run = play(planOf({ calls, kills, seed }), opened.resolve);
  runs.push(run);
  await Promise.race([opened.promise, run]);
}
const results = await Promise.all(runs);
const failed = results.filter(({ verdict }) => verdict.findings.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
const secondsInAll = Math.round((Date.now() - beganMs) / 1_000);
console.log(JSON.stringify({ ok: failed === 0, seconds: secondsInAll, runs: results.map(figuresOf) }));
process.exit(failed === 0 ? 0 : 1);

async function play(plan: Plan, onOpened: () => void): Promise<RunResult> {
  const startedMs = Date.now();
  const place = join(folder, `seed-${plan.seed}`);
  mkdirSync(place);
  const receiver = new Receiver(plan.seed);
  await receiver.start();
  const world = await openWorld(place, script, receiver);
  onOpened();
  const load = await runLoad(plan, world);
  const open = await settle(world, receiver);
  const orgs = await Promise.all(world.orgs.map(readOrg));
  await Promise.all([world.product.stop(), world.carrier.stop()]);
  await receiver.stop();
  const stored = readStored(world);
  const { hasWebhooks } = world;
  const { findings, deviations } = judgeCalls({ load, orgs, stored });
  const phones = [
    ...plan.calls.map(({ to }) => to),
    ...plan.callers.map(({ from }) => from),
    ...world.humans,
    ...world.orgs.map(({ number }) => number),
  ];
  const verdict: Verdict = {
    deviations,
    findings: [
      ...load.surprises.map((detail) => ({ rule: "an answer that no client should get", detail })),
      ...open.map((detail) => ({ rule: "something never came to its end", detail })),
      ...findings,
      ...judgeCounts(orgs, stored),
      ...judgeLeftovers(orgs, stored),
      ...(hasWebhooks ? judgeWebhooks(receiver, stored, load) : []),
      ...judgeLog(readFileSync(world.product.log, "utf8"), { secrets: world.secrets, phones }),
    ],
  };
  const seconds = (Date.now() - startedMs) / 1_000;
  const result = { plan, load, stored, orgs, verdict, hasWebhooks, seconds };
  console.log(describe(result, { calls, kills }));
  return result;
}
