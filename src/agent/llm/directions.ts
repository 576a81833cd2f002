// What the phone system tells the model, in square brackets: nobody else can speak in them.

import type { CallPlan } from "../../contract/call-plan.ts";
import type { Moment } from "../../domain/call/events.ts";
import { isPressed } from "../../domain/keys.ts";

const DIRECTIONS: Readonly<Record<string, string>> = {
  resumed: "The line was interrupted for a moment and is back. Say so in a word and take up where you were.",
  silence: "The customer has said nothing for a while. Ask in one short sentence whether they are there.",
  silence_end: "The customer still says nothing. Say a short goodbye; the phone system hangs up after it.",
  transferring:
    "A colleague is being called to take over. Ask the customer, in one sentence, to hold the line.",
  transfer_failed:
    "None of the colleagues who were called could take over. Tell the customer that you are sorry, and go on yourself.",
  no_human:
    "No colleague is free. Tell the customer that you are sorry and that somebody will call them back, and go on yourself.",
  time_almost_up:
    "The time of this call is almost over. Say so, settle what matters most, and lead to a goodbye.",
};

/** How every talk begins, for the model. */
export function openingDirection({ callType }: Pick<CallPlan, "callType">): string {
  return bracketed(
    callType === "inbound"
      ? "A customer has called and is on the line. Greet them, say who you are, and ask how you can help."
      : "The customer has picked up the phone. Greet them, say who you are, and begin.",
  );
}

/** What stands between the talk and the turn to take; null where what was said last asks for it. */
export function directionOf(moment: Moment): string | null {
  if (moment === "opened" || moment === "customer_spoke") return null;
  return bracketed(DIRECTIONS[moment] ?? `This is the moment: ${String(moment).replaceAll("_", " ")}.`);
}

export const WAITING = bracketed("The customer waits for you to go on.");
export const EARLIER_LEFT_OUT = bracketed("What was said earlier is left out here.");

/** A customer's words, on one line and without square brackets; keys that they pressed stay as they are. */
export function wordsOfCustomer(text: string): string {
  if (isPressed(text)) return text;
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(/[[［【〔]/g, "(")
    .replace(/[\]］】〕]/g, ")")
    .trim();
}

function bracketed(text: string): string {
  return `[${text}]`;
}
