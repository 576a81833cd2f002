import type { RateLimitBucket } from "../../src/domain/rate-limits.ts";

/** Requests a minute, as the contract has them. */
export const QUOTAS: Record<RateLimitBucket, number> = {
  default: 600,
  place_call: 30,
  write_call_metadata: 30,
  transfer_call: 10,
  end_call: 10,
  agent_availability: 30,
  write_contact: 60,
  create_opt_out: 20,
  create_campaign: 20,
  create_voice_agent: 20,
  create_queue: 20,
  create_human_agent: 20,
  create_carrier: 20,
  create_key: 20,
  create_webhook: 20,
  test_webhook: 20,
};
