// The addresses at which a carrier reaches us about one call. http/routes/carriers.ts serves them.

export type CallUrls = { answer: string; status: string; recording: string; relayEnd: string; relay: string };

/** @param baseUrl scheme and host of this deployment; the relay's address takes `ws` for `http`. */
export function callUrls(baseUrl: string, carrierId: string, callId: string): CallUrls {
  const base = `${baseUrl}/carriers/${carrierId}/calls/${callId}`;
  return {
    answer: `${base}/answer`,
    status: `${base}/status`,
    recording: `${base}/recording`,
    relayEnd: `${base}/relay-end`,
    relay: `${base.replace(/^http/, "ws")}/relay`,
  };
}
