// What a local instance remembers between runs, in its state folder beside wrangler's own: the secrets that
// the Worker is started with, and the demo organisation. For this machine only, and readable by its owner alone.

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountToken } from "../lib/account-token.ts";
import { newApiKey } from "../lib/api-key.ts";
import { newId } from "../lib/ids.ts";
import { SCOPES } from "../domain/scopes.ts";
import { SALES_QUEUE } from "./demo-queues.ts";
import { WORK_SCOPES, type Seed } from "./seed.ts";

export type Instance = {
  credentialsKey: string;
  sandboxSecret: string;
  apiKey: string;
  adminKey: string;
  campaignId: string;
  inboundCampaignId: string;
  seed: Seed;
  /** True once the database has the seed. */
  seeded: boolean;
  /** True once the demo's queues are there, with the people in them. */
  staffed: boolean;
};

const CAMPAIGN_CONFIG = {
  persona_prompt: "You are Aria, a warm and brief sales consultant of Luminary Home, a furniture store.",
  recording_disclosure: "This call is recorded.",
  guardrails: ["Never promise a discount.", "Never ask for payment details."],
  max_duration: 60,
  transfer_queue: SALES_QUEUE,
};

/** Null where nothing was started yet. */
export function readInstance(stateFolder: string): Instance | null {
  const path = instanceFile(stateFolder);
  // Written by us alone, whole or not at all (see writePrivately).
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Instance) : null;
}

/** The instance of this folder; a new one if there is none. */
export async function openInstance(stateFolder: string): Promise<Instance> {
  const known = readInstance(stateFolder);
  if (known !== null) return known;
  const instance = await newInstance();
  saveInstance(stateFolder, instance);
  return instance;
}

export function saveInstance(stateFolder: string, instance: Instance): void {
  writePrivately(instanceFile(stateFolder), JSON.stringify(instance, null, 2));
}

/**
 * A state folder that is new, or was made by us before, is its owner's alone: it holds transcripts, numbers and
 * recordings. Of any other folder that somebody names, the mode is theirs.
 */
export function closeFolder(stateFolder: string): void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const isOurs = existsSync(instanceFile(stateFolder)) && statSync(stateFolder).uid === process.getuid?.();
  if (isOurs) chmodSync(stateFolder, 0o700);
}

/** Writes a file that only its owner can read, and that is never seen half written. */
export function writePrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

async function newInstance(): Promise<Instance> {
  const sandboxSecret = randomBytes(32).toString("hex");
  const accountSid = `AC${randomBytes(16).toString("hex")}`;
  const authToken = await accountToken(sandboxSecret, accountSid);
  const [apiKey, adminKey] = [newApiKey(), newApiKey()];
  const [campaignId, inboundCampaignId] = [newId("campaign"), newId("campaign")];
  return {
    credentialsKey: randomBytes(32).toString("base64"),
    sandboxSecret,
    apiKey,
    adminKey,
    campaignId,
    inboundCampaignId,
    seed: {
      organisation: { id: newId("organisation"), name: "Luminary Home", allowedCountries: ["*"] },
      carrier: {
        id: newId("carrier"),
        kind: "sandbox",
        accountSid,
        authToken,
        callsPerSecond: 50,
        number: "+15550010000",
      },
      agent: { id: newId("agent"), name: "Aria" },
      campaigns: [
        { id: campaignId, kind: "outbound", name: "Basket follow-up", config: CAMPAIGN_CONFIG },
        { id: inboundCampaignId, kind: "inbound", name: "Front desk", config: CAMPAIGN_CONFIG },
      ],
      keys: [
        { id: newId("key"), name: "demo", secret: apiKey, scopes: WORK_SCOPES },
        { id: newId("key"), name: "demo admin", secret: adminKey, scopes: SCOPES },
      ],
      createdAt: Math.floor(Date.now() / 1000),
    },
    seeded: false,
    staffed: false,
  };
}

function instanceFile(stateFolder: string): string {
  return join(stateFolder, "trunkline.json");
}
