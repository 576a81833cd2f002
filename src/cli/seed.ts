// The demo organisation as SQL. The Worker has no way in without a key, so the first one is put where keys
// live. May be run again: what is there stays.

import { sha256Hex } from "../lib/crypto.ts";
import { seal } from "../lib/sealing.ts";
import { SCOPES } from "../domain/scopes.ts";
import type { Instance } from "./instance.ts";

export const DEMO_NUMBER = "+15550010000";

type Row = Record<string, string | number | null>;

export async function seedSql(instance: Instance): Promise<string> {
  const org = { org_id: instance.organisationId, created_at: instance.createdAt };
  const workScopes = SCOPES.filter((scope) => scope !== "voice:admin");
  const statements = [
    insert("organisations", {
      id: instance.organisationId,
      name: "Luminary Home",
      allowed_countries: JSON.stringify(["*"]),
      created_at: instance.createdAt,
    }),
    insert("carriers", {
      id: instance.carrierId,
      ...org,
      kind: "sandbox",
      name: "Sandbox",
      account_sid: instance.accountSid,
      auth_token_encrypted: await seal(instance.credentialsKey, instance.authToken, instance.carrierId),
      calls_per_second: 50,
    }),
    insert("carrier_numbers", { carrier_id: instance.carrierId, ...org, phone: DEMO_NUMBER, country: "US" }),
    insert("voice_agents", {
      id: instance.agentId,
      ...org,
      name: "Aria",
      role: "Sales consultant",
      description: "Calls people who left something in their basket.",
      avatar_color: "#7c5cff",
      avatar_initials: "AR",
      voice_config: JSON.stringify({ language_code: "en-US" }),
      is_active: 1,
    }),
    insert("campaigns", campaign(instance, "outbound", instance.campaignId)),
    insert("campaigns", campaign(instance, "inbound", instance.inboundCampaignId)),
    insert("api_keys", await key(instance, instance.apiKeyId, "demo", instance.apiKey, workScopes)),
    insert("api_keys", await key(instance, instance.adminKeyId, "demo admin", instance.adminKey, SCOPES)),
  ];
  return `${statements.join("\n")}\n`;
}

function campaign(instance: Instance, kind: "inbound" | "outbound", id: string): Row {
  const config = {
    persona_prompt: "You are Aria, a warm and brief sales consultant of Luminary Home, a furniture store.",
    recording_disclosure: "This call is recorded.",
    guardrails: ["Never promise a discount.", "Never ask for payment details."],
    max_duration: 60,
  };
  return {
    id,
    org_id: instance.organisationId,
    kind,
    name: kind === "outbound" ? "Basket follow-up" : "Front desk",
    status: "active",
    voice_agent_id: instance.agentId,
    carrier_id: instance.carrierId,
    phone_number: DEMO_NUMBER,
    config: JSON.stringify(config),
    created_at: instance.createdAt,
  };
}

async function key(
  instance: Instance,
  id: string,
  name: string,
  secret: string,
  scopes: readonly string[],
): Promise<Row> {
  return {
    id,
    org_id: instance.organisationId,
    name,
    key_hash: await sha256Hex(secret),
    scopes: JSON.stringify(scopes),
    created_at: instance.createdAt,
  };
}

function insert(table: string, row: Row): string {
  const columns = Object.keys(row).join(", ");
  const values = Object.values(row).map(literal).join(", ");
  return `INSERT INTO ${table} (${columns}) VALUES (${values}) ON CONFLICT DO NOTHING;`;
}

function literal(value: string | number | null): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
