// How one part of the product reaches a Durable Object of another: by name, over RPC.

export function agentQueueOf(env: Env, queueId: string) {
  return env.AGENT_QUEUE.getByName(queueId);
}

/** @param place where the object is to be, if this is the first that is asked of it; null: near who asks. */
export function callSessionOf(env: Env, callId: string, place: DurableObjectLocationHint | null = null) {
  return env.CALL_SESSION.getByName(callId, hintOf(place));
}

/** @param place as above. */
export function carrierGateOf(env: Env, carrierId: string, place: DurableObjectLocationHint | null = null) {
  return env.CARRIER_GATE.getByName(carrierId, hintOf(place));
}

export function liveBoardOf(env: Env, orgId: string) {
  return env.LIVE_BOARD.getByName(orgId);
}

/** @param id of an API key, or of a carrier account. */
export function rateLimiterOf(env: Env, id: string) {
  return env.RATE_LIMITER.getByName(id);
}

function hintOf(place: DurableObjectLocationHint | null) {
  return place === null ? {} : { locationHint: place };
}

export function webhookEndpointOf(env: Env, webhookId: string) {
  return env.WEBHOOK_ENDPOINT.getByName(webhookId);
}
