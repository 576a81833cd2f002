import type { Config } from "../config.ts";
import type { Refusal } from "../contract/problems.ts";
import { checkBaseUrl, type BaseUrlProblem } from "../domain/base-url.ts";
import { err, type Result } from "../lib/result.ts";
import { refusedUrl, URL_PROBLEMS } from "./outbound-url.ts";

/** The address that a user set in this field of the body, as it is to be stored. */
export function acceptBaseUrl(
  field: string,
  text: string,
  config: Config,
): Result<string, Refusal<"validation_failed">> {
  const checked = checkBaseUrl(text, { allowLoopbackHttp: config.isLocal });
  return checked.ok ? checked : err(refusedUrl(field, MESSAGES[checked.error]));
}

const MESSAGES: Record<BaseUrlProblem, string> = {
  ...URL_PROBLEMS,
  query: "must not have a query",
  trailing_slash: "must not end with a slash",
};
