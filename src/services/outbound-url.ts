import type { Config } from "../config.ts";
import type { Refusal } from "../contract/problems.ts";
import {
  checkOutboundUrl,
  MAX_OUTBOUND_URL_LENGTH,
  type OutboundUrlProblem,
} from "../domain/outbound-url.ts";
import { err, ok, type Result } from "../lib/result.ts";

/** The URL that a user set in this field of the body, as it is to be stored. */
export function acceptOutboundUrl(
  field: string,
  text: string,
  config: Config,
): Result<string, Refusal<"validation_failed">> {
  const checked = checkOutboundUrl(text, { allowLoopbackHttp: config.isLocal });
  if (checked.ok) return ok(checked.value.href);
  return err(refusedUrl(field, URL_PROBLEMS[checked.error]));
}

export function refusedUrl(field: string, message: string): Refusal<"validation_failed"> {
  return { code: "validation_failed", detail: `Please check ${field}.`, errors: [{ path: field, message }] };
}

export const URL_PROBLEMS: Record<OutboundUrlProblem, string> = {
  too_long: `must have at most ${MAX_OUTBOUND_URL_LENGTH} characters`,
  not_a_url: "must be a URL",
  not_https: "must be https",
  credentials: "must not have credentials in it",
  fragment: "must not have a fragment",
  forbidden_port: "must not name a port of another protocol",
  forbidden_host: "must be at a public host",
};
