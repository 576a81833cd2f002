// What becomes of a call, by the number called: `+1500LLLNNNN`, LLL 200-999, where NNNN decides and LLL is free.
// Any other number, whatever its form, is an interested customer. Who calls in is told what to be by NNNN alone.
// Plain data: the machine reads it, and the REST border reads what becomes of the create. Times are the sandbox's
// own and are divided by SANDBOX_SPEED.

import type { CustomerName } from "./customers.ts";

/** What the carrier itself does wrong on a call that is placed. */
export type Faults = {
  /** `unanswered`: the call is placed, the answer never comes. `throttled`: only the third create is heeded. */
  create?: "unanswered" | "throttled";
  /** `reversed`: kept until the call has ended, then the newest comes first. */
  statusCallbacks?: "lost" | "tripled" | "reversed" | "late";
  /** Drops the relay's socket half-way through this utterance of the agent (1 is the first). */
  dropsRelayDuring?: number;
  /** Once the call was answered, no callback arrives any more, the relay's action included. */
  losesCallbacks?: true;
};

export type Behaviour =
  | { kind: "refused"; status: 400 | 500; code: 20500 | 21214 | 21216 | 21217 }
  | {
      kind: "unanswered";
      status: "busy" | "failed" | "no-answer";
      sipResponseCode: number;
      rings: boolean;
      /** After the dialling or, if it rings, the ringing; or when the create's own `Timeout` runs out. */
      afterMs: number | "timeout";
    }
  | { kind: "answers"; answeredBy: "human" | "machine" | "fax"; customer: CustomerName; faults: Faults };

const INTERESTED = person("interested");

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "0001": { kind: "refused", status: 400, code: 21217 },
  "0002": { kind: "refused", status: 400, code: 21214 },
  "0004": { kind: "refused", status: 400, code: 21216 },
  "0010": { kind: "unanswered", status: "busy", sipResponseCode: 486, rings: false, afterMs: 1500 },
  "0011": { kind: "unanswered", status: "no-answer", sipResponseCode: 487, rings: true, afterMs: "timeout" },
  "0012": { kind: "unanswered", status: "busy", sipResponseCode: 603, rings: true, afterMs: 1500 },
  "0013": { kind: "unanswered", status: "failed", sipResponseCode: 503, rings: false, afterMs: 1000 },
  "0020": { kind: "answers", answeredBy: "machine", customer: "voicemail", faults: {} },
  "0021": { kind: "answers", answeredBy: "fax", customer: "fax", faults: {} },
  "0030": INTERESTED,
  "0031": person("asks-for-human"),
  "0032": person("never-again"),
  "0033": person("wrong-number"),
  "0034": person("hostile"),
  "0035": person("hangs-up"),
  "0036": person("silent"),
  "0037": person("interrupting"),
  "0038": person("talkative"),
  "0039": person("presses-keys"),
  "0040": { kind: "refused", status: 500, code: 20500 },
  "0041": person("interested", { create: "unanswered" }),
  "0042": person("interested", { create: "throttled" }),
  "0043": person("interested", { statusCallbacks: "lost" }),
  "0044": person("interested", { statusCallbacks: "tripled" }),
  "0045": person("interested", { statusCallbacks: "reversed" }),
  "0046": person("interested", { statusCallbacks: "late" }),
  "0047": person("interested", { dropsRelayDuring: 4 }),
  "0048": person("hangs-up", { losesCallbacks: true }),
  "0080": person("typed"),
  "0090": person("takes-over"),
  "0091": INTERESTED,
  "0092": { kind: "unanswered", status: "busy", sipResponseCode: 486, rings: false, afterMs: 1500 },
  "0093": person("backs-out"),
};

/** The NNNN of a sandbox number; of any other that of an interested customer. */
export function behavesOf(number: string): string {
  return /^\+1500[2-9]\d{2}(\d{4})$/.exec(number)?.[1] ?? "0030";
}

/** @param behaves NNNN. */
export function behaviourOf(behaves: string): Behaviour {
  return BEHAVIOURS[behaves] ?? INTERESTED;
}

export function faultsOf(behaves: string): Faults {
  const behaviour = behaviourOf(behaves);
  return behaviour.kind === "answers" ? behaviour.faults : {};
}

/** Whether it makes sense of who calls in: a person, who needs no create. */
export function canCallIn(behaves: string): boolean {
  const behaviour = BEHAVIOURS[behaves];
  return (
    behaviour?.kind === "answers" && behaviour.answeredBy === "human" && behaviour.faults.create === undefined
  );
}

function person(customer: CustomerName, faults: Faults = {}): Behaviour {
  return { kind: "answers", answeredBy: "human", customer, faults };
}
