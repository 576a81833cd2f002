import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Answer, Problem } from "../api.ts";
import { announce } from "./announcer.tsx";
import { ProblemNote } from "./parts.tsx";

/**
 * Asks before something is done, and shows what came of it: done, it closes and says so; refused, it stays and says why.
 * @param act null: what was filled in is not enough, and the dialog stays.
 */
export function ActionDialog<T>({
  title,
  confirm,
  danger = false,
  act,
  done,
  onClose,
  children,
}: {
  title: string;
  /** What the button says that does it. */
  confirm: string;
  danger?: boolean;
  act: () => Promise<Answer<T>> | null;
  /** Said once it is done. */
  done: (value: T) => string;
  onClose: (value: T | null) => void;
  children?: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // A layout effect: others are undone when the dialog is gone from the page, which is too late.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Closed before it is taken away: so the focus goes back to where it came from.
    return () => shown?.close();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const acting = isBusy ? null : act();
    if (acting === null) return;
    setBusy(true);
    const answer = await acting;
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    announce(done(answer.value));
    onClose(answer.value);
  };
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        if (!isBusy) onClose(null);
      }}
      // Pressed again and again, Escape closes it all the same.
      onClose={({ currentTarget }) => {
        if (!currentTarget.isConnected) return;
        if (isBusy) currentTarget.showModal();
        else onClose(null);
      }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2>{title}</h2>
        {children}
        {problem === null ? null : <ProblemNote problem={problem} />}
        <div class="dialog-actions">
          <button type="button" disabled={isBusy} onClick={() => onClose(null)}>
            Cancel
          </button>
          <button type="submit" class={danger ? "danger" : "primary"} disabled={isBusy} aria-busy={isBusy}>
            {isBusy ? "Working…" : confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
