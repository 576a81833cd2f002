// What a test's receiver of webhooks is to do, as the receivers' server takes it. Types alone: the server runs in Node.

export type ReceiverAnswer = {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /**
   * `hangs`: never says a word. `drops`: tears the connection. `streams`: answers, and never comes to an end.
   * `stalls`: answers, says its body, and keeps silent. `waits`: answers once it is released.
   */
  does?: "hangs" | "drops" | "streams" | "stalls" | "waits";
  /** So many bytes in place of `body`. */
  bytes?: number;
};

/** What a receiver got. */
export type ReceivedRequest = {
  method: string;
  /** Below the receiver's own address. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** How much of the answer was written before whoever asked went away, or it was complete. */
  answeredBytes: number;
  /** Whoever asked went away before the answer was complete. */
  isAborted: boolean;
};
