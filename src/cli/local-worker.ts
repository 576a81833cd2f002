// Runs the Worker on this machine: migrated, seeded once, its clock for cron poked. Wrangler is the runtime;
// it runs in a process group of its own, because killing only its parent would leave workerd behind.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { openInstance, saveInstance, writePrivately, type Instance } from "./instance.ts";
import { REPOSITORY, type DevOptions } from "./options.ts";
import { seedSql } from "./seed.ts";

const WRANGLER = join(REPOSITORY, "node_modules/wrangler/bin/wrangler.js");
const CRON_EVERY_MS = 5_000;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;

export type LocalWorker = {
  url: string;
  instance: Instance;
  /** Settles when the Worker has ended, by `stop` or by itself. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
};

export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** @param output where the Worker's own output goes: to ours, or only into an error if it fails to start. */
export async function startLocalWorker(
  options: DevOptions,
  output: "inherit" | "quiet",
): Promise<LocalWorker> {
  const { port, stateFolder } = options;
  const instance = await prepare(stateFolder);
  const url = localUrl(port);
  const vars = join(stateFolder, "trunkline.vars");
  writePrivately(vars, varsFile({ url, speed: options.speed, instance }));
  const child = runWrangler(
    ["dev", "--port", String(port), "--inspector-port", "0", "--persist-to", stateFolder, "--env-file", vars],
    output,
  );
  const log = collect(child);
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const stop = (): Promise<void> => stopGroup(child, ended);
  try {
    await untilReady(url, ended);
  } catch (error) {
    await stop();
    throw new Error(`The local Worker did not start.\n${log()}`, { cause: error });
  }
  const cron = setInterval(() => void pokeCron(url), CRON_EVERY_MS);
  void ended.then(() => clearInterval(cron));
  return { url, instance, ended, stop };
}

/** A port that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
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

function varsFile(from: { url: string; speed: number; instance: Instance }): string {
  return [
    `PUBLIC_BASE_URL="${from.url}"`,
    `CREDENTIALS_KEY="${from.instance.credentialsKey}"`,
    `SANDBOX_SECRET="${from.instance.sandboxSecret}"`,
    `SANDBOX_SPEED="${from.speed}"`,
    "",
  ].join("\n");
}

function runWrangler(args: string[], output: "inherit" | "quiet"): ChildProcess {
  return spawn(process.execPath, [WRANGLER, ...args], {
    cwd: REPOSITORY,
    detached: true,
    stdio: ["ignore", output === "inherit" ? "inherit" : "pipe", output === "inherit" ? "inherit" : "pipe"],
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
  });
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

async function stopGroup(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
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
