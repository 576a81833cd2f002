// How many requests a minute a key may make. A request draws on the bucket of what it does, or on `default`.

export const RATE_LIMIT_BUCKETS = [
  "default",
  "place_call",
  "write_call_metadata",
  "transfer_call",
  "end_call",
  "agent_availability",
  "write_contact",
  "create_opt_out",
  "create_campaign",
  "create_voice_agent",
  "create_queue",
  "create_human_agent",
  "create_carrier",
  "create_key",
  "create_webhook",
  "test_webhook",
] as const;

export type RateLimitBucket = (typeof RATE_LIMIT_BUCKETS)[number];

/** What a key has that was given nothing else. */
export const REQUESTS_PER_MINUTE = {
  default: 600,
  place_call: 30,
  write_call_metadata: 30,
  transfer_call: 10,
  end_call: 10,
  agent_availability: 30,
  /** To create, to change and to delete one. */
  write_contact: 60,
  create_opt_out: 20,
  create_campaign: 20,
  create_voice_agent: 20,
  create_queue: 20,
  create_human_agent: 20,
  create_carrier: 20,
  create_key: 20,
  create_webhook: 20,
  /** Each sends a request to an address that the client chose. */
  test_webhook: 20,
} as const satisfies Record<RateLimitBucket, number>;

/** What an administrator gave a key, by bucket, in requests per minute. */
export type KeyLimits = Partial<Record<RateLimitBucket, number>>;

export function limitOf(bucket: RateLimitBucket, keyLimits: KeyLimits | null): number {
  return keyLimits?.[bucket] ?? REQUESTS_PER_MINUTE[bucket];
}

/**
 * How many new calls a minute may come in to one carrier account, which has a limiter of its own. Twenty a second are
 * more than any desk answers; without an end, whoever owns one account could fill the database and spend the
 * deployment's model by inventing calls.
 */
export const INBOUND_CALLS_PER_MINUTE = 1_200;
