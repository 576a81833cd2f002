// The Worker as it is deployed, in one file.

import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { REPOSITORY } from "../../src/cli/options.ts";

/** @param folder takes the bundle. @param entry stands in for the Worker's own. Answers the script's path. */
export function bundle(folder: string, entry = "src/index.ts"): string {
  const out = join(folder, "bundle");
  const wrangler = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", entry, "--dry-run", "--env", "production", "--outdir", out];
  execFileSync(process.execPath, [wrangler, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  return join(out, basename(entry).replace(/ts$/, "js"));
}
