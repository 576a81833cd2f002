// npm run talk, as a user runs it: lines are piped in, and each is said once the agent has answered the one before.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { callRecordSchema } from "../../src/contract/calls.ts";
import { TALK_OPTIONS } from "../../src/cli/options.ts";
import { startDevServer, stopDevServers } from "./support/dev-server.ts";
import { interrupt, runScript, startScript, untilPrinted } from "./support/process.ts";

const folder = mkdtempSync(join(tmpdir(), "trunkline-talk-test-"));
/** What a talk leaves behind it leaves here. Which model the tests' own shell names is nothing to them. */
const ENV = {
  TMPDIR: folder,
  MODEL_BASE_URL: "",
  MODEL_NAME: "",
  MODEL_API_KEY: "",
  API_KEY: "",
  AUTH_TOKEN: "",
};

afterAll(async () => {
  await stopDevServers();
  rmSync(folder, { recursive: true, force: true });
});

async function talk(args: string[], lines: string[], secrets: Record<string, string> = {}) {
  const script = startScript("talk", args, { ...ENV, ...secrets });
  script.child.stdin?.end(`${lines.join("\n")}\n`);
  const [code] = await once(script.child, "close");
  return { code: Number(code), stdout: script.stdout(), stderr: script.stderr() };
}

test("talks to the agent's natural end, and prints the record alone with --json", async () => {
  const said = [
    "Yes, go ahead.",
    "I need it for my home office.",
    "",
    "No, that's everything. Goodbye!",
    "Hm?",
  ];
  const who = ["--name", "Sam Lee", "--metadata", '{"product_interest":"Standing Desk"}'];
  const { code, stdout, stderr } = await talk(["--json", "--agent", "Nora", ...who], said);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(stderr).toContain("The agent talks by script");
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const call = callRecordSchema.parse(JSON.parse(stdout));
  expect(call).toMatchObject({ call_type: "outbound", outcome: "connected", ended_reason: "agent_hangup" });
  const speakers = call.transcript.map(({ speaker }) => speaker).join(" ");
  expect(speakers).toBe("agent customer agent customer agent customer agent");
  const words = call.transcript.map(({ text }) => text);
  expect(words[0]).toMatch(/^Hi Sam, this is Nora calling from Luminary Home\./);
  expect(words[2]).toContain("the Standing Desk");
  expect([words[1], words[3], words[5]]).toEqual(said.filter((line) => line !== "").slice(0, 3));
  expect(words[6]).toContain("Have a lovely day");
  expect(stderr).toContain("not said: Hm?");
});

test("takes a call too, shows who says what, and hangs up at the end of the input", async () => {
  const lines = ["Hello, I have a question.", "/dance", "What does a sofa cost?", "/keys 12#"];
  const args = ["--inbound", "--name", "Ann Ray", "--persona", "You are a pirate."];
  const { code, stdout, stderr } = await talk(args, lines);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = stdout.split("\n").filter((line) => /^(Aria|You): /.test(line));
  const speakers = shown.map((line) => line.split(":")[0]);
  expect(speakers).toEqual(["Aria", "You", "Aria", "You", "Aria", "You", "Aria"]);
  expect(shown[0]).toMatch(/^Aria: Hello Ann, thank you for calling Luminary Home/);
  expect([shown[1], shown[3]]).toEqual([`You: ${lines[0]}`, `You: ${lines[2]}`]);
  expect(shown[5]).toBe("You: [pressed 1 2 #]");
  expect(stdout).toContain("The script ignores the persona.\n");
  expect(stdout).toContain("(Type what you say.");
  expect(stdout).toContain("── ended: connected, customer_hangup ──");
  expect(stdout).toMatch(/^Outcome: connected, customer_hangup, after 00:\d\d$/m);
  expect(stdout).toMatch(/^Details: \{/m);
});

test("talks through a running deployment, and leaves its agent as it was", async () => {
  const { url, shell, accountSid, authToken } = await startDevServer(50);
  const [key = "", campaign = ""] = ["API_KEY", "CAMPAIGN_ID"].map(
    (name) => new RegExp(`export ${name}='(.*)'`).exec(shell)?.[1],
  );
  const headers = { authorization: `Bearer ${key}` };
  const read = async (path: string) => (await fetch(`${url}/v1/${path}`, { headers })).json();
  const state = () => Promise.all([`campaigns/${campaign}`, "voice-agents", "contacts"].map(read));
  const before = await state();
  const there = ["--url", url, "--campaign", campaign, "--account-sid", accountSid];
  const secrets = { API_KEY: key, AUTH_TOKEN: authToken };
  const persona = ["--agent", "Nora", "--persona", "You are Nora.", "--language", "en-GB", "--name", "Sam"];
  const { code, stdout, stderr } = await talk([...there, ...persona], ["Yes?", "/hangup"], secrets);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Nora: Hi Sam, this is Nora calling");
  // The deployment may have a model.
  expect(stdout).not.toContain("ignores the persona");
  expect(stdout).toContain("── ended: connected, customer_hangup ──");
  expect(await state()).toEqual(before);

  const refused = await talk(there, ["Yes?"], { ...secrets, AUTH_TOKEN: "wrong" });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("The sandbox refused: 401") });
});

test("Ctrl-C in mid-talk leaves neither process nor file behind", async () => {
  const script = startScript("talk", [], ENV);
  await untilPrinted(script, "Is this a good time to talk?");
  expect(talksIn(folder)).toHaveLength(1);
  expect(commandsIn(folder).length).toBeGreaterThan(0);
  await interrupt(script);
  expect(commandsIn(folder)).toEqual([]);
  expect(talksIn(folder)).toEqual([]);
});

test("a model that can't be asked is refused at once, by the setting's name", async () => {
  const { code, stderr } = await runScript("talk", [], { ...ENV, MODEL_BASE_URL: "http://models.example" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Configuration refused: .*MODEL_BASE_URL/);
});

test.each([
  [["--url", "http://localhost:8787"], "--url, --campaign and --account-sid go together"],
  [
    ["--url", "http://localhost:8787", "--campaign", "flw_1", "--account-sid", "AC1"],
    "API_KEY and AUTH_TOKEN must be set in the environment",
  ],
  [["--key", "tl_k_1"], "--key is no option: others could read it. Set API_KEY"],
  [["--auth-token=t"], "--auth-token is no option: others could read it. Set AUTH_TOKEN"],
  [["--metadata", "[]"], "--metadata must be a JSON object"],
  [["--persona", "a", "--persona-file", "b"], "exclude each other"],
  [["--persona-file", "/nowhere/at-all"], "no such file"],
  [["--to", "+15005550030"], "Unknown option '--to'"],
])("%j is refused in one line", async (args, words) => {
  const { code, stdout, stderr } = await runScript("talk", args, ENV);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(words);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.anything(),
    "npm run talk -- --help lists all options.",
  ]);
});

test("--help tells of every option", async () => {
  const { code, stdout, stderr } = await runScript("talk", ["--name", "Sam", "--help"], ENV);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const told = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual([...Object.keys(TALK_OPTIONS), "help"].toSorted());
});

/** What talks keep while they last. */
function talksIn(path: string): string[] {
  return readdirSync(path).filter((name) => name.startsWith("trunkline-talk-"));
}

/** The running commands that name this folder. */
function commandsIn(path: string): string[] {
  const all = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return all.split("\n").filter((command) => command.includes(path));
}
