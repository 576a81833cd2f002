import type { WriteMetadataInput, WrittenMetadata } from "../../contract/call-actions.ts";
import type { Refusal } from "../../contract/problems.ts";
import { patchKeyDetails } from "../../db/key-details.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { OrgContext } from "../context.ts";

/**
 * Lets a workflow write results back into a call, live or ended (contract A8). Refused as well if there is no such
 * call: which of the two it is the route asks.
 */
export async function writeMetadata(
  { db, orgId }: OrgContext,
  callId: string,
  input: WriteMetadataInput,
): Promise<Result<WrittenMetadata, Refusal<"key_details_too_large">>> {
  const keyDetails = await patchKeyDetails(db, orgId, callId, input.key_details);
  if (keyDetails !== null) return ok({ call_uuid: callId, key_details: keyDetails });
  const detail = "The key_details would exceed 256 KiB after the merge.";
  return err({ code: "key_details_too_large", detail });
}
