// Why a model gave no answer that can be used: told by short codes, which are fit to be logged.

export type FailureReason =
  | "not_opened"
  | "late_first_word"
  | "stalled"
  | "too_long"
  | "network"
  | "broken_answer"
  | "no_answer"
  | "only_refused_tools"
  | `status_${number}`;

export class ModelFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason) {
    super(reason);
    this.name = "ModelFailure";
    this.reason = reason;
  }

  /** Whether there is sense in asking once more. */
  get mayPass(): boolean {
    if (this.reason === "not_opened") return false;
    const status = statusOf(this.reason);
    return status === null || status >= 500 || PASSING_STATUSES.includes(status);
  }
}

/** Time-out, conflict, too early, too many: all other refusals would be repeated, and so would a redirect. */
const PASSING_STATUSES: readonly number[] = [408, 409, 425, 429];

/** What the SDK, the network or the runtime has thrown. */
export function failureOf(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (typeof error !== "object" || error === null || !("statusCode" in error))
    return new ModelFailure("network");
  const { statusCode } = error;
  if (typeof statusCode !== "number") return new ModelFailure("network");
  // It answered, and then not as it should.
  return new ModelFailure(statusCode < 300 ? "broken_answer" : `status_${statusCode}`);
}

function statusOf(reason: FailureReason): number | null {
  const [, status] = /^status_(\d+)$/.exec(reason) ?? [];
  return status === undefined ? null : Number(status);
}
