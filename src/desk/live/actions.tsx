import { useState } from "preact/hooks";
import type { CallStatus } from "../../domain/call/status.ts";
import { useMay } from "../session.tsx";
import { EndCall } from "./end-call.tsx";
import { TransferCall } from "./transfer-call.tsx";

/** What can be done with a call, by who may do it. */
export function Actions({
  id,
  who,
  status,
  usualQueue,
}: {
  id: string;
  who: string;
  status: CallStatus;
  usualQueue: string | null;
}) {
  const mayAct = useMay()("voice:calls:write");
  const [asked, setAsked] = useState<"transfer" | "end" | null>(null);
  const [isEnding, setEnding] = useState(false);
  if (!mayAct) return null;
  return (
    <>
      {status === "ended" ? null : (
        <div class="actions">
          <button
            type="button"
            disabled={status !== "in_progress" || isEnding}
            onClick={() => setAsked("transfer")}
          >
            Transfer
          </button>
          <button type="button" class="danger" disabled={isEnding} onClick={() => setAsked("end")}>
            {isEnding ? "Ending…" : "End call"}
          </button>
        </div>
      )}
      {asked === "transfer" ? (
        <TransferCall id={id} who={who} usual={usualQueue} onClose={() => setAsked(null)} />
      ) : null}
      {asked === "end" ? (
        <EndCall
          id={id}
          who={who}
          onClose={(ended) => {
            setAsked(null);
            if (ended !== null) setEnding(true);
          }}
        />
      ) : null}
    </>
  );
}
