import { useState } from "preact/hooks";
import { CALL_EVENTS } from "../../domain/webhook.ts";
import { ask, pathOf, type Answer } from "../api.ts";
import { showNumber } from "../format.ts";
import { useResource } from "../resource.ts";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field } from "../ui/parts.tsx";
import { useEvery } from "../ui/use-every.ts";
import type { Log } from "./delivery-log.tsx";
import { localBefore, momentOf } from "./span.ts";

const DAY_SECONDS = 86_400;
const LOOK_EVERY_SECONDS = 2;
/** What has not gone by then waits for another try, which may be hours away. */
const SOON_MS = 60_000;
const LATER_EVERY_SECONDS = 30;

type Span = Record<string, string | undefined>;

/** A replay that was asked for: what of, and how many that were. `waited`: so many were on their way before it. */
export type Replay = { span: Span; count: number; waited: number; atMs: number };

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
  const replay = async (): Promise<Answer<Replay>> => {
    // What is fired from now on is none of it. The server is asked by its own clock.
    const watched = { ...span, date_to: span.date_to ?? new Date().toISOString() };
    const waiting = await ask<Log>("GET", ofStatus(path, watched, "pending"));
    if (!waiting.ok) return waiting;
    const body = { ...span, ...(status === "" ? {} : { status }) };
    const asked = await ask<{ replayed: number }>("POST", `${path}/replay`, body);
    if (!asked.ok) return asked;
    const { replayed: count } = asked.value;
    return { ok: true, value: { span: watched, count, waited: waiting.value.total, atMs: Date.now() } };
  };
  return (
    <ActionDialog<Replay>
      title="Send a span of time again"
      confirm="Replay the span"
      act={replay}
      done={({ count }) => `To be sent again: ${showNumber(count)}.`}
      onClose={onClose}
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

function ofStatus(path: string, span: Span, status: string): string {
  return pathOf(`${path}/logs`, { ...span, status, limit: 1 });
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
  const { span, count, waited, atMs } = replay;
  const waiting = useResource<Log>(count === 0 ? null : ofStatus(path, span, "pending"));
  const failed = useResource<Log>(count === 0 ? null : ofStatus(path, span, "failed"));
  const open = waiting.value === null ? count : Math.min(count, Math.max(0, waiting.value.total - waited));
  const isSoon = Date.now() - atMs < SOON_MS;
  useEvery(isSoon ? LOOK_EVERY_SECONDS : LATER_EVERY_SECONDS, async () => {
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
