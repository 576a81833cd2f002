// A call whose customer is typed here: what is heard of it, and what is said in it. Who leaves hangs up.

import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LiveMessage } from "../../contract/live.ts";
import type { TypedAct } from "../../contract/typed-person.ts";
import type { CallStatus } from "../../domain/call/status.ts";
import { Floor } from "../../domain/floor.ts";
import { ask } from "../api.ts";
import { openLiveSocket } from "../live-socket.ts";

type Line = { index: number; speaker: "agent" | "customer"; text: string };
type End = Extract<LiveMessage, { type: "end" }>;
type Heard = { status: CallStatus; lines: readonly Line[]; end: End | null };

export type TypedCall = Heard & {
  isLost: boolean;
  isActing: boolean;
  /** Why what was typed last was not heard. */
  refusal: string | null;
  /** What stands in the line now and is not said yet. */
  typing: RefObject<string>;
  /** False if it was refused. */
  act: (act: TypedAct) => Promise<boolean>;
  hangUp: () => Promise<void>;
};

const LOOK_EVERY_MS = 500;
/** A deployed sandbox listens as fast as life. */
const SPEED = 1;
/** Where nothing is typed yet. */
const SIGN_OF_LIFE = "…";
const BEGINNING: Heard = { status: "dialing", lines: [], end: null };

export function useTypedCall(callId: string): TypedCall {
  const [heard, setHeard] = useState(BEGINNING);
  const [isLost, setLost] = useState(false);
  const [isActing, setActing] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const typing = useRef("");
  const floor = useMemo(() => new Floor(SPEED), [callId]);
  const isOver = useRef(false);
  useEffect(() => {
    const close = openLiveSocket<LiveMessage>(`/ws/live/${callId}`, {
      onMessage: (message) => {
        if (message.type === "transcript") floor.hear(message, Date.now());
        if (message.type === "end") isOver.current = true;
        setHeard((before) => hear(before, message));
      },
      onState: (state) => setLost(state === "lost"),
    });
    const signs = setInterval(
      () => void giveSign(callId, floor, typing.current, isOver.current),
      LOOK_EVERY_MS,
    );
    return () => {
      close();
      clearInterval(signs);
      if (!isOver.current) void hangUp(callId);
    };
  }, [callId]);
  const act = async (wish: TypedAct): Promise<boolean> => {
    setActing(true);
    floor.take();
    const answer = await ask("POST", typedPath(callId), wish);
    setActing(false);
    setRefusal(answer.ok ? null : answer.problem.detail);
    return answer.ok;
  };
  const leave = async (): Promise<void> => setRefusal(await hangUp(callId));
  return { ...heard, isLost, isActing, refusal, typing, act, hangUp: leave };
}

function typedPath(callId: string): string {
  return `/v1/calls/${callId}/typed`;
}

/** A call that is not with the carrier yet has no customer who could hang up. @returns why it was refused. */
async function hangUp(callId: string): Promise<string | null> {
  const hungUp = await ask("POST", typedPath(callId), { hang_up: true });
  if (hungUp.ok) return null;
  const ended = await ask("POST", `/api/voice/calls/${callId}/end`, { reason: "workflow_close" });
  // One that has ended meanwhile is what was wanted.
  return ended.ok || ended.problem.code === "call_not_active" ? null : ended.problem.detail;
}

/** Who types takes their time: the agent is shown that somebody is there, while somebody looks at the page. */
async function giveSign(callId: string, floor: Floor, typed: string, isOver: boolean): Promise<void> {
  if (isOver || !document.hasFocus() || !floor.wantsSign(Date.now())) return;
  await ask("POST", typedPath(callId), { talk_on: typed.trim() || SIGN_OF_LIFE });
}

function hear(before: Heard, message: LiveMessage): Heard {
  switch (message.type) {
    case "status":
      return { ...before, status: message.status };
    case "transcript":
      return { ...before, lines: withLine(before.lines, message) };
    case "end":
      return { ...before, status: "ended", end: message };
    default:
      return before;
  }
}

/** A line that was there before is replaced, and taken back if its text is empty. */
function withLine(lines: readonly Line[], { index, speaker, text }: Line): readonly Line[] {
  const others = lines.filter((line) => line.index !== index);
  return text === "" ? others : [...others, { index, speaker, text }].toSorted((a, b) => a.index - b.index);
}
