// npm run check: everything that can be known of the code without running it, side by side. Each check is a
// command that fails with a message; the last line counts them.

import { spawnSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintContract } from "./contract.ts";

type Outcome = { ok: boolean; output: string };

const CHECKS: Record<string, () => Promise<Outcome> | Outcome> = {
  "types of the Worker": () => run("tsc", "--noEmit", "-p", "tsconfig.json"),
  "types of the command line": () => run("tsc", "--noEmit", "-p", "src/cli/tsconfig.json"),
  "types of the desk": () => run("tsc", "--noEmit", "-p", "src/desk/tsconfig.json"),
  "types of the tests": () => run("tsc", "--noEmit", "-p", "test/tsconfig.json"),
  "types of the checks": () => run("tsc", "--noEmit", "-p", ".ci/tsconfig.json"),
  "types of the tests in Node": () => run("tsc", "--noEmit", "-p", "test/node/tsconfig.json"),
  "types of the tests in the browser": () => run("tsc", "--noEmit", "-p", "test/browser/tsconfig.json"),
  lint: () => run("oxlint", "--deny-warnings"),
  format: () => run("oxfmt", "--check"),
  "binding types are fresh": () =>
    run("wrangler", "types", "--include-runtime=false", "src/worker-configuration.d.ts", "--check"),
  "what customers name is asked as from the public internet": asksPublicly,
  "migrations are fresh": migrationsAreFresh,
  "migrations drop nothing": migrationsDropNothing,
  "the published contract passes redocly's recommended rules": contractPasses,
};

const results = await Promise.all(
  Object.entries(CHECKS).map(async ([name, check]) => [name, await check()] as const),
);
for (const [name, { ok, output }] of results)
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${ok ? "" : `\n${output}`}`);
const failed = results.filter(([, { ok }]) => !ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function run(command: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(command, args, {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const [code] = await once(child, "close");
  return { ok: code === 0, output };
}

async function contractPasses(): Promise<Outcome> {
  const problems = await lintContract().catch((error: Error) => [String(error.stack)]);
  return { ok: problems.length === 0, output: problems.join("\n") };
}

/** Without this flag a customer's address in the deployment's own zone is asked past the zone's firewall. */
function asksPublicly(): Outcome {
  const ok = /^compatibility_flags = \[.*"global_fetch_strictly_public".*\]$/m.test(
    readFileSync("wrangler.toml", "utf8"),
  );
  return { ok, output: "wrangler.toml lacks the compatibility flag global_fetch_strictly_public" };
}

/** The schema in code and the newest migration say the same: generating again adds nothing. */
function migrationsAreFresh(): Outcome {
  const copy = mkdtempSync(join(tmpdir(), "trunkline-migrations-"));
  try {
    cpSync("migrations", copy, { recursive: true });
    const before = readdirSync(copy).length;
    const { status, stdout, stderr } = spawnSync(
      "drizzle-kit",
      ["generate", "--dialect", "sqlite", "--schema", "src/db/schema.ts", "--out", copy],
      { encoding: "utf8" },
    );
    const fresh = status === 0 && readdirSync(copy).length === before;
    return { ok: fresh, output: `${stdout}${stderr}\nRun npm run db:generate` };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A rebuilt table loses its triggers without a word, and a replaced or cascading row its rollups. */
function migrationsDropNothing(): Outcome {
  const forbidden =
    /\bDROP\s+(TABLE|TRIGGER|COLUMN)\b|\bRENAME\s+TO\b|\bON\s+DELETE\s+CASCADE\b|\bOR\s+REPLACE\s+INTO\s+[`"]?calls\b/i;
  const output = readdirSync("migrations")
    .filter((file) => file.endsWith(".sql"))
    .flatMap((file) =>
      readFileSync(join("migrations", file), "utf8")
        .split("\n")
        .flatMap((line, index) =>
          forbidden.test(line) ? [`migrations/${file}:${index + 1}: ${line.trim()}`] : [],
        ),
    )
    .join("\n");
  return { ok: output === "", output };
}
