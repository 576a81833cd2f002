import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { humanListSchema } from "../../src/contract/queues.ts";
import { findFreePort } from "../../src/cli/local-worker.ts";
import { interrupt, runScript, startScript, untilPrinted, type Script } from "./support/process.ts";

const parent = mkdtempSync(join(tmpdir(), "trunkline-dev-"));
const folder = join(parent, "state");
let running: Script | null = null;

afterAll(async () => {
  if (running !== null) await interrupt(running);
  rmSync(parent, { recursive: true, force: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

async function start(port: number): Promise<void> {
  running = startScript("dev", ["--port", String(port), "--persist-to", folder]);
  await untilPrinted(running, "Trunkline runs at");
}

async function info(port: number) {
  const { stdout } = await runScript("dev:info", ["--port", String(port), "--persist-to", folder]);
  return JSON.parse(stdout);
}

test("npm run dev seeds once, serves, and keeps its state over a restart", async () => {
  const port = await findFreePort();
  await start(port);
  const first = await info(port);
  expect(first).toEqual({
    url: `http://localhost:${port}`,
    api_key: expect.stringMatching(/^tl_k_[0-9A-Za-z]{43}$/),
    admin_key: expect.stringMatching(/^tl_k_[0-9A-Za-z]{43}$/),
    campaign_id: expect.stringMatching(/^flw_/),
    inbound_campaign_id: expect.stringMatching(/^flw_/),
    queues: ["sales_specialist", "support_team"],
    number: "+15550010000",
    sandbox: {
      base_url: `http://localhost:${port}/sandbox`,
      account_sid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
      auth_token: expect.any(String),
    },
  });
  expect(["trunkline.json", "trunkline.vars", "."].map((name) => modeOf(join(folder, name)))).toEqual([
    0o600, 0o600, 0o700,
  ]);

  const headers = { authorization: `Bearer ${first.api_key}`, "content-type": "application/json" };
  const body = JSON.stringify({ to: "+15005550002", campaign_id: first.campaign_id });
  const get = async (path: string) => (await fetch(`${first.url}${path}`, { headers })).json();
  expect(await get("/v1/queues")).toMatchObject({ total: 2 });
  expect(await get("/v1/queues/sales_specialist/agents")).toMatchObject({
    agents: [
      { phone: "+15005550090", presence: "available" },
      { phone: "+15005560090", presence: "available" },
    ],
    total: 2,
  });
  expect(await get("/api/voice/calls/agent-availability?target=support_team")).toMatchObject({
    available: true,
  });
  for (const id of [first.campaign_id, first.inbound_campaign_id]) {
    expect(await get(`/v1/campaigns/${id}`)).toMatchObject({
      status: "active",
      config: { transfer_queue: "sales_specialist" },
    });
  }
  const support = humanListSchema.parse(await get("/v1/queues/support_team/agents"));
  expect(support.agents.map(({ phone }) => phone)).toEqual(["+15005570090", "+15005580090"]);
  const left = `${first.url}/v1/queues/support_team/agents/${support.agents[0]?.uuid}`;
  expect((await fetch(left, { method: "DELETE", headers })).status).toBe(204);

  const placed = await fetch(`${first.url}/v1/calls`, { method: "POST", headers, body });
  expect(placed.status).toBe(201);
  const { call_uuid: callId } = (await placed.json()) as { call_uuid: string };

  for (const path of ["/docs", "/docs/docs.js", "/docs/swagger-ui.css", "/openapi.json"]) {
    expect([path, (await fetch(`${first.url}${path}`)).status]).toEqual([path, 200]);
  }

  if (running !== null) await interrupt(running);
  expect(existsSync(join(folder, "trunkline.vars"))).toBe(false);
  // As it was made before it was closed to others.
  chmodSync(folder, 0o755);
  await start(port);
  expect(modeOf(folder)).toBe(0o700);
  expect(await info(port)).toEqual(first);
  const kept = await fetch(`${first.url}/v1/calls/${callId}`, { headers });
  expect(kept.status).toBe(200);
  // Who is there stays, and whom somebody removed stays away.
  expect(await get("/v1/queues/sales_specialist/agents")).toMatchObject({ total: 2 });
  expect(await get("/v1/queues/support_team/agents")).toMatchObject({ total: 1 });
});

test("npm run dev:info says what to do where nothing was started yet", async () => {
  const { code, stdout, stderr } = await runScript("dev:info", ["--persist-to", join(folder, "empty")]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("npm run dev");
});
