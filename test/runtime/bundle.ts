// The Worker as it is deployed, in one file.

import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { REPOSITORY } from "../../src/cli/options.ts";

/**
 * @param folder takes the bundle. @param entry stands in for the Worker's own. @param aliases modules that stand in for
 * packages. Answers the script's path.
 */
export function bundle(
  folder: string,
  entry = "src/index.ts",
  aliases: Readonly<Record<string, string>> = {},
): string {
  const out = join(folder, "bundle");
  const standIns = Object.entries(aliases).flatMap(([name, module]) => ["--alias", `${name}:${module}`]);
  runWrangler(["deploy", entry, "--dry-run", "--env", "production", "--outdir", out, ...standIns]);
  return join(out, basename(entry).replace(/\.ts$/, ".js"));
}

/** Its output is shown only where it is of errors. */
export function runWrangler(args: readonly string[]): void {
  execFileSync(process.execPath, [join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
}
