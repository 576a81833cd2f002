// The closed list of refusals (RFC 9457). `code` is what clients branch on; `type` is the address of its page.

export const PROBLEMS = {
  unreadable_body: { status: 400, title: "The body is not readable JSON" },
  bad_request: { status: 400, title: "The request is malformed" },
  unauthorized: { status: 401, title: "Authentication required" },
  insufficient_scope: { status: 403, title: "The key lacks a scope" },
  bad_signature: { status: 403, title: "The signature does not match" },
  not_found: { status: 404, title: "Not found" },
  queue_not_found: { status: 404, title: "Queue not found" },
  campaign_not_found: { status: 404, title: "Campaign not found" },
  recording_not_found: { status: 404, title: "No recording" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  campaign_inbound: { status: 409, title: "The campaign takes calls, it does not make them" },
  campaign_not_active: { status: 409, title: "The campaign is not active" },
  agent_inactive: { status: 409, title: "The campaign's voice agent is inactive" },
  campaign_without_number: { status: 409, title: "The campaign has no number to call from" },
  contact_opted_out: { status: 409, title: "The contact opted out" },
  call_not_active: { status: 409, title: "The call is not active" },
  transfer_in_progress: { status: 409, title: "The call is being transferred" },
  already_exists: { status: 409, title: "There is one already" },
  in_use: { status: 409, title: "It is in use" },
  number_in_use: { status: 409, title: "The number has an active inbound campaign" },
  campaign_incomplete: { status: 409, title: "The campaign lacks what it needs to be active" },
  limit_reached: { status: 409, title: "There are as many as there may be" },
  webhook_paused: { status: 409, title: "The webhook is paused" },
  idempotency_in_progress: { status: 409, title: "The first request with this key is still running" },
  number_in_call: { status: 409, title: "A call to this number is still live" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be application/json" },
  upgrade_required: { status: 426, title: "This is a WebSocket endpoint" },
  validation_failed: { status: 422, title: "The request is invalid" },
  destination_not_allowed: { status: 422, title: "The destination's country is not allowed" },
  idempotency_key_reused: { status: 422, title: "The key was used for another request" },
  key_details_too_large: { status: 422, title: "The call's details would grow too large" },
  metadata_too_large: { status: 422, title: "The contact's metadata would grow too large" },
  rate_limited: { status: 429, title: "Too many requests" },
  no_agents_available: { status: 503, title: "No human agent is available" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  internal_error: { status: 500, title: "Something went wrong on our side" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

type ProblemStatus = (typeof PROBLEMS)[ProblemCode]["status"];

/** What a client does about it, by status: `title` and `detail` say the rest. */
export const ADVICE: Record<ProblemStatus, string> = {
  400: "Send what can be parsed: UTF-8 JSON, its content type application/json.",
  401: "Send a key that is valid: `Authorization: Bearer tl_k_…`. Keys can be revoked, and may expire.",
  403: "Ask an administrator for a key with the scope that `detail` names.",
  404: "Check the id. What belongs to another organisation, or is gone, is not found either.",
  405: "Use one of the methods that the header Allow names.",
  409: "Nothing was changed. Read the object, and ask again once its state allows it.",
  413: "Send less.",
  415: "Send the body as application/json.",
  422: "Nothing was changed. Correct what `detail` and `errors` name; the same request will be refused again.",
  426: "Connect by WebSocket.",
  429: "Wait as many seconds as the header Retry-After says.",
  500: "It is our fault, and logged under `request_id`. A POST may be sent again under its Idempotency-Key.",
  503: "Wait as many seconds as the header Retry-After says, then send the same request again.",
};

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text);
}

export type FieldError = { path: string; message: string };

/** A refusal on its way to the client. `detail` is one plain sentence. */
export type Refusal<C extends ProblemCode = ProblemCode> = {
  code: C;
  detail: string;
  errors?: FieldError[];
};
