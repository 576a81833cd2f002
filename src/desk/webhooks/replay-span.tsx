import { useState } from "preact/hooks";
import { CALL_EVENTS } from "../../domain/webhook.ts";
import { ask, pathOf } from "../api.ts";
import { showNumber } from "../format.ts";
import { useResource } from "../resource.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { useEvery } from "../ui/use-every.ts";
import type { Log } from "./delivery-log.tsx";
import { localBefore, momentOf } from "./span.ts";

const DAY_SECONDS = 86_400;
const LOOK_EVERY_SECONDS = 2;

/** A replay that was asked for: what of, and how many that were. */
export type Replay = { span: Record<string, string | undefined>; count: number };

export function ReplayDialog({ path, onClose }: { path: string; onClose: (replay: Replay | null) => void }) {
  const [from, setFrom] = useState(localBefore(DAY_SECONDS));
  const [to, setTo] = useState("");
  const [status, setStatus] = useState("");
  const [event, setEvent] = useState("");
  const span = {
    date_from: momentOf(from),
    date_to: momentOf(to),
    event: event === "" ? undefined : event,
  };
  const body = { ...span, ...(status === "" ? {} : { status }) };
  return (
    <ActionDialog
      title="Send a span of time again"
      confirm="Replay the span"
      act={() => ask<{ replayed: number }>("POST", `${path}/replay`, body)}
      done={({ replayed }) => `To be sent again: ${showNumber(replayed)}.`}
      onClose={(value) => onClose(value === null ? null : { span, count: value.replayed })}
    >
      <p class="hint">
        For when a receiver was down. What waits for another try is left to it, and tests are left out.
      </p>
      <Field label="From">
        <input
          required
          type="datetime-local"
          value={from}
          onInput={({ currentTarget }) => setFrom(currentTarget.value)}
        />
      </Field>
      <Field label="Up to" hint="Empty: up to now.">
        <input type="datetime-local" value={to} onInput={({ currentTarget }) => setTo(currentTarget.value)} />
      </Field>
      <Field label="Which">
        <select value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value)}>
          <option value="">what was missed: failed and skipped</option>
          <option>failed</option>
          <option>skipped</option>
          <option>delivered</option>
        </select>
      </Field>
      <Field label="Event">
        <select value={event} onChange={({ currentTarget }) => setEvent(currentTarget.value)}>
          <option value="">any</option>
          {CALL_EVENTS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}

/** How far a replay is: what of its span is still on its way, and what of it was not taken. */
export function ReplayProgress({
  path,
  replay,
  onMoved,
  onHide,
}: {
  path: string;
  replay: Replay;
  onMoved: () => unknown;
  onHide: () => void;
}) {
  const { span, count } = replay;
  const ofStatus = (status: string): string => pathOf(`${path}/logs`, { ...span, status, limit: 1 });
  const waiting = useResource<Log>(count === 0 ? null : ofStatus("pending"));
  const failed = useResource<Log>(count === 0 ? null : ofStatus("failed"));
  const open = waiting.value === null ? count : Math.min(count, waiting.value.total);
  useEvery(LOOK_EVERY_SECONDS, async () => {
    if (open > 0) await Promise.all([waiting.reload(), failed.reload(), onMoved()]);
  });
  const missed = failed.value?.total ?? 0;
  const events = `${showNumber(count)} ${count === 1 ? "event" : "events"}`;
  return (
    <section class="sheet result" aria-label="Replay">
      <div class="piled">
        <span role="status">
          {count === 0
            ? "Nothing in this span was to be sent again."
            : open === 0
              ? `Sent again: ${events}.`
              : `Sending ${events} again…`}
        </span>
        {open === 0 ? null : (
          <>
            <progress aria-label="Sent again" max={count} value={count - open} />
            <span class="hint">{showNumber(open)} wait for their turn, or for another try.</span>
          </>
        )}
        {missed === 0 ? null : <span>{showNumber(missed)} of this span have failed.</span>}
      </div>
      <button type="button" onClick={onHide}>
        Hide
      </button>
    </section>
  );
}
