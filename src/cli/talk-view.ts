// What a typed talk shows of the call: the words as they come, and what is kept of it.

import type { CallRecord } from "../contract/calls.ts";
import type { LiveMessage } from "../contract/live.ts";
import { isPressed } from "../domain/keys.ts";

/** Shows the call's messages as they come. The customer's own words only where they are not on the screen already. */
export function viewOf(
  agentName: string,
  showsCustomer: boolean,
  show: (text: string) => void,
): (message: LiveMessage) => void {
  const shown = new Map<number, string>();
  /** Keys that were pressed: with the next the line comes again, one longer. */
  let keys: { index: number; text: string } | null = null;
  const showKeys = () => {
    if (keys !== null) show(`You: ${keys.text}`);
    keys = null;
  };
  return (message) => {
    if (message.type !== "transcript" || message.index !== keys?.index) showKeys();
    switch (message.type) {
      case "start":
        return show(`── call from ${message.from_number} to ${message.to_number} ──`);
      case "status":
        // Its message of its own says how.
        if (message.status === "ended") return;
        return show(`── ${message.status.replace("_", " ")} ──`);
      case "transfer":
        return show(`── transfer to ${message.target}: ${message.status.replace("_", " ")} ──`);
      case "transcript": {
        const { speaker, index, text } = message;
        if (speaker === "customer" && isPressed(text)) {
          if (showsCustomer) keys = { index, text };
          return;
        }
        const line = lineOf(shown.get(index) ?? "", printable(text));
        shown.set(index, printable(text));
        if (line === null || (speaker === "customer" && !showsCustomer)) return;
        return show(`${speaker === "agent" ? agentName : "You"}: ${line}`);
      }
      case "end":
        return show(`── ended: ${message.outcome}, ${message.ended_reason} ──`);
    }
  };
}

/** What is new of a line that may have been shown before; one that became shorter was cut off. */
function lineOf(before: string, text: string): string | null {
  if (text === before) return null;
  if (text.startsWith(before)) return text.slice(before.length).trim();
  return before.startsWith(text) ? `[only heard: ${text}]` : text;
}

export function showKept(call: CallRecord, show: (text: string) => void): void {
  const { outcome, ended_reason: reason, duration_formatted: duration, summary, sentiment } = call;
  show(`\nOutcome: ${outcome}, ${reason}${duration === null ? "" : `, after ${duration}`}`);
  show(`Summary: ${summary === null ? "none" : printable(summary)}`);
  if (sentiment !== null) show(`Sentiment: ${sentiment}`);
  show(`Details: ${JSON.stringify(call.key_details, null, 2)}`);
}

/** Nobody's words may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}
