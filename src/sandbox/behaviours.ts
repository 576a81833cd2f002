// What becomes of a call, by the number called: `+1500LLLNNNN`, LLL 200-999, where NNNN decides and LLL is free.
// Any other number, whatever its form, is an interested customer. Plain data: the machine reads it, and the REST
// border reads only `refused`. Times are the sandbox's own and are divided by SANDBOX_SPEED.

import type { CustomerName } from "./customers.ts";

export type Behaviour =
  | { kind: "refused"; code: 21214 | 21216 | 21217 }
  | {
      kind: "unanswered";
      status: "busy" | "failed" | "no-answer";
      sipResponseCode: number;
      rings: boolean;
      /** After the dialling or, if it rings, the ringing; or when the create's own `Timeout` runs out. */
      afterMs: number | "timeout";
    }
  | { kind: "answers"; answeredBy: "human" | "machine" | "fax"; customer: CustomerName };

const INTERESTED: Behaviour = { kind: "answers", answeredBy: "human", customer: "interested" };

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "0001": { kind: "refused", code: 21217 },
  "0002": { kind: "refused", code: 21214 },
  "0004": { kind: "refused", code: 21216 },
  "0010": { kind: "unanswered", status: "busy", sipResponseCode: 486, rings: false, afterMs: 1500 },
  "0011": { kind: "unanswered", status: "no-answer", sipResponseCode: 487, rings: true, afterMs: "timeout" },
  "0012": { kind: "unanswered", status: "busy", sipResponseCode: 603, rings: true, afterMs: 1500 },
  "0013": { kind: "unanswered", status: "failed", sipResponseCode: 503, rings: false, afterMs: 1000 },
  "0020": { kind: "answers", answeredBy: "machine", customer: "voicemail" },
  "0021": { kind: "answers", answeredBy: "fax", customer: "fax" },
  "0030": INTERESTED,
  "0032": { kind: "answers", answeredBy: "human", customer: "never-again" },
  "0033": { kind: "answers", answeredBy: "human", customer: "wrong-number" },
  "0034": { kind: "answers", answeredBy: "human", customer: "hostile" },
  "0035": { kind: "answers", answeredBy: "human", customer: "hangs-up" },
  "0036": { kind: "answers", answeredBy: "human", customer: "silent" },
  "0037": { kind: "answers", answeredBy: "human", customer: "interrupting" },
  "0038": { kind: "answers", answeredBy: "human", customer: "talkative" },
};

export function behaviourOf(number: string): Behaviour {
  const ending = /^\+1500[2-9]\d{2}(\d{4})$/.exec(number)?.[1];
  return (ending === undefined ? undefined : BEHAVIOURS[ending]) ?? INTERESTED;
}
