// A first organisation as SQL: the Worker has no way in without a key, so the first one is put where keys live. The
// demo's is ready to work. May be run again: what is there stays.

import { sha256Hex } from "../lib/crypto.ts";
import { seal } from "../lib/sealing.ts";
import { parsePhone } from "../domain/phone.ts";
import { SCOPES, type Scope } from "../domain/scopes.ts";

/** An organisation, and the keys by which all else is made. */
export type Beginning = {
  organisation: { id: string; name: string; allowedCountries: string[] | null };
  keys: { id: string; name: string; secret: string; scopes: readonly Scope[] }[];
  createdAt: number;
};

export type Seed = Beginning & {
  carrier: {
    id: string;
    kind: "sandbox";
    accountSid: string;
    authToken: string;
    callsPerSecond: number;
    number: string;
  };
  agent: { id: string; name: string };
  campaigns: { id: string; kind: "inbound" | "outbound"; name: string; config: Record<string, unknown> }[];
};

export const WORK_SCOPES = SCOPES.filter((scope) => scope !== "voice:admin");

type Row = Record<string, string | number | null>;

export async function beginningSql(beginning: Beginning): Promise<string> {
  return textOf(await beginningOf(beginning));
}

export async function seedSql(seed: Seed, credentialsKey: string): Promise<string> {
  const { organisation, carrier, agent } = seed;
  const common = { org_id: organisation.id, created_at: seed.createdAt };
  return textOf([
    ...(await beginningOf(seed)),
    insert("carriers", {
      id: carrier.id,
      ...common,
      kind: carrier.kind,
      name: "Sandbox",
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
  ]);
}

async function beginningOf({ organisation, keys, createdAt }: Beginning): Promise<string[]> {
  return [
    insert("organisations", {
      id: organisation.id,
      name: organisation.name,
      allowed_countries: organisation.allowedCountries && JSON.stringify(organisation.allowedCountries),
      created_at: createdAt,
    }),
    ...(await Promise.all(
      keys.map(async ({ id, name, secret, scopes }) =>
        insert("api_keys", {
          id,
          org_id: organisation.id,
          created_at: createdAt,
          name,
          key_hash: await sha256Hex(secret),
          scopes: JSON.stringify(scopes),
        }),
      ),
    )),
  ];
}

function textOf(statements: readonly string[]): string {
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
