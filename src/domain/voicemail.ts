// What an answering machine is told, where the campaign leaves messages.

import { estimateSpeechMs } from "./speech.ts";

type MessagePlan = {
  organisationName: string;
  agent: { name: string; voice: { language_code: string } };
  campaign: { config: { voicemail: "hang_up" | "leave_message"; voicemail_message?: string | undefined } };
};

/**
 * The carrier hangs up by itself when the message was spoken; nothing of ours may cut it, however slow the voice is and
 * however late it begins.
 */
const SLOWEST_VOICE = 2;
const BEGINS_LATE_MS = 15_000;

/** What it takes at most to say; undefined if none is left. */
export function messageMsOf(plan: MessagePlan): number | undefined {
  const message = voicemailMessage(plan);
  return message === null ? undefined : SLOWEST_VOICE * estimateSpeechMs(message.text) + BEGINS_LATE_MS;
}

/** The campaign's own words, in the agent's language; else some of ours. */
export function voicemailMessage(plan: MessagePlan): { text: string; language: string } | null {
  const { organisationName, agent, campaign } = plan;
  const { voicemail, voicemail_message: own } = campaign.config;
  if (voicemail !== "leave_message") return null;
  const language = agent.voice.language_code;
  if (own !== undefined && own.trim() !== "") return { text: own.trim(), language };
  const text = `Hello, this is ${agent.name} from ${organisationName}. I am sorry to have missed you, and will try again another time. Goodbye.`;
  // No other language's voice can read it.
  return { text, language: /^en\b/i.test(language) ? language : "en-US" };
}
