// What is typed, line by line: words that are said, and commands that begin with a slash.

import type { Floor } from "../domain/floor.ts";
import type { TypedAct } from "./sandbox-calls.ts";
import type { Terminal } from "./terminal.ts";

export const HELP = "Type what you say. /keys 12# presses keys; /hangup or Ctrl-D hangs up; /quit leaves.";

const MAX_CHARS = 1_000;
const ANSWER_WITHIN_MS = 30_000;
/** An agent that takes leave hangs up by itself soon after. */
const LEAVING_MS = 3_000;
const LOOK_EVERY_MS = 50;

type Typed = TypedAct | "quit" | { problem: string } | null;

function readTyped(line: string): Typed {
  const text = line.trim();
  if (text === "") return null;
  if (text === "/hangup") return ["hang-up"];
  if (text === "/quit") return "quit";
  const digits = /^\/keys\s+([0-9*#]{1,32})$/.exec(text)?.[1];
  if (digits !== undefined) return ["press", { digits }];
  if (text.startsWith("/")) return { problem: HELP };
  if (text.length > MAX_CHARS) return { problem: `At most ${MAX_CHARS} characters can be said at once.` };
  return ["say", { text }];
}

export type Person = {
  /** False if nobody hears it. */
  act(act: TypedAct): Promise<boolean>;
  floor: Floor;
  /** Aborts when the call has ended. */
  ended: AbortSignal;
};

/**
 * Says line after line; at the last the person hangs up. At a terminal a line is said at once, else when the agent has
 * answered the one before. True if the user wants to be gone.
 */
export async function sayLines(person: Person, terminal: Terminal): Promise<boolean> {
  const { ended } = person;
  for (;;) {
    const { done, value: line } = await terminal.lines.next();
    if (done === true || ended.aborted) break;
    if (!terminal.isInteractive) await untilFree(person);
    if (ended.aborted) {
      terminal.show(`(The call has ended; not said: ${line})`);
      break;
    }
    const typed = readTyped(line);
    if (typed === "quit") {
      await person.act(["hang-up"]);
      return true;
    }
    await heed(person, terminal, typed);
  }
  if (!terminal.isInteractive && !ended.aborted) {
    await untilFree(person);
    await waitFor(() => ended.aborted, LEAVING_MS);
  }
  if (!ended.aborted) await person.act(["hang-up"]);
  return false;
}

async function heed(person: Person, terminal: Terminal, typed: Exclude<Typed, "quit">): Promise<void> {
  if (typed === null) return;
  if ("problem" in typed) return terminal.show(`(${typed.problem})`);
  person.floor.take();
  const isHeard = await person.act(typed);
  if (!isHeard && !person.ended.aborted) terminal.show("(Nobody hears you at the moment.)");
}

/** The agent may also fall silent for good. */
async function untilFree({ floor, ended }: Person): Promise<void> {
  await waitFor(() => ended.aborted || floor.isFree(Date.now()), ANSWER_WITHIN_MS);
}

async function waitFor(isTrue: () => boolean, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!isTrue() && Date.now() < deadline) {
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }
}
