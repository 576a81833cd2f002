// The addresses at which a carrier reaches us about one call. http/routes/carriers.ts serves them.

export type CallUrls = { answer: string; status: string; recording: string; relayEnd: string; relay: string };

/** @param baseUrl scheme and host of this deployment; the relay's address takes `ws` for `http`. */
export function callUrls(baseUrl: string, carrierId: string, callId: string): CallUrls {
  const base = callBase(baseUrl, carrierId, callId);
  return {
    answer: `${base}/answer`,
    status: `${base}/status`,
    recording: `${base}/recording`,
    relayEnd: `${base}/relay-end`,
    relay: `${base.replace(/^http/, "ws")}/relay`,
  };
}

/** `whisper` and `accept` are asked on the human's line, `dialEnd` on the customer's when the human's is over. */
export type HumanUrls = { whisper: string; accept: string; dialEnd: string };

/** Those that are about one human in one transfer of the call. */
export function humanUrls(
  baseUrl: string,
  carrierId: string,
  callId: string,
  { transferId, humanId }: { transferId: string; humanId: string },
): HumanUrls {
  const base = callBase(baseUrl, carrierId, callId);
  const which = new URLSearchParams({ transfer: transferId, human: humanId }).toString();
  return {
    whisper: `${base}/whisper?${which}`,
    accept: `${base}/accept?${which}`,
    dialEnd: `${base}/dial-end?${which}`,
  };
}

function callBase(baseUrl: string, carrierId: string, callId: string): string {
  return `${baseUrl}/carriers/${carrierId}/calls/${callId}`;
}
