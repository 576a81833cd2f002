import { useEffect, useState } from "preact/hooks";
import type { DeskSession } from "../contract/desk.ts";
import { ask, type Problem } from "./api.ts";
import { Field, ProblemNote } from "./ui/parts.tsx";

/** The key is sent once, and kept nowhere in the browser. */
export function SignIn({ onSignedIn }: { onSignedIn: (session: DeskSession) => void }) {
  const [key, setKey] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    document.title = "Sign in · Trunkline desk";
  }, []);
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
    <main class="alone">
      <h1>Trunkline desk</h1>
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
    </main>
  );
}
