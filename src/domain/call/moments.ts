/** Why the agent should take a turn. */
export const MOMENTS = [
  "opened",
  "resumed",
  "customer_spoke",
  "silence",
  "silence_end",
  /** A human will take over: the customer is to be told. */
  "transferring",
  /** None of those who were rung took the call. */
  "transfer_failed",
  /** The agent wished for a human, and there is none to be had. */
  "no_human",
  /** The agent's part is cut off soon, and nobody is speaking. */
  "time_almost_up",
] as const;
export type Moment = (typeof MOMENTS)[number];
