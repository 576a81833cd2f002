import { Fragment, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DeskSession } from "../contract/desk.ts";
import { ask, SIGNED_IN, whenSignedOut, type Problem } from "./api.ts";
import { useOtherTabs } from "./other-tabs.ts";
import { Rooms } from "./rooms.tsx";
import { Router } from "./router.tsx";
import { SessionContext } from "./session.tsx";
import { SignIn, SignInAgain } from "./sign-in.tsx";
import "./styles/base.css";
import "./styles/live.css";
import "./styles/calls.css";
import "./styles/numbers.css";
import "./styles/running.css";
import "./styles/accounts.css";
import { announce } from "./ui/announcer.tsx";
import { Layout } from "./ui/layout.tsx";
import { Loading, ProblemNote } from "./ui/parts.tsx";

/** `session`: undefined is not known yet. One that has ended stays, and with it all that was typed. */
type Known = { session: DeskSession | null | undefined; hasEnded: boolean };
const NOBODY: Known = { session: null, hasEnded: false };

function Desk() {
  const [{ session, hasEnded }, setKnown] = useState<Known>({ ...NOBODY, session: undefined });
  const [problem, setProblem] = useState<Problem | null>(null);
  const enter = (entered: DeskSession): void => {
    setKnown({ session: entered, hasEnded: false });
    if (hasEnded) dispatchEvent(new Event(SIGNED_IN));
  };
  /** Asked when there is reason to think that it is another session now. What can't be asked stays as it is. */
  const lookAgain = async (): Promise<void> => {
    const answer = await ask<DeskSession>("GET", "/desk/session");
    if (answer.ok) enter(answer.value);
  };
  const look = async (): Promise<void> => {
    setProblem(null);
    const answer = await ask<DeskSession>("GET", "/desk/session");
    if (answer.ok) setKnown({ session: answer.value, hasEnded: false });
    else if (answer.problem.code !== "unauthorized") setProblem(answer.problem);
  };
  const tell = useOtherTabs((news) => (news === "in" ? void lookAgain() : setKnown(NOBODY)));
  const leave = async (): Promise<void> => {
    const answer = await ask("DELETE", "/desk/session");
    if (answer.ok) {
      setKnown(NOBODY);
      tell("out");
    } else announce(`You are still signed in: ${answer.problem.detail}`);
  };
  useEffect(() => {
    whenSignedOut(() =>
      setKnown((known) => (known.session ? { session: known.session, hasEnded: true } : NOBODY)),
    );
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
  const signIn = (entered: DeskSession): void => {
    enter(entered);
    tell("in");
  };
  if (session === null) return <SignIn onSignedIn={signIn} />;
  return (
    <SessionContext.Provider value={session}>
      {/* What one key was shown is not for another. */}
      <Fragment key={`${session.organisation.uuid} ${session.key_id}`}>
        <Layout onSignOut={() => void leave()}>
          <Rooms />
        </Layout>
        {hasEnded ? <SignInAgain onSignedIn={signIn} /> : null}
      </Fragment>
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
