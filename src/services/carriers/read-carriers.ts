import type { Config } from "../../config.ts";
import type { Carrier } from "../../contract/carrier-accounts.ts";
import type { Page } from "../../contract/pages.ts";
import { findCarrierOf, listCarriers as listStored, type CarrierRow } from "../../db/carrier-accounts.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import { inboundUrlOf } from "../../telephony/registry.ts";
import type { OrgContext } from "../context.ts";

/** The account that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedCarrier(
  { db, orgId }: OrgContext,
  carrierId: string,
): Promise<CarrierRow | null> {
  return isId("carrier", carrierId) ? findCarrierOf(db, orgId, carrierId) : null;
}

export async function listCarriers({ db, orgId, config }: OrgContext, page: Page) {
  const { rows, total } = await listStored(db, orgId, page);
  return { carriers: rows.map((row) => toCarrier(row, config)), total };
}

export function toCarrier(row: CarrierRow, config: Config): Carrier {
  return {
    uuid: row.id,
    kind: row.kind,
    name: row.name,
    account_sid: row.accountSid,
    api_base_url: row.apiBaseUrl,
    numbers: row.numbers,
    calls_per_second: row.callsPerSecond,
    max_concurrent: row.maxConcurrent,
    inbound_url: inboundUrlOf(row.kind, config, row.id),
    created_at: isoSeconds(row.createdAt),
  };
}
