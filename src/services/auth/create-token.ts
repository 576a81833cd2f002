import type { Refusal } from "../../contract/problems.ts";
import type { CreateTokenInput, Token, TokenPurpose } from "../../contract/tokens.ts";
import { findParties } from "../../db/calls.ts";
import type { ApiKey } from "../../db/keys.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { isoSeconds, toEpochSeconds } from "../../lib/time.ts";
import type { OrgContext } from "../context.ts";
import { LIFE_SECONDS, signToken } from "./tokens.ts";

export async function createToken(
  context: OrgContext,
  key: ApiKey,
  { purpose, call_uuid: callId }: CreateTokenInput,
): Promise<Result<Token, Refusal<"not_found">>> {
  const { config, db, orgId } = context;
  if (callId !== undefined && (await findParties(db, orgId, callId)) === null) {
    return err({ code: "not_found", detail: "There is no such call." });
  }
  // Who asks may end before it would: a key does, and sooner a session of the desk.
  const life = toEpochSeconds(Date.now()) + LIFE_SECONDS[purpose];
  const expiresAt = Math.min(key.expiresAt ?? Number.POSITIVE_INFINITY, life);
  const token = await signToken(context, key, purpose, callId ?? orgId, expiresAt);
  const url = `${addressOf(purpose, callId ?? "", config.PUBLIC_BASE_URL)}?token=${token}`;
  return ok({ token, expires_at: isoSeconds(expiresAt), url });
}

function addressOf(purpose: TokenPurpose, callId: string, baseUrl: string): string {
  const socketUrl = baseUrl.replace(/^http/, "ws");
  switch (purpose) {
    case "recording":
      return `${baseUrl}/api/voice/calls/${callId}/recording`;
    case "live":
      return `${socketUrl}/ws/live/${callId}`;
    case "board":
      return `${socketUrl}/ws/board`;
  }
}
