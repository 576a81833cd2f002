import { useEffect, useRef, useState } from "preact/hooks";
import { showDuration, showWord } from "../format.ts";
import { Field } from "../ui/parts.tsx";
import { useTypedCall, type TypedCall } from "./typed-call.ts";

/** The talk itself: the agent's words as they come, and what is typed for the customer. */
export function Talk({
  callId,
  agentName,
  onAgain,
}: {
  callId: string;
  agentName: string;
  onAgain: () => void;
}) {
  const call = useTypedCall(callId);
  return (
    <>
      <p class="talk-state" role="status">
        {stateOf(call)}
      </p>
      <Lines call={call} agentName={agentName} />
      {call.end === null ? (
        <Speak call={call} />
      ) : (
        <div class="dialog-actions">
          <a class="to-call" href={`/desk/calls/${callId}`}>
            See the call
          </a>
          <button type="button" class="primary" onClick={onAgain}>
            Talk again
          </button>
        </div>
      )}
    </>
  );
}

function stateOf({ status, end, isLost }: TypedCall): string {
  if (end !== null) {
    return `The call has ended after ${showDuration(end.duration)}: ${showWord(end.outcome)}, ${showWord(end.ended_reason)}.`;
  }
  if (isLost) return "The connection is lost; it is taken up again …";
  return status === "in_progress" ? "In conversation" : `The call is ${showWord(status)} …`;
}

function Lines({ call: { lines, status, end }, agentName }: { call: TypedCall; agentName: string }) {
  const log = useRef<HTMLDivElement>(null);
  const newest = lines.at(-1);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [lines.length, newest?.text]);
  return (
    <div class="talk-lines" role="log" aria-label="Conversation" tabIndex={0} ref={log}>
      {lines.map(({ index, speaker, text }) => (
        <p key={index} class={`said said-${speaker}`}>
          <span class="hint">{speaker === "agent" ? agentName : "You"}</span>
          {text}
        </p>
      ))}
      {end === null && newest === undefined && status === "in_progress" ? (
        <p class="hint">{agentName} begins …</p>
      ) : null}
    </div>
  );
}

function Speak({ call }: { call: TypedCall }) {
  const [text, setText] = useState("");
  const [digits, setDigits] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const isHeard = call.status === "in_progress";
  useEffect(() => {
    call.typing.current = text;
  }, [text]);
  useEffect(() => {
    if (isHeard) input.current?.focus();
  }, [isHeard]);
  const say = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "" || !(await call.act({ say: text.trim() }))) return;
    // What was typed meanwhile is not said yet.
    setText((now) => (now === text ? "" : now));
  };
  const press = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (digits !== "" && (await call.act({ press: digits }))) setDigits("");
  };
  return (
    <>
      <form class="talk-say" onSubmit={(event) => void say(event)}>
        <Field label="What you say">
          <input
            ref={input}
            value={text}
            maxLength={1_000}
            autocomplete="off"
            disabled={!isHeard}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </Field>
        <button type="submit" class="primary" disabled={!isHeard || call.isActing}>
          Say
        </button>
      </form>
      {call.refusal === null ? null : (
        <p class="problem" role="alert">
          {call.refusal}
        </p>
      )}
      <div class="talk-more">
        <form class="talk-say" onSubmit={(event) => void press(event)}>
          <Field label="Keys">
            <input
              value={digits}
              maxLength={32}
              pattern="[0-9*#]+"
              inputMode="tel"
              autocomplete="off"
              placeholder="12#"
              disabled={!isHeard}
              onInput={(event) => setDigits(event.currentTarget.value)}
            />
          </Field>
          <button type="submit" disabled={!isHeard || call.isActing}>
            Press
          </button>
        </form>
        <button type="button" class="danger" onClick={() => void call.hangUp()}>
          Hang up
        </button>
      </div>
    </>
  );
}
