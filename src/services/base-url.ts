import type { Config } from "../config.ts";
import type { Refusal } from "../contract/problems.ts";
import { checkBaseUrl, type BaseUrlProblem } from "../domain/base-url.ts";
import { MAX_OUTBOUND_URL_LENGTH } from "../domain/outbound-url.ts";
import { err, type Result } from "../lib/result.ts";

/** The address that a user set in this field of the body, as it is to be stored. */
export function acceptBaseUrl(
  field: string,
  text: string,
  config: Config,
): Result<string, Refusal<"validation_failed">> {
  const checked = checkBaseUrl(text, { allowLoopbackHttp: config.isLocal });
  if (checked.ok) return checked;
  const errors = [{ path: field, message: MESSAGES[checked.error] }];
  return err({ code: "validation_failed", detail: `Please check ${field}.`, errors });
}

const MESSAGES: Record<BaseUrlProblem, string> = {
  too_long: `must have at most ${MAX_OUTBOUND_URL_LENGTH} characters`,
  not_a_url: "must be a URL",
  not_https: "must be https",
  credentials: "must not have credentials in it",
  fragment: "must not have a fragment",
  forbidden_port: "must not name a port of another protocol",
  forbidden_host: "must be at a public host",
  query: "must not have a query",
  trailing_slash: "must not end with a slash",
};
