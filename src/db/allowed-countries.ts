// Which countries an organisation may ring: those it has set, or else those of its own numbers.

import { eq, sql, type Placeholder, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "./client.ts";
import { organisations } from "./schema.ts";

const countriesSchema = z.array(z.string().nullable());

/** Columns for `toAllowedCountries`, of a select that has the organisation. */
export function countryColumns(orgId: string | Placeholder) {
  const ownCountries: SQL<string> = sql`(SELECT json_group_array(DISTINCT n.country) FROM carrier_numbers n WHERE n.org_id = ${orgId})`;
  return { allowedCountries: organisations.allowedCountries, ownCountries };
}

/** Country codes; `*` stands for all. */
export function toAllowedCountries(row: { allowedCountries: string | null; ownCountries: string }): string[] {
  const json = row.allowedCountries ?? row.ownCountries;
  return countriesSchema.parse(JSON.parse(json)).filter((country) => country !== null);
}

export async function findAllowedCountries(db: Db, orgId: string): Promise<string[]> {
  const row = await db
    .select(countryColumns(orgId))
    .from(organisations)
    .where(eq(organisations.id, orgId))
    .get();
  return row === undefined ? [] : toAllowedCountries(row);
}
