// One or two plain sentences about a call, by rules: who wanted what, and how it ended.

import type { EndedReason } from "../../domain/call/status.ts";
import { knownOf } from "../known.ts";
import { findWish, type Wish } from "../wishes.ts";
import { hasPressedKeys, wordsOfCustomer, type AnalysedCall } from "./analysed-call.ts";
import { oneLine } from "./clean.ts";

export const MAX_SUMMARY_LENGTH = 500;

/** How a call ended. Null: as calls do, and there is nothing to say of it. */
const ENDINGS: Record<EndedReason, string | null> = {
  customer_hangup: "The customer hung up.",
  agent_hangup: null,
  human_hangup: null,
  dnc_request: null,
  wrong_number: null,
  hostile_caller: "The agent ended the call.",
  workflow_close: "A workflow closed the call.",
  silence: "The line fell silent.",
  max_duration: "The call reached its longest duration.",
  relay_lost: "The connection to the carrier was lost.",
  agent_failed: "The call was cut short by an error of the platform.",
  voicemail: "The call was answered by voicemail.",
  busy: "The line was busy.",
  no_answer: "Nobody answered the call.",
  declined: "The call was declined.",
  canceled: "The call was canceled before anybody answered.",
  invalid_number: "The carrier does not know the number.",
  unreachable_number: "The number can't be reached.",
  fax: "The call was answered by a fax machine.",
  destination_blocked: "The carrier account may not call this destination.",
  carrier_credentials: "The carrier did not accept the account's credentials.",
  caller_id_refused: "The carrier did not accept the number to call from.",
  carrier_failed: "The call failed in the carrier's network.",
  carrier_rejected: "The carrier refused to place the call.",
  carrier_unreachable: "The carrier could not be reached.",
  submission_unknown: "The carrier never said whether it had placed the call.",
  dial_expired: "The call could not be dialled in time.",
  platform_error: "The call was lost by an error of the platform.",
  contact_opted_out: "The call was not placed because the number has opted out.",
};

/** Of a call that nothing but its end is known of. */
export function summariseEnd(endedReason: EndedReason): string {
  return ENDINGS[endedReason] ?? "The call was answered.";
}

export function summariseByRules(call: AnalysedCall): string {
  if (call.outcome === "voicemail" && call.turns.some(({ speaker }) => speaker === "agent")) {
    return "The call was answered by voicemail, and the agent left a message.";
  }
  if (call.outcome !== "connected") return summariseEnd(call.endedReason);
  const sentences = [subjectOf(call), endOf(call)];
  return oneLine(sentences.filter((sentence) => sentence !== null).join(" "), MAX_SUMMARY_LENGTH);
}

function subjectOf(call: AnalysedCall): string {
  const words = wordsOfCustomer(call);
  if (words.length === 0 && hasPressedKeys(call)) return "Customer pressed keys and said nothing.";
  if (words.length === 0) return "A person was on the line and said nothing.";
  const wishes = words.map(findWish);
  const wished = (wish: Wish) => wishes.includes(wish);
  if (call.endedReason === "dnc_request" || wished("opt_out"))
    return "Customer asked not to be called again.";
  if (call.endedReason === "wrong_number" || wished("wrong_number")) return "The number was the wrong one.";
  if (call.endedReason === "hostile_caller" || wished("hostile")) return "Customer was hostile.";
  const parts = [wished("human") ? "asked for a human" : null, interestOf(call, words)].filter(isPart);
  const query = queryOf(words);
  if (parts.length > 0) return `Customer ${[...parts, query].filter(isPart).join(", ")}.`;
  return query === null ? "Customer talked with the agent." : `Customer had ${withArticle(query)}.`;
}

const NOT_INTERESTED = /\b(not|n't) (really |very )?interested\b/i;
const CALL_ANOTHER_TIME = /\b(bad|not a good) time\b|\bcall (me )?(back|later|tomorrow)\b/i;
const INTERESTED =
  /\binterested\b|\bI('d| would) (like|love)\b|\bI'm looking for\b|\bI am looking for\b|\bI (need|want)\b(?! (you|my|nothing|to (talk|speak|be|know))\b)|\b(order|buy|purchase)\b|\b(sounds|looks) (good|great|perfect)\b|\byes,? please\b/i;

function interestOf(call: AnalysedCall, words: readonly string[]): string | null {
  const text = words.join("\n").replaceAll("’", "'");
  if (NOT_INTERESTED.test(text)) return "not interested";
  if (CALL_ANOTHER_TIME.test(text)) return "asked to be called another time";
  if (!INTERESTED.test(text)) return null;
  const { product } = knownOf(call);
  return product === null ? "interested" : `interested in ${oneLine(product, MAX_SUMMARY_LENGTH)}`;
}

const TOPICS: ReadonlyArray<readonly [string, RegExp]> = [
  ["delivery timeline", /\b(deliver(y|ed)?|ship(ped|ping)?|arrives?|how soon)\b/i],
  ["price", /\b(prices?|costs?|how much|discount|expensive)\b/i],
  ["availability", /\b(in stock|available|availability)\b/i],
  ["payment", /\b(pay|payment|invoice|instal?lments?)\b/i],
  ["returns", /\b(return|refund|exchange|warranty|guarantee)\b/i],
  ["appointment", /\b(appointment|visit|showroom)\b/i],
];

/** What the customer put a question about. */
function queryOf(words: readonly string[]): string | null {
  // Each sentence is matched, question or not: to look for the mark from every sign takes the square of the time.
  const sentences = words.flatMap((line) => line.match(/[^.!?]+\??/g) ?? []);
  const questions = sentences.filter((sentence) => sentence.endsWith("?")).join(" ");
  const asked = TOPICS.filter(([, pattern]) => pattern.test(questions)).map(([topic]) => topic);
  return asked.length === 0 ? null : `${asked.join(" and ")} ${asked.length === 1 ? "query" : "queries"}`;
}

function endOf(call: AnalysedCall): string | null {
  const { endedReason, transfer } = call;
  if (transfer !== null && transfer.bridged_at !== null) {
    return `A human agent of ${transfer.target} took the call over.`;
  }
  if (endedReason === "silence" && wordsOfCustomer(call).length === 0) return null;
  return ENDINGS[endedReason];
}

function isPart(part: string | null): part is string {
  return part !== null;
}

function withArticle(query: string): string {
  if (query.endsWith("queries")) return query;
  return `${/^[aeiou]/.test(query) ? "an" : "a"} ${query}`;
}
