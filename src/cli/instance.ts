// What a local instance remembers between runs, in its state folder beside wrangler's own: the secrets that
// the Worker is started with, and what the seed made. Both are for this machine only and readable by its
// owner alone.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newApiKey } from "../lib/api-key.ts";
import { newId } from "../lib/ids.ts";
import { sandboxAuthToken } from "../sandbox/credentials.ts";

export type Instance = {
  credentialsKey: string;
  sandboxSecret: string;
  organisationId: string;
  carrierId: string;
  agentId: string;
  campaignId: string;
  inboundCampaignId: string;
  apiKeyId: string;
  apiKey: string;
  adminKeyId: string;
  adminKey: string;
  accountSid: string;
  authToken: string;
  createdAt: number;
  /** True once the database has all of the above. */
  seeded: boolean;
};

export function readInstance(stateFolder: string): Instance | null {
  const path = instanceFile(stateFolder);
  // Written by us alone, whole or not at all (see writePrivately).
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Instance) : null;
}

/** The instance of this folder; a new one if there is none. */
export async function openInstance(stateFolder: string): Promise<Instance> {
  const known = readInstance(stateFolder);
  if (known !== null) return known;
  const sandboxSecret = randomBytes(32).toString("hex");
  const accountSid = `AC${randomBytes(16).toString("hex")}`;
  const instance: Instance = {
    credentialsKey: randomBytes(32).toString("base64"),
    sandboxSecret,
    organisationId: newId("organisation"),
    carrierId: newId("carrier"),
    agentId: newId("agent"),
    campaignId: newId("campaign"),
    inboundCampaignId: newId("campaign"),
    apiKeyId: newId("key"),
    apiKey: newApiKey(),
    adminKeyId: newId("key"),
    adminKey: newApiKey(),
    accountSid,
    authToken: await sandboxAuthToken(sandboxSecret, accountSid),
    createdAt: Math.floor(Date.now() / 1000),
    seeded: false,
  };
  saveInstance(stateFolder, instance);
  return instance;
}

export function saveInstance(stateFolder: string, instance: Instance): void {
  writePrivately(instanceFile(stateFolder), JSON.stringify(instance, null, 2));
}

/** Writes a file that only its owner can read, and that is never seen half written. */
export function writePrivately(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

function instanceFile(stateFolder: string): string {
  return join(stateFolder, "trunkline.json");
}
