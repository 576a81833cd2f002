// Runs the Worker on this machine: migrated, seeded once, its clock for cron poked. Wrangler is the runtime;
// it runs in a process group of its own, because killing only its parent would leave workerd behind.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { openDemoQueues } from "./demo-queues.ts";
import { buildAssets } from "./assets.ts";
import { closeFolder, openInstance, saveInstance, writePrivately, type Instance } from "./instance.ts";
import { REPOSITORY, type DevOptions } from "./options.ts";
import { connectNumber } from "./sandbox-calls.ts";
import { seedSql } from "./seed.ts";
import { modelVariables, variablesFile } from "./worker-variables.ts";

const WRANGLER = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
const CRON_EVERY_MS = 5_000;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;

export type LocalWorker = {
  url: string;
  instance: Instance;
  /** Settles with the exit code when the Worker has ended. */
  ended: Promise<number | null>;
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
};

export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

const children = new Set<ChildProcess>();

/** Ends all that was started here, and waits until it is gone. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...children].map(stopGroup));
}

/** Ends all on Ctrl-C, whenever it comes, and then the process itself. A second one does not cut that short. */
export function stopOnSignal(cleanUp: () => Promise<void> = async () => {}): void {
  let isStopping = false;
  for (const [name, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(name, () => {
      if (isStopping) return;
      isStopping = true;
      void stopEverything()
        .then(cleanUp)
        .then(() => process.exit(code));
    });
  }
}

/** @param output where the Worker's own output goes: to ours, or only into an error if it fails to start. */
export async function startLocalWorker(
  options: DevOptions,
  output: "inherit" | "quiet",
): Promise<LocalWorker> {
  const { port, stateFolder } = options;
  await refuseBusyPort(port);
  claimFolder(stateFolder);
  await buildAssets();
  const instance = await prepare(stateFolder);
  const url = localUrl(port);
  const variables = variablesOf({ url, speed: options.speed, instance });
  // A wrong one is told at once, and not by a Worker that does not serve.
  readConfig(variables);
  const vars = join(stateFolder, "trunkline.vars");
  writePrivately(vars, variablesFile(variables));
  const child = runWrangler(
    ["dev", "--port", String(port), "--inspector-port", "0", "--persist-to", stateFolder, "--env-file", vars],
    output,
  );
  // The model's key is in it; the next start writes it anew.
  child.once("exit", () => rmSync(vars, { force: true }));
  const log = collect(child);
  const ended = endOf(child);
  try {
    await untilReady(url, ended);
    await connectNumber(url, instance);
    if (!instance.staffed) {
      await openDemoQueues(url, instance.apiKey);
      saveInstance(stateFolder, { ...instance, staffed: true });
    }
  } catch (error) {
    await stopEverything();
    throw new Error(`The local Worker did not start.\n${log()}`, { cause: error });
  }
  const cron = setInterval(() => void pokeCron(url), CRON_EVERY_MS);
  void ended.then(() => clearInterval(cron));
  const kill = async (): Promise<void> => {
    if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
    await ended;
    // Wrangler's end is not yet that of the runtime below it.
    while (await isBusy(port)) await new Promise((resume) => setTimeout(resume, 20));
  };
  return { url, instance, ended, kill };
}

/** A port that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    // Below those that systems give to connections that go out: one of these could take it before it is used.
    const port = randomInt(20_000, 32_000);
    if (!(await isBusy(port))) return port;
  }
}

/** Another instance on the port would answer for ours. */
async function refuseBusyPort(port: number): Promise<void> {
  if (await isBusy(port)) throw new Error(`Port ${port} is in use; choose another with -- --port N`);
}

/** Whether somebody listens on the port. */
export async function isBusy(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return true;
  }
  server.close();
  await once(server, "close");
  return false;
}

/** Two instances on one folder would take each other's settings and state. */
function claimFolder(stateFolder: string): void {
  closeFolder(stateFolder);
  const file = join(stateFolder, "trunkline.pid");
  const owner = existsSync(file) ? Number(readFileSync(file, "utf8")) : null;
  if (owner !== null && owner !== process.pid && isRunning(owner)) {
    throw new Error(`${stateFolder} is in use by process ${owner}; choose another with -- --persist-to DIR`);
  }
  writePrivately(file, String(process.pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function prepare(stateFolder: string): Promise<Instance> {
  const instance = await openInstance(stateFolder);
  await runToEnd(["d1", "migrations", "apply", "DB", "--local", "--persist-to", stateFolder]);
  if (instance.seeded) return instance;
  const file = join(stateFolder, "trunkline.seed.sql");
  writePrivately(file, await seedSql(instance.seed, instance.credentialsKey));
  await runToEnd(["d1", "execute", "DB", "--local", "--persist-to", stateFolder, "--file", file]);
  const seeded = { ...instance, seeded: true };
  saveInstance(stateFolder, seeded);
  return seeded;
}

function variablesOf(from: { url: string; speed: number; instance: Instance }): Record<string, string> {
  return {
    PUBLIC_BASE_URL: from.url,
    CREDENTIALS_KEY: from.instance.credentialsKey,
    SANDBOX_SECRET: from.instance.sandboxSecret,
    SANDBOX_SPEED: String(from.speed),
    ...modelVariables(process.env),
  };
}

function runWrangler(args: string[], output: "inherit" | "quiet"): ChildProcess {
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    cwd: REPOSITORY,
    detached: true,
    stdio: ["ignore", output === "inherit" ? "inherit" : "pipe", output === "inherit" ? "inherit" : "pipe"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return once(child, "exit").then(([code]) => code as number | null);
}

async function runToEnd(args: string[]): Promise<void> {
  const child = runWrangler(args, "quiet");
  const log = collect(child);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`wrangler ${args.slice(0, 3).join(" ")} failed\n${log()}`);
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  }
  return () => chunks.join("").slice(-4_000);
}

async function untilReady(url: string, ended: Promise<number | null>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const early = ended.then((code) => {
    throw new Error(`It ended with exit code ${code}`);
  });
  for (;;) {
    const response = await Promise.race([fetch(`${url}/healthz`).catch(() => null), early]);
    if (response?.ok === true) break;
    if (Date.now() > deadline) throw new Error("It did not answer in time");
    await new Promise((resume) => setTimeout(resume, 100));
  }
  // From here on an end is no failure to start.
  early.catch(() => null);
}

async function pokeCron(url: string): Promise<void> {
  // A poke that fails is followed by the next.
  await fetch(`${url}/cdn-cgi/handler/scheduled`).catch(() => null);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = endOf(child);
  const group = -child.pid;
  signal(group, "SIGTERM");
  const timer = setTimeout(() => signal(group, "SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
  // Whatever of the group outlived its leader.
  signal(group, "SIGKILL");
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(group, name);
  } catch {
    // The group is gone already.
  }
}
