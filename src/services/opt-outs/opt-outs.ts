import type { Refusal } from "../../contract/problems.ts";
import type { AddOptOutInput, ListOptOutsQuery, OptOut, RemoveOptOutQuery } from "../../contract/opt-outs.ts";
import {
  deleteOptOut,
  findOptOut,
  insertOptOut,
  listOptOuts as listStored,
  type OptOutRow,
} from "../../db/opt-outs.ts";
import { parsePhone } from "../../domain/phone.ts";
import { logInfo } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** The opt-out of the number that a path names; null if there is none, or no such number can be. */
export async function findNamedOptOut({ db, orgId }: OrgContext, phone: string): Promise<OptOutRow | null> {
  return parsePhone(phone) === null ? null : findOptOut(db, orgId, phone);
}

export async function listOptOuts({ db, orgId }: OrgContext, query: ListOptOutsQuery) {
  const { rows, total } = await listStored(db, orgId, query);
  return { opt_outs: rows.map(toOptOut), total };
}

/** From here on the number is not called: neither by new calls nor by those whose turn has not come. */
export async function addOptOut(
  { db, orgId }: OrgContext,
  { phone, reason }: AddOptOutInput,
): Promise<{ isNew: boolean; optOut: OptOut }> {
  const createdAt = toEpochSeconds(Date.now());
  const { isNew, row } = await insertOptOut(db, { orgId, phone, reason, createdAt });
  return { isNew, optOut: toOptOut(row) };
}

export async function removeOptOut(
  { db, orgId }: OrgContext,
  optOut: OptOutRow,
  { reason }: RemoveOptOutQuery,
): Promise<Result<null, Refusal<"not_found">>> {
  const isRemoved = await deleteOptOut(db, optOut, reason, toEpochSeconds(Date.now()));
  if (!isRemoved) return err({ code: "not_found", detail: "There is no such opt-out." });
  logInfo("opt_out_removed", { org_id: orgId });
  return ok(null);
}

export function toOptOut({ phone, reason, createdAt }: OptOutRow): OptOut {
  return { phone, reason, created_at: isoSeconds(createdAt) };
}
