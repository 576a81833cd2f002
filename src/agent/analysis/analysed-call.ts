import type { z } from "zod";
import type { CallPlan } from "../../contract/call-plan.ts";
import type { campaignConfigSchema } from "../../contract/campaign-config.ts";
import type { Transfer } from "../../contract/transfers.ts";
import type { Details } from "../../domain/call/details.ts";
import type { CallType, EndedReason, Outcome, Sentiment } from "../../domain/call/status.ts";
import { isPressed } from "../../domain/keys.ts";
import type { TranscriptTurn } from "../../domain/transcript.ts";

/** A call that is over, as it is judged. */
export type AnalysedCall = {
  callType: CallType;
  outcome: Outcome;
  endedReason: EndedReason;
  turns: readonly TranscriptTurn[];
  /** What the agent recorded while it talked. */
  details: Details;
  organisationName: string;
  /** Null for an agent that is gone. */
  agentName: string | null;
  /** BCP 47: what the agent speaks. */
  language: string;
  config: z.infer<typeof campaignConfigSchema>;
  contact: CallPlan["contact"];
  transfer: Transfer | null;
};

export type Analysis = {
  /** One line. */
  summary: string;
  /** Null unless a person was talked with. */
  sentiment: Sentiment | null;
  extraction: Record<string, unknown>;
  qmsScores: Record<string, number>;
  /** The customer asked never to be called again. */
  optOut: boolean;
};

/** By which the agent's part is scored where the campaign names nothing else. */
const USUAL_CRITERIA = ["opening", "energy", "probing", "closing"] as const;

export function criteriaOf({ config }: AnalysedCall): { name: string; description?: string | undefined }[] {
  return config.qms_criteria ?? USUAL_CRITERIA.map((name) => ({ name }));
}

/** What the customer said, line by line; keys that they pressed are no words. */
export function wordsOfCustomer(call: AnalysedCall): string[] {
  return linesOfCustomer(call).filter((text) => !isPressed(text));
}

export function hasPressedKeys(call: AnalysedCall): boolean {
  return linesOfCustomer(call).some(isPressed);
}

function linesOfCustomer({ turns }: AnalysedCall): string[] {
  return turns.filter(({ speaker }) => speaker === "customer").map(({ text }) => text);
}
