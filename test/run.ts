// npm test: all tests. Those in the Worker's runtime mostly wait, so beside them run those that start processes.
//
// What is said behind `npm test --` goes to both: `npm test -- webhooks`.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../src/cli/options.ts";

type Outcome = { passed: number; failed: number };

/** @param show what it does with each piece of the output. */
async function run(project: string, show: (text: string) => void): Promise<Outcome> {
  const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
  const args = ["run", "--config", "test/vitest.config.ts", "--project", project, "--passWithNoTests"];
  const child = spawn(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let end = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      show(text);
      end = (end + text).slice(-LENGTH_OF_END);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const counts = /^ *Tests {2}.*$/m.exec(end.replaceAll(COLOURS, ""))?.[0] ?? "";
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(counts)?.[1] ?? 0);
  // A run that failed without counting a failure (an unhandled error, a crash) failed all the same.
  return { passed: count("passed"), failed: Math.max(count("failed"), code === 0 ? 0 : 1) };
}

/** In so many characters the counts stand. */
const LENGTH_OF_END = 20_000;

/** How terminals are told of colours. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001B\[[\d;]*m/g;

// Two that speak at once would not be understood: one is heard when both are done.
const held: string[] = [];
const outcomes = await Promise.all([
  run("worker", (text) => process.stdout.write(text)),
  run("node", (text) => held.push(text)),
]);
process.stdout.write(held.join(""));
const sum = (of: keyof Outcome) => outcomes.reduce((all, one) => all + one[of], 0);
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
