import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { DeskSession } from "../contract/desk.ts";
import { ask, type Problem } from "./api.ts";
import { Field, ProblemNote } from "./ui/parts.tsx";

type Props = { onSignedIn: (session: DeskSession) => void };

export function SignIn({ onSignedIn }: Props) {
  useEffect(() => {
    document.title = "Sign in · Trunkline desk";
  }, []);
  return (
    <main class="alone">
      <h1>Trunkline desk</h1>
      <KeyForm onSignedIn={onSignedIn} />
    </main>
  );
}

/** Above the page as it stood when the session ended. There is no way past it. */
export function SignInAgain({ onSignedIn }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect, so that the focus goes back to where it came from.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label="Sign in again"
      onCancel={(event) => event.preventDefault()}
      // Escape closes it all the same when it is pressed again and again.
      onClose={({ currentTarget }) => (currentTarget.isConnected ? currentTarget.showModal() : undefined)}
    >
      <h2>The session has ended</h2>
      <p>
        Sign in again with the same key, and go on where you were: nothing you typed is lost. With another key
        the desk begins anew.
      </p>
      <KeyForm onSignedIn={onSignedIn} />
    </dialog>
  );
}

/** The key is sent once, and kept nowhere in the browser. */
function KeyForm({ onSignedIn }: Props) {
  const [key, setKey] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await ask<DeskSession>("POST", "/desk/session", { key });
    setBusy(false);
    if (answer.ok) onSignedIn(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field
        label="API key"
        hint="What you see and may do follows the key's scopes. You stay signed in for 12 hours."
      >
        <input
          type="password"
          name="key"
          autocomplete="current-password"
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </Field>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <button type="submit" class="primary" disabled={isBusy} aria-busy={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}
