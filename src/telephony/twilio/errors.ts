// Twilio's error codes, in our words. https://www.twilio.com/docs/api/errors

import type { EndedReason } from "../../domain/call/status.ts";

/** Codes by which Twilio says that it placed nothing and that the same call may be asked for later. */
const THROTTLE_CODES = new Set([10004, 20429]);

const REASONS: ReadonlyArray<readonly [EndedReason, readonly number[]]> = [
  ["carrier_credentials", [10001, 10002, 20003, 20005, 20006, 20008, 20403, 20404]],
  ["invalid_number", [13223, 13226, 21201, 21211, 21217, 21401]],
  ["unreachable_number", [13224, 21214, 32009]],
  ["destination_blocked", [13225, 13227, 21202, 21203, 21215, 21216, 21219, 32205]],
  ["caller_id_refused", [13214, 13247, 21210, 21212, 21213]],
  // Mistakes of ours in the request, SIP credentials, and methods that the resource does not know.
  [
    "carrier_rejected",
    [13243, 13254, 20004, 21205, 21206, 21208, 21209, 21218, 21220, 21221, 21222, 21223, 21224, 21225, 21609],
  ],
];

const REASON_BY_CODE = new Map<number, EndedReason>(
  REASONS.flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)),
);

/** The call is not in progress any more, or is none. */
export const CALL_OVER_CODES = [21220, 20404];

export type Refusal = { kind: "throttled" } | { kind: "refused"; reason: EndedReason } | { kind: "unknown" };

/**
 * What a create's answer other than 2xx means. A 5xx, a redirect or a time-out of a proxy leaves it open
 * whether a phone rings; any other 4xx is Twilio's word that none does.
 */
export function classifyRefusal(httpStatus: number, code: number | null): Refusal {
  if (httpStatus < 400 || httpStatus >= 500 || httpStatus === 408) return { kind: "unknown" };
  if (httpStatus === 429 || (code !== null && THROTTLE_CODES.has(code))) return { kind: "throttled" };
  const byCode = code === null ? undefined : REASON_BY_CODE.get(code);
  if (byCode !== undefined) return { kind: "refused", reason: byCode };
  const wrongAccount = [401, 403, 404].includes(httpStatus);
  return { kind: "refused", reason: wrongAccount ? "carrier_credentials" : "carrier_rejected" };
}
