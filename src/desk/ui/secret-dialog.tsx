import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

type Copied = "not yet" | "copied" | "refused";

/** Shows a secret for the only time that it can be seen. It closes by its button alone, not by a slip of the Escape key. */
export function SecretDialog({
  title,
  label,
  secret,
  instead,
  onClose,
  children,
}: {
  title: string;
  label: string;
  /** Null: it was made, and the answer that had it was lost. */
  secret: string | null;
  /** What to do then. */
  instead: string;
  onClose: () => void;
  /** What it is for. */
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  // As in ActionDialog.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => event.preventDefault()}
      // Pressed again and again, Escape closes it all the same: browsers let no page hold people captive by one refusal.
      onClose={({ currentTarget }) => (currentTarget.isConnected ? currentTarget.showModal() : undefined)}
    >
      <div class="piled">
        <h2>{title}</h2>
        {secret === null ? (
          <p class="warning">
            <strong>Nobody has seen it.</strong> The answer that showed it was lost on its way, and it is
            shown once only. {instead}
          </p>
        ) : (
          <>
            {children}
            <SecretField label={label} secret={secret} />
            <p class="warning">
              <strong>It is shown this once.</strong> Nobody can look it up later, we neither: store it now.
            </p>
          </>
        )}
        <div class="dialog-actions">
          <button type="button" onClick={onClose}>
            {secret === null ? "Close" : "I have stored it"}
          </button>
        </div>
      </div>
    </dialog>
  );
}

function SecretField({ label, secret }: { label: string; secret: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<Copied>("not yet");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied("copied");
    } catch {
      field.current?.select();
      setCopied("refused");
    }
  };
  return (
    <label class="field">
      <span class="label">{label}</span>
      <span class="secret">
        <input
          ref={field}
          readOnly
          spellcheck={false}
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="primary" onClick={() => void copy()}>
          Copy
        </button>
      </span>
      <span class="hint" role="status">
        {SAID[copied]}
      </span>
    </label>
  );
}

const SAID: Record<Copied, string> = {
  "not yet": "",
  copied: "Copied.",
  refused: "The browser does not let us copy. It is selected: copy it by keyboard.",
};
