import type { Key } from "../../contract/keys.ts";
import type { Page } from "../../contract/pages.ts";
import { findOwnKey, limitsOf, listKeys as listStored, scopesOf, type KeyRow } from "../../db/keys.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";

/** The key that a path names; null if the organisation has none such, whatever is wrong with the name. */
export async function findNamedKey({ db, orgId }: OrgContext, keyId: string): Promise<KeyRow | null> {
  return isId("key", keyId) ? findOwnKey(db, orgId, keyId) : null;
}

export async function listKeys({ db, orgId }: OrgContext, page: Page) {
  const { rows, total } = await listStored(db, orgId, page);
  return { keys: rows.map(toKey), total };
}

/** Without the secret, which nobody knows any more. */
export function toKey(row: KeyRow): Key {
  return {
    uuid: row.id,
    name: row.name,
    scopes: scopesOf(row),
    limits: limitsOf(row),
    expires_at: row.expiresAt === null ? null : isoSeconds(row.expiresAt),
    revoked_at: row.revokedAt === null ? null : isoSeconds(row.revokedAt),
    created_at: isoSeconds(row.createdAt),
  };
}
