import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DeskSession } from "../contract/desk.ts";
import { ask, whenSignedOut, type Problem } from "./api.ts";
import { Rooms } from "./rooms.tsx";
import { Router } from "./router.tsx";
import { SessionContext } from "./session.tsx";
import { SignIn } from "./sign-in.tsx";
import "./styles/base.css";
import "./styles/live.css";
import "./styles/calls.css";
import "./styles/numbers.css";
import "./styles/running.css";
import "./styles/accounts.css";
import { Layout } from "./ui/layout.tsx";
import { Loading, ProblemNote } from "./ui/parts.tsx";

/** `undefined`: not known yet. */
type Known = DeskSession | null | undefined;

function Desk() {
  const [session, setSession] = useState<Known>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);
  const look = async (): Promise<void> => {
    setProblem(null);
    const answer = await ask<DeskSession>("GET", "/desk/session");
    if (answer.ok) setSession(answer.value);
    else if (answer.problem.code === "unauthorized") setSession(null);
    else setProblem(answer.problem);
  };
  const leave = async (): Promise<void> => {
    const answer = await ask("DELETE", "/desk/session");
    if (answer.ok) setSession(null);
    else setProblem(answer.problem);
  };
  useEffect(() => {
    whenSignedOut(() => setSession(null));
    void look();
  }, []);
  if (problem !== null) {
    return (
      <main class="alone">
        <ProblemNote problem={problem} again={look} />
      </main>
    );
  }
  if (session === undefined) {
    return (
      <main class="alone">
        <Loading />
      </main>
    );
  }
  if (session === null) return <SignIn onSignedIn={setSession} />;
  return (
    <SessionContext.Provider value={session}>
      <Layout onSignOut={() => void leave()}>
        <Rooms />
      </Layout>
    </SessionContext.Provider>
  );
}

const place = document.getElementById("desk");
if (place !== null) {
  place.textContent = "";
  render(
    <Router>
      <Desk />
    </Router>,
    place,
  );
}
