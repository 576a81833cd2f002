import type { ChangeKeyInput, CreatedKey, CreateKeyInput, Key } from "../../contract/keys.ts";
import type { Refusal } from "../../contract/problems.ts";
import { insertKey, revokeKey as revokeStored, updateKey, type KeyRow } from "../../db/keys.ts";
import { newApiKey } from "../../lib/api-key.ts";
import { sha256Hex } from "../../lib/crypto.ts";
import { newId } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { toEpochSeconds } from "../../lib/time.ts";
import { liveBoardOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { toKey } from "./read-keys.ts";

/** The one time that the secret is seen: what is stored is its hash. */
export async function createKey(
  { db, orgId, config }: OrgContext,
  input: CreateKeyInput,
): Promise<Result<CreatedKey, Refusal<"validation_failed">>> {
  const refusal = refuseAbove(config.RATE_LIMIT_CEILING, input.limits);
  if (refusal !== null) return err(refusal);
  const secret = newApiKey();
  const row = await insertKey(db, {
    id: newId("key"),
    orgId,
    name: input.name,
    keyHash: await sha256Hex(secret),
    scopes: JSON.stringify(input.scopes),
    limits: JSON.stringify(input.limits),
    expiresAt: input.expires_at,
    createdAt: toEpochSeconds(Date.now()),
  });
  return ok({ ...toKey(row), key: secret });
}

/** In force at once here, and within a minute wherever the key is remembered. */
export async function changeKey(
  { db, orgId, config }: OrgContext,
  key: KeyRow,
  input: ChangeKeyInput,
): Promise<Result<Key, Refusal<"validation_failed" | "not_found">>> {
  const refusal = refuseAbove(config.RATE_LIMIT_CEILING, input.limits ?? {});
  if (refusal !== null) return err(refusal);
  if (Object.keys(input).length === 0) return ok(toKey(key));
  const { name, limits, expires_at: expiresAt } = input;
  const changed = await updateKey(db, orgId, key.id, {
    ...(name === undefined ? {} : { name }),
    ...(limits === undefined ? {} : { limits }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  return changed === null ? err({ code: "not_found", detail: "There is no such key." }) : ok(toKey(changed));
}

/** Revoked again it stays as it is. A board that the key has opened is closed. */
export async function revokeKey({ env, db, orgId }: OrgContext, key: KeyRow): Promise<void> {
  await revokeStored(db, orgId, key.id, toEpochSeconds(Date.now()));
  try {
    await liveBoardOf(env, orgId).shutOut(key.id);
  } catch (error) {
    // The key opens nothing any more all the same; revoking it again closes what it had opened.
    logError("board_not_closed", error, { key_id: key.id });
  }
}

function refuseAbove(
  ceiling: number,
  limits: Record<string, number | null | undefined>,
): Refusal<"validation_failed"> | null {
  const errors = Object.entries(limits)
    .filter(([, perMinute]) => (perMinute ?? 0) > ceiling)
    .map(([bucket]) => ({ path: `limits.${bucket}`, message: `must be at most ${ceiling} here` }));
  return errors.length === 0 ? null : { code: "validation_failed", detail: "Please check limits.", errors };
}
