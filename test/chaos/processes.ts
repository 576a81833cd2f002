// Instances as processes: each leads a process group of its own, so that a kill takes the runtime below it along, as
// a power cut would.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isBusy } from "../../src/cli/local-worker.ts";
import type { Settings } from "./settings.ts";

const SCRIPT = fileURLToPath(new URL("instance.ts", import.meta.url));
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 20_000;
/** Somebody else may have taken the port since. */
const FREE_WITHIN_MS = 20_000;

/** Groups that this process has started and not seen the end of. */
const running = new Set<ChildProcess>();

/** However the harness ends, nothing of it goes on. */
process.once("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});

/** One instance, whose process comes and goes while its state stays. */
export class InstanceProcess {
  readonly #settings: Settings;
  readonly #file: string;
  /** What all its processes have printed, one after the other. */
  readonly log: string;
  #child: ChildProcess | null = null;
  /** Starts after which it did not answer in time, and was started once more. */
  hungStarts = 0;
  /** Has all loaded that it needs, and waits for its turn: the power is back sooner. */
  #spare: ChildProcess | null = null;

  constructor(settings: Settings) {
    mkdirSync(settings.folder, { recursive: true });
    this.#settings = settings;
    this.#file = join(settings.folder, "settings.json");
    this.log = join(settings.folder, "log");
    writeFileSync(this.#file, JSON.stringify(settings), { mode: 0o600 });
    writeFileSync(this.log, "");
  }

  get folder(): string {
    return this.#settings.folder;
  }

  get url(): string {
    return urlOf(this.#settings.port);
  }

  /**
   * Settles once it answers. A start was seen to hang, the runtime up and the process that leads it silent: it gets a
   * second try, which is told of.
   *
   * @param again whether it is likely to be killed, and started again.
   */
  async start({ again = false } = {}): Promise<void> {
    if (!(await this.#begin())) {
      this.hungStarts += 1;
      await this.kill();
      if (!(await this.#begin())) {
        throw new Error(`${this.#settings.folder} did not start:\n${this.#lastWords()}`);
      }
    }
    if (again) this.#spare = this.#spawn();
  }

  /** Whether it came to answer in time. */
  async #begin(): Promise<boolean> {
    const child = this.#spare ?? this.#spawn();
    this.#spare = null;
    this.#child = child;
    const late = AbortSignal.timeout(READY_WITHIN_MS);
    const isReady = Promise.race([
      once(child, "message", { signal: late }).then(() => true),
      once(child, "exit", { signal: late }).then(() => false),
    ]).catch(() => false);
    child.send("begin");
    return isReady;
  }

  /** Ends it as a power cut would. It is gone once this settles. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const gone = hasEnded(child) ? null : once(child, "exit");
    signal(child, "SIGKILL");
    await gone;
    this.#child = null;
    // The leader's end is not yet that of the runtime below it.
    const deadline = Date.now() + FREE_WITHIN_MS;
    while (await isBusy(this.#settings.port)) {
      if (Date.now() > deadline) throw new Error(`Port ${this.#settings.port} is still taken after a kill`);
      await pause(5);
    }
  }

  /** Lets it put its state in order and end. */
  async stop(): Promise<void> {
    if (this.#spare !== null) signal(this.#spare, "SIGKILL");
    const child = this.#child;
    if (child === null) return;
    if (!hasEnded(child)) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => signal(child, "SIGKILL"), STOP_WITHIN_MS);
      await gone;
      clearTimeout(timer);
    }
    await this.kill();
  }

  #spawn(): ChildProcess {
    const output = openSync(this.log, "a");
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", SCRIPT, this.#file], {
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    });
    closeSync(output);
    running.add(child);
    child.once("exit", () => running.delete(child));
    return child;
  }

  #lastWords(): string {
    return readFileSync(this.log, "utf8").slice(-4_000);
  }
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}
