// One local deployment for all tests of the browser, with keys of an organisation that has everything.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { RATE_LIMIT_BUCKETS } from "../../../src/domain/rate-limits.ts";
import { SCOPES, type Scope } from "../../../src/domain/scopes.ts";
import { findFreePort, startLocalWorker, stopEverything } from "../../../src/cli/local-worker.ts";

/** People live faster than life, and slowly enough to be watched. */
const SPEED = 8;

/** All tests share two keys, and come faster than people do. */
const LIMITS = Object.fromEntries(RATE_LIMIT_BUCKETS.map((bucket) => [bucket, 6_000]));

/** A call that a test looks at lives until the test ends it, however slow the machine is. */
const LONG_CALLS = { max_duration: 300 };

export type Deployment = {
  url: string;
  /** May do everything. */
  fullKey: string;
  /** May look at everything, and change nothing. */
  readKey: string;
  campaignId: string;
  inboundCampaignId: string;
  carrier: { accountSid: string; authToken: string; number: string };
};

declare module "vitest" {
  interface ProvidedContext {
    deployment: Deployment;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { deployment, stop } = await startDeployment();
  await letCallsLast(deployment);
  project.provide("deployment", deployment);
  return stop;
}

export async function startDeployment(): Promise<{ deployment: Deployment; stop: () => Promise<void> }> {
  const stateFolder = mkdtempSync(join(tmpdir(), "trunkline-desk-"));
  const { url, instance } = await startLocalWorker(
    { port: await findFreePort(), stateFolder, speed: SPEED },
    "quiet",
  );
  const stop = async (): Promise<void> => {
    await stopEverything();
    rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  const keyOf = (name: string, scopes: readonly Scope[]): Promise<string> =>
    createKey(url, instance.adminKey, name, scopes);
  const deployment = {
    url,
    fullKey: await keyOf("Desk", SCOPES),
    readKey: await keyOf(
      "Desk, reading",
      SCOPES.filter((scope) => scope.endsWith(":read")),
    ),
    campaignId: instance.campaignId,
    inboundCampaignId: instance.inboundCampaignId,
    carrier: instance.seed.carrier,
  };
  return { deployment, stop };
}

async function createKey(
  url: string,
  adminKey: string,
  name: string,
  scopes: readonly Scope[],
): Promise<string> {
  const response = await fetch(`${url}/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name, scopes, limits: LIMITS }),
  });
  const created = (await response.json()) as { key?: string };
  if (created.key === undefined) throw new Error(`No key: ${JSON.stringify(created)}`);
  return created.key;
}

async function letCallsLast({ url, fullKey, ...ids }: Deployment): Promise<void> {
  for (const id of [ids.campaignId, ids.inboundCampaignId]) {
    // Two, once.
    // oxlint-disable-next-line no-await-in-loop
    const response = await fetch(`${url}/v1/campaigns/${id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${fullKey}`, "content-type": "application/json" },
      body: JSON.stringify({ config: LONG_CALLS }),
    });
    if (!response.ok) throw new Error(`No long calls: ${await response.text()}`);
  }
}
