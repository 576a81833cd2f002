import { useState } from "preact/hooks";
import type { TransferredCall } from "../../contract/call-actions.ts";
import type { Availability, Queue } from "../../contract/queues.ts";
import { LONGEST_BRIEF } from "../../domain/brief.ts";
import { ask, pathOf } from "../api.ts";
import { showTime } from "../format.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { useAll } from "../use-all.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field, Loading, ProblemNote } from "../ui/parts.tsx";

/** @param usual the queue that the call's campaign names. */
export function TransferCall({
  id,
  who,
  usual,
  onClose,
}: {
  id: string;
  who: string;
  usual: string | null;
  onClose: (transferred: TransferredCall | null) => void;
}) {
  const mayList = useMay()("voice:queues:read");
  const list = useAll<Queue>(mayList ? "/v1/queues" : null, "queues");
  const names = list.value?.map(({ name }) => name) ?? null;
  const [chosen, setChosen] = useState<string | null>(null);
  const [brief, setBrief] = useState("");
  const first = names === null ? usual : (names.find((name) => name === usual) ?? names[0] ?? null);
  const target = chosen ?? first ?? "";
  const act = () => {
    if (target === "" || lengthOf(brief) > LONGEST_BRIEF) return null;
    const body = { target, ...(brief.trim() === "" ? {} : { agent_brief: brief.trim() }) };
    return ask<TransferredCall>("POST", `/api/voice/calls/${id}/transfer`, body);
  };
  return (
    <ActionDialog<TransferredCall>
      title={`Transfer the call with ${who}?`}
      confirm="Transfer"
      act={act}
      done={() => `The call with ${who} is being transferred to ${target}.`}
      onClose={onClose}
    >
      {list.problem === null ? null : <ProblemNote problem={list.problem} again={list.reload} />}
      {mayList && names === null && list.problem === null ? <Loading what="Reading the queues" /> : null}
      {mayList && names === null ? null : <Target names={names} target={target} onChange={setChosen} />}
      {names === null ? null : <IsFree key={target} target={target} />}
      <Brief brief={brief} onChange={setBrief} />
    </ActionDialog>
  );
}

/** @param names null: they may not be read, and one is typed. */
function Target({
  names,
  target,
  onChange,
}: {
  names: readonly string[] | null;
  target: string;
  onChange: (target: string) => void;
}) {
  if (names === null) {
    return (
      <Field label="Queue" hint="A queue's name, like sales_specialist.">
        <input required value={target} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
      </Field>
    );
  }
  if (names.length === 0) {
    return (
      <p class="hint">
        There is no queue to transfer to yet. <a href="/desk/queues">Make one</a>
      </p>
    );
  }
  return (
    <Field label="Queue">
      <select value={target} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Asked for the chosen queue only: a key may ask 30 times a minute. */
function IsFree({ target }: { target: string }) {
  const path = "/api/voice/calls/agent-availability";
  const { value, problem, isLoading, reload } = useResource<Availability>(
    target === "" ? null : pathOf(path, { target }),
  );
  if (target === "") return null;
  return (
    <div class="live-free" role="status">
      {problem !== null ? (
        <span>{problem.detail}</span>
      ) : value === null ? (
        <span>Asking who is available…</span>
      ) : (
        <span class={value.available ? "live-is-free" : "live-is-busy"} title={showTime(value.checked_at)}>
          {value.available ? "Somebody is available" : "Nobody is available now"} ·{" "}
          {value.queue_depth === 0 ? "no calls waiting" : `${value.queue_depth} waiting`}
        </span>
      )}
      <button type="button" class="link" disabled={isLoading} onClick={() => void reload()}>
        Check again
      </button>
    </div>
  );
}

function Brief({ brief, onChange }: { brief: string; onChange: (brief: string) => void }) {
  const length = lengthOf(brief);
  return (
    <Field
      label="Brief (optional)"
      hint={
        <span class="live-brief">
          <span>Spoken to whoever picks up, before they are put through.</span>
          <span class={length > LONGEST_BRIEF ? "live-over" : ""}>
            {length} / {LONGEST_BRIEF}
          </span>
        </span>
      }
    >
      <textarea
        rows={4}
        value={brief}
        aria-invalid={length > LONGEST_BRIEF}
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value);
          const isTooLong = lengthOf(currentTarget.value) > LONGEST_BRIEF;
          currentTarget.setCustomValidity(isTooLong ? `At most ${LONGEST_BRIEF} characters.` : "");
        }}
      />
    </Field>
  );
}

/** In characters as people count them, and the server does: an emoji is one. */
function lengthOf(text: string): number {
  return [...text.trim()].length;
}
