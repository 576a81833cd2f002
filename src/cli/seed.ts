// A first organisation as SQL, ready to work: the Worker has no way in without a key, so the first one is put
// where keys live. May be run again: what is there stays.

import { sha256Hex } from "../lib/crypto.ts";
import { seal } from "../lib/sealing.ts";
import { parsePhone } from "../domain/phone.ts";
import { SCOPES, type Scope } from "../domain/scopes.ts";

export type Seed = {
  organisation: { id: string; name: string; allowedCountries: string[] | null };
  carrier: {
    id: string;
    kind: "sandbox" | "twilio";
    accountSid: string;
    authToken: string;
    callsPerSecond: number;
    number: string;
  };
  agent: { id: string; name: string };
  campaigns: { id: string; kind: "inbound" | "outbound"; name: string; config: Record<string, unknown> }[];
  keys: { id: string; name: string; secret: string; scopes: readonly Scope[] }[];
  createdAt: number;
};

export const WORK_SCOPES = SCOPES.filter((scope) => scope !== "voice:admin");

type Row = Record<string, string | number | null>;

export async function seedSql(seed: Seed, credentialsKey: string): Promise<string> {
  const { organisation, carrier, agent } = seed;
  const common = { org_id: organisation.id, created_at: seed.createdAt };
  const statements = [
    insert("organisations", {
      id: organisation.id,
      name: organisation.name,
      allowed_countries: organisation.allowedCountries && JSON.stringify(organisation.allowedCountries),
      created_at: seed.createdAt,
    }),
    insert("carriers", {
      id: carrier.id,
      ...common,
      kind: carrier.kind,
      name: carrier.kind === "sandbox" ? "Sandbox" : "Twilio",
      account_sid: carrier.accountSid,
      auth_token_encrypted: await seal(credentialsKey, carrier.authToken, carrier.id),
      calls_per_second: carrier.callsPerSecond,
    }),
    insert("carrier_numbers", {
      carrier_id: carrier.id,
      ...common,
      phone: carrier.number,
      country: parsePhone(carrier.number)?.country ?? null,
    }),
    insert("voice_agents", {
      id: agent.id,
      ...common,
      name: agent.name,
      role: "Sales consultant",
      avatar_color: "#7c5cff",
      avatar_initials: agent.name.slice(0, 2).toUpperCase(),
      voice_config: JSON.stringify({ language_code: "en-US" }),
      is_active: 1,
    }),
    ...seed.campaigns.map(({ id, kind, name, config }) =>
      insert("campaigns", {
        id,
        ...common,
        kind,
        name,
        status: "active",
        voice_agent_id: agent.id,
        carrier_id: carrier.id,
        phone_number: carrier.number,
        config: JSON.stringify(config),
      }),
    ),
    ...(await Promise.all(
      seed.keys.map(async ({ id, name, secret, scopes }) =>
        insert("api_keys", {
          id,
          ...common,
          name,
          key_hash: await sha256Hex(secret),
          scopes: JSON.stringify(scopes),
        }),
      ),
    )),
  ];
  return `${statements.join("\n")}\n`;
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
