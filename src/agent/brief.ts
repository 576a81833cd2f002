// What a human is told of a customer before they are put through.

import type { CallPlan } from "../contract/call-plan.ts";
import { briefEnd, LONGEST_BRIEF } from "../domain/brief.ts";
import type { Line } from "../domain/transcript.ts";
import { knownOf } from "./known.ts";

/** What a caller wants they say last. */
const SAID = "The caller said: ";

/** Null if nothing is known. */
export function briefOf(plan: CallPlan, lines: readonly Line[]): string | null {
  const { name, product, value } = knownOf(plan);
  // A caller's number is no proof of who calls: of them only what they said is told.
  const said = lines
    .filter(({ speaker }) => speaker === "customer")
    .map(({ text }) => text)
    .join(" ");
  const parts =
    plan.callType === "inbound"
      ? [said === "" ? null : SAID + briefEnd(said, LONGEST_BRIEF - SAID.length)]
      : [
          name === null ? null : `${name} is on the line.`,
          product === null ? null : `Interested in the ${product}.`,
          value === null ? null : `The basket comes to ${value}.`,
        ];
  const brief = parts.filter((part) => part !== null).join(" ");
  return brief === "" ? null : shorten(brief);
}

function shorten(text: string): string {
  const characters = [...text.toWellFormed()];
  if (characters.length <= LONGEST_BRIEF) return characters.join("");
  const cut = characters.slice(0, LONGEST_BRIEF - 1).join("");
  return `${cut.slice(0, cut.lastIndexOf(" ") + 1 || cut.length).trimEnd()}…`;
}
