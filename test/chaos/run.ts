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
import { judgeRun } from "./judge-run.ts";
import { readOrg, readStored } from "./ledgers.ts";
import { runLoad } from "./load.ts";
import { parseChaosOptions } from "./options.ts";
import { planOf, type Plan } from "./plan.ts";
import type { InstanceProcess } from "./processes.ts";
import { Receiver } from "./receiver.ts";
import { describe, figuresOf, figuresOfBroken, type Figures } from "./report.ts";
import { settle } from "./settle.ts";
import { count } from "./verdict.ts";
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
const runs: Promise<Figures>[] = [];
for (const seed of seeds) {
  const opened = Promise.withResolvers<void>();
  const run = play(planOf({ calls, kills, seed }), opened.resolve);
  runs.push(run);
  await Promise.race([opened.promise, run]);
}
const results = await Promise.all(runs);
const failed = results.filter(({ findings }) => findings.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
const secondsInAll = Math.round((Date.now() - beganMs) / 1_000);
console.log(JSON.stringify({ ok: failed === 0, seconds: secondsInAll, runs: results }));
process.exit(failed === 0 ? 0 : 1);

/** A run that breaks off is a finding, and the others go on. */
async function play(plan: Plan, onOpened: () => void): Promise<Figures> {
  const startedMs = Date.now();
  const place = join(folder, `seed-${plan.seed}`);
  mkdirSync(place);
  const receiver = new Receiver(plan.seed);
  await receiver.start();
  const instances: InstanceProcess[] = [];
  try {
    const world = await openWorld(place, { plan, script, receiver, instances });
    onOpened();
    const load = await runLoad(plan, world);
    const open = await settle(world, receiver);
    const orgs = await Promise.all(world.orgs.map(readOrg));
    await Promise.all(instances.map((instance) => instance.stop()));
    const stored = readStored(world);
    const phones = [...world.humans, ...world.orgs.map(({ number }) => number)];
    const log = readFileSync(world.product.log, "utf8");
    const { secrets } = world;
    const verdict = judgeRun({ plan, load, orgs, stored, webhooks: receiver, open, log, secrets, phones });
    if (world.product.hungStarts > 0) count(verdict, "start that hung", world.product.hungStarts);
    const seconds = (Date.now() - startedMs) / 1_000;
    const figures = figuresOf({ plan, load, stored, verdict, seconds });
    console.log(describe(figures, { calls, kills }));
    return figures;
  } catch (error) {
    const figures = figuresOfBroken(plan, error);
    console.log(describe(figures, { calls, kills }));
    return figures;
  } finally {
    await Promise.allSettled(instances.map((instance) => instance.stop()));
    await receiver.stop();
  }
}
