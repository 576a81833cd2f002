import packageJson from "../../../package.json" with { type: "json" };

const description = `
Trunkline places and takes phone calls with voice agents. \`POST /v1/calls\` rings a phone; the same key reads back the
live transcript, the outcome, the extracted details and the recording. Two path families, one kind of key: \`/v1\` for
applications, \`/api/voice\` for workflows and dashboards.

## Authentication
\`Authorization: Bearer tl_k_…\`. A key is shown once, when it is made. Players and sockets, which can't set headers, bring
theirs as \`?token=\` where an operation says so. Each operation names the **scope** it needs; none implies another.
A missing, unknown, expired or revoked key is 401; a key without the scope 403; another organisation's object 404.

## Errors
Every refusal is \`application/problem+json\` (RFC 9457). \`code\` is from one closed list and is what to branch on; each
operation names those it can answer. \`type\` is the address of the code's page, \`/problems/{code}\`. \`detail\` is one plain
sentence, \`errors\` names the fields. A refusal changes nothing. Order of checks: 401, 403, 429, 404 of the path's object, 413, \`Idempotency-Key\`, 415, 400, 422, then what the action itself finds, such as a 409. A method that a path does not take is 405 with \`Allow\`.

## Idempotency
Every \`POST\` takes an \`Idempotency-Key\`: the first request acts, and later ones with the same key and body get its answer
with \`Idempotent-Replayed: true\`. Another body is 422 \`idempotency_key_reused\`; while the first still runs it is 409
\`idempotency_in_progress\`. A refusal leaves the key unused. Keys are kept for 24 hours, by organisation and path. Secrets
that an answer shows once are \`null\` in its replay.

## Rate limits
Each key has token buckets: some operations draw on one of their own, all others share \`default\`. Each operation says which,
and how many a minute. \`RateLimit-Policy\` and \`RateLimit\` tell the state; a 429 draws nothing and says \`Retry-After\`.

## Reading what you wrote
Reads are answered by the copy of the data that is nearest to you, which may be a moment behind. An answer that read or wrote
data carries a \`Trunkline-Bookmark\`. Send the newest one back with your \`GET\`s, and they show at least what that answer knew:
what you wrote, and never anything older than what you have read. It is opaque, sorts as text, holds for all operations of a
deployment, and tells nobody anything. What has just been made is found without it too, and changes always see the newest.

## Lists
\`{ "<plural>": […], "total": n }\`, newest first; the people of a queue oldest first. \`limit\` is 1 to 100 (50 if you don't say), \`offset\` skips. \`total\` is the
exact number of what matches. A filter by an id that does not exist gives an empty list.

## Ids, times, bodies
Ids tell their kind (\`cal_\` call, \`flw_\` campaign, \`cst_\` contact, \`agt_\` voice agent, …) and sort by time. Times are
ISO 8601 in UTC with \`Z\`, durations whole seconds. A change is \`PATCH\` with a JSON Merge Patch (RFC 7396). Unknown fields of
a body are refused; answers may grow fields, which clients should ignore.
`.trim();

export const INFO = {
  title: "Trunkline",
  summary: "Voice agents on the phone.",
  description,
  version: packageJson.version,
  license: { name: "MIT", identifier: "MIT" },
};

/** In the order in which a reader meets them. */
export const TAGS: Record<string, string> = {
  Calls: "Place calls, watch them, read what became of them.",
  "Workflow actions": "What a workflow does with a call while it lives, and what it writes back.",
  Campaigns: "What calls are for: an agent, a number, and how they are made.",
  "Voice agents": "Who speaks in a campaign's calls.",
  Contacts: "The people who are called, or who call.",
  "Opt-outs": "Numbers that are never called again.",
  "Human queues": "Queues of people whom a voice agent may hand a call to.",
  Webhooks: "Addresses of yours that are told what happens.",
  "Carrier accounts": "Accounts at the carriers that place and take the calls.",
  Organisation: "What holds for all calls of an organisation.",
  Keys: "API keys, their scopes and limits.",
  Tokens: "Short-lived tokens for sockets and players.",
  Deployment: "The deployment itself. These need no key.",
};

export const SECURITY_SCHEMES = {
  apiKey: {
    type: "http",
    scheme: "bearer",
    description: "An API key, `tl_k_…`, with the scopes that are listed.",
  },
  token: {
    type: "apiKey",
    in: "query",
    name: "token",
    description: "The same in the query, for players and sockets, which can't set headers.",
  },
};
