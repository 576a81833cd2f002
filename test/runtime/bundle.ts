// The Worker as it is deployed, in one file.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../../src/cli/options.ts";

/** @param folder takes the bundle. Answers the script's path. */
export function bundle(folder: string): string {
  const out = join(folder, "bundle");
  const wrangler = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
  const args = ["deploy", "--dry-run", "--env", "production", "--outdir", out];
  execFileSync(process.execPath, [wrangler, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
  return join(out, "index.js");
}
