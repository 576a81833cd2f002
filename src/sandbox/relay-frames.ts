// The frames of a ConversationRelay socket, both ways.
// https://www.twilio.com/docs/voice/conversationrelay/websocket-messages

import { z } from "zod";
import type { CallState, Relay } from "./call-state.ts";

/** What the application may send; unknown fields are let through, as Twilio does. */
export const applicationFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), token: z.string(), last: z.boolean().default(false) }),
  z.object({ type: z.literal("play"), source: z.url() }),
  z.object({ type: z.literal("sendDigits"), digits: z.string().regex(/^[0-9w#*]+$/) }),
  z
    .object({
      type: z.literal("language"),
      ttsLanguage: z.string().optional(),
      transcriptionLanguage: z.string().optional(),
    })
    .refine((frame) => (frame.ttsLanguage ?? frame.transcriptionLanguage) !== undefined),
  z.object({ type: z.literal("end"), handoffData: z.string().optional() }),
]);

export type ApplicationFrame = z.infer<typeof applicationFrame>;

/** What the carrier sends. */
export type RelayFrame =
  | {
      type: "setup";
      sessionId: string;
      accountSid: string;
      parentCallSid: string;
      callSid: string;
      from: string;
      to: string;
      forwardedFrom: string;
      callType: "PSTN";
      callerName: string;
      direction: string;
      callStatus: string;
      customParameters: Record<string, string>;
    }
  | { type: "prompt"; voicePrompt: string; lang: string; last: boolean }
  | { type: "dtmf"; digit: string }
  | { type: "interrupt"; utteranceUntilInterrupt: string; durationUntilInterruptMs: number }
  | { type: "info"; name: "tokensPlayed"; value: string }
  | { type: "error"; description: string };

export function setupFrame(state: CallState, relay: Relay): RelayFrame {
  return {
    type: "setup",
    sessionId: relay.sessionId,
    accountSid: state.accountSid,
    parentCallSid: "",
    callSid: state.sid,
    from: state.order.from,
    to: state.order.to,
    forwardedFrom: "",
    callType: "PSTN",
    callerName: "",
    direction: state.direction,
    callStatus: "IN-PROGRESS",
    customParameters: relay.parameters,
  };
}

export function parseApplicationFrame(message: unknown): ApplicationFrame | undefined {
  if (typeof message !== "string" || !message.startsWith("{")) return undefined;
  try {
    return applicationFrame.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
