// How one part of the product reaches a Durable Object of another: by name, over RPC.

export function agentQueueOf(env: Env, queueId: string) {
  return env.AGENT_QUEUE.getByName(queueId);
}

export function callSessionOf(env: Env, callId: string) {
  return env.CALL_SESSION.getByName(callId);
}

export function carrierGateOf(env: Env, carrierId: string) {
  return env.CARRIER_GATE.getByName(carrierId);
}

export function liveBoardOf(env: Env, orgId: string) {
  return env.LIVE_BOARD.getByName(orgId);
}

/** @param id of an API key, or of a carrier account. */
export function rateLimiterOf(env: Env, id: string) {
  return env.RATE_LIMITER.getByName(id);
}

export function webhookEndpointOf(env: Env, webhookId: string) {
  return env.WEBHOOK_ENDPOINT.getByName(webhookId);
}
