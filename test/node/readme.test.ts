// The README's commands do what it says: each is run as it is printed, in its order, against `npm run dev`; and no
// operation of the API is without one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startDevServer, stopDevServers, type DevServer } from "./support/dev-server.ts";

const folder = mkdtempSync(join(tmpdir(), "trunkline-readme-"));
const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const PART = /^## The API, by curl$[\s\S]*?(?=^## )/m.exec(README)?.[0] ?? "";

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer(20);
}, 120_000);

afterAll(async () => {
  await stopDevServers();
  rmSync(folder, { recursive: true, force: true });
});

/** What stands before the commands: a `curl` that fails when it is refused, and how the test waits for a call. */
const PRELUDE = `
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@" | tee -a answers.log; }
until_call() {
  for _ in $(seq 300); do
    if command curl --silent "$URL/v1/calls/$1" -H "Authorization: Bearer $API_KEY" | grep -q "$2"; then return; fi
    sleep 0.1
  done
  echo "The call never came to $2" >&2
  return 1
}
`;

/** The commands of the part in their order, with the places where a reader waits for a call. */
function scriptOf(markdown: string): string {
  const steps = markdown.matchAll(/^```sh\n([\s\S]*?)^```$|^<!-- wait: (\S+) (\w+) -->$/gm);
  return [...steps]
    .map(([, commands, call, state]) => commands ?? `until_call ${call} '${WAITED_FOR[state ?? ""]}'`)
    .join("\n");
}

const WAITED_FOR: Record<string, string> = {
  in_progress: '"status":"in_progress"',
  greeted: '"speaker":"agent"',
  bridged: '"status":"bridged"',
  recorded: '"recording_url":"http',
};

test("every command of the README works as it is printed", async () => {
  const script = `${PRELUDE}\n${server.shell}\n${scriptOf(PART)}`;
  const bash = spawn("bash", ["-c", script], { cwd: folder });
  let errors = "";
  bash.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  bash.stdout.resume();
  const [code] = await once(bash, "close");
  const answers = code === 0 ? "" : readFileSync(join(folder, "answers.log"), "utf8").slice(-2_000);
  expect({ code, errors, answers }).toEqual({ code: 0, errors: "", answers: "" });
}, 110_000);

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

test("every operation has its command", async () => {
  const { paths } = documentSchema.parse(await (await fetch(`${server.url}/openapi.json`)).json());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ["get", "post", "patch", "delete"].includes(method) && !path.startsWith("/ws/"))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.length).toBeGreaterThan(40);
  const shown = commandsOf(PART);
  const missing = operations.filter((operation) => !shown.some((command) => isOf(command, operation)));
  expect(missing).toEqual([]);
});

/** `METHOD path` of each curl, as curl chooses the method. */
function commandsOf(markdown: string): string[] {
  const oneLine = markdown.replaceAll("\\\n", " ");
  return [...oneLine.matchAll(/\bcurl\b([^\n]*(?:\n {2,}[^\n]*)*)/g)].map(([, rest = ""]) => {
    const method = /-X (\w+)/.exec(rest)?.[1] ?? (/ -d /.test(rest) ? "POST" : "GET");
    const path = /"\$URL([^"?]*)/.exec(rest)?.[1] ?? "";
    return `${method} ${path}`;
  });
}

function isOf(command: string, operation: string): boolean {
  const pattern = operation.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join("[^/]+")}$`).test(command);
}
