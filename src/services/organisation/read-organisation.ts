import type { Organisation } from "../../contract/organisation.ts";
import { readOrganisation as readStored, type OrganisationRow } from "../../db/organisations.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

export async function readOrganisation({ db, orgId }: OrgContext): Promise<Organisation> {
  return toOrganisation(await readStored(db, orgId));
}

export function toOrganisation(row: OrganisationRow): Organisation {
  const { modelBaseUrl, modelName, modelKeyEncrypted } = row;
  return {
    uuid: row.id,
    name: row.name,
    allowed_countries: row.allowedCountries,
    model:
      modelBaseUrl === null || modelName === null
        ? null
        : { base_url: modelBaseUrl, model: modelName, has_api_key: modelKeyEncrypted !== null },
    recordings_at_carrier: row.recordingsAtCarrier,
    created_at: isoSeconds(row.createdAt),
  };
}
