// A local instance of a test's own: `npm run dev` on a free port, its state in a folder that goes with it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { findFreePort } from "../../../src/cli/local-worker.ts";
import { interrupt, runScript, startScript, untilPrinted, type Script } from "./process.ts";

const info = z.object({
  url: z.string(),
  sandbox: z.object({ base_url: z.string(), account_sid: z.string(), auth_token: z.string() }),
});

export type DevServer = {
  url: string;
  /** Shell commands that set what the README's commands use. */
  shell: string;
  /** What stands for https://api.twilio.com. */
  apiBaseUrl: string;
  accountSid: string;
  authToken: string;
};

const started: { script: Script; folder: string }[] = [];

/** @param speed how many times faster than life the sandbox's people ring and talk. */
export async function startDevServer(speed: number): Promise<DevServer> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-dev-"));
  const instance = ["--port", String(await findFreePort()), "--persist-to", folder];
  const script = startScript("dev", [...instance, "--speed", String(speed)]);
  started.push({ script, folder });
  await untilPrinted(script, "Trunkline runs at");
  const [{ stdout }, { stdout: shell }] = await Promise.all([
    runScript("dev:info", instance),
    runScript("dev:info", [...instance, "--shell"]),
  ]);
  const { url, sandbox } = info.parse(JSON.parse(stdout));
  const { base_url: apiBaseUrl, account_sid: accountSid, auth_token: authToken } = sandbox;
  return { url, shell, apiBaseUrl, accountSid, authToken };
}

/** Also those that were still on their way up. */
export async function stopDevServers(): Promise<void> {
  for (const { script, folder } of started.splice(0)) {
    await interrupt(script);
    rmSync(folder, { recursive: true, force: true });
  }
}
