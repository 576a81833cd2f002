import { useState } from "preact/hooks";
import type { EndedCall } from "../../contract/call-actions.ts";
import { REQUESTED_END_REASONS, type RequestedEndReason } from "../../domain/call/status.ts";
import { ask } from "../api.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { END_REASONS } from "./words.ts";

const REASONS = REQUESTED_END_REASONS.toReversed();

export function EndCall({
  id,
  who,
  onClose,
}: {
  id: string;
  who: string;
  onClose: (ended: EndedCall | null) => void;
}) {
  const [reason, setReason] = useState<RequestedEndReason>("workflow_close");
  return (
    <ActionDialog<EndedCall>
      title={`End the call with ${who}?`}
      confirm="End call"
      danger
      act={() => ask("POST", `/api/voice/calls/${id}/end`, { reason })}
      done={() => `The call with ${who} is being ended.`}
      onClose={onClose}
    >
      <Field label="Reason" hint={END_REASONS[reason].effect}>
        <select
          value={reason}
          onChange={({ currentTarget }) =>
            setReason(REASONS.find((each) => each === currentTarget.value) ?? reason)
          }
        >
          {REASONS.map((each) => (
            <option key={each} value={each}>
              {END_REASONS[each].label}
            </option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}
