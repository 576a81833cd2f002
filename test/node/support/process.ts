// Runs the project's own npm scripts as a user would.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

export type Script = { child: ChildProcess; stdout: () => string; stderr: () => string };

/** Starts `npm run --silent NAME -- ARGS` in a process group of its own. */
export function startScript(name: string, args: string[], env: Record<string, string> = {}): Script {
  const child = spawn("npm", ["run", "--silent", name, "--", ...args], {
    cwd: REPOSITORY,
    detached: true,
    env: { ...process.env, ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return { child, stdout: () => output.stdout, stderr: () => output.stderr };
}

/** Runs a script to its end. */
export async function runScript(name: string, args: string[] = [], env: Record<string, string> = {}) {
  const script = startScript(name, args, env);
  const [code] = await once(script.child, "close");
  return { code: Number(code), stdout: script.stdout(), stderr: script.stderr() };
}

/** Settles once the script has printed `text`; fails if it ends before. */
export async function untilPrinted(script: Script, text: string): Promise<void> {
  const ended = once(script.child, "close").then(() => {
    throw new Error(`It ended before it printed ${text}:\n${script.stdout()}\n${script.stderr()}`);
  });
  ended.catch(() => null);
  while (!script.stdout().includes(text)) {
    await Promise.race([once(script.child.stdout ?? process.stdin, "data"), ended]);
  }
}

/** Ends a script as Ctrl-C in its terminal would, and waits until it is gone. */
export async function interrupt({ child }: Script): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, "SIGINT");
  await once(child, "close");
}
