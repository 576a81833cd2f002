// What a test's model is to answer, as the model server takes it. Types alone: tests of the Worker and of Node share
// them.

export type Reply = {
  /** One chunk each. */
  words?: readonly string[];
  /** In one answer; arguments that are a text are sent as they stand, to be malformed. */
  tools?: readonly { name: string; arguments: unknown }[];
  /** How long until the answer begins, … */
  firstAfterMs?: number;
  /** … and how long between its chunks. */
  everyMs?: number;
  /** Falls silent after so many chunks and keeps the connection. */
  stallsAfter?: number;
  /** Tears the connection after so many chunks. */
  breaksAfter?: number;
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it stands, in place of an answer. */
  body?: string;
  contentType?: string;
  /** The whole content of an answer that is not streamed. */
  json?: unknown;
};

/** `persona` behaves as a sensible model would towards the sandbox's people. */
export type Replies = readonly Reply[] | "persona";

/** What a model was asked, and what became of it. */
export type ModelRequest = {
  body: unknown;
  authorization: string | null;
  /** Whoever asked went away before the answer was complete. */
  aborted: boolean;
  startedAtMs: number;
  firstChunkAtMs: number | null;
};
