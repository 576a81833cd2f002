// What a model may do in a call besides speaking, and nothing else: whatever it asks for is read here, and only what
// was offered to it for this turn is done. Nothing that it writes names a queue or a number.

import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { z } from "zod";
import { briefBegin } from "../../domain/brief.ts";
import type { Moment } from "../../domain/call/events.ts";
import type { AgentEndReason } from "../../domain/call/status.ts";
import { checkJson } from "../../domain/json-document.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { BrainOutput, Turn } from "../brain.ts";
import { briefOf } from "../brief.ts";

export const TOOL_NAMES = ["end_call", "transfer_to_human", "record_details"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** What a model writes. `input`: the arguments as JSON. */
export type ToolCall = { id: string; name: string; input: string };

export type ToolDeed = Extract<BrainOutput, { type: ToolName }>;
export type ToolRefusal = "unknown_tool" | "not_offered" | "malformed_arguments";

/** For which a model may end a talk with a customer; silence and failures are ours to judge. */
const END_REASONS = [
  "agent_hangup",
  "dnc_request",
  "wrong_number",
  "hostile_caller",
] as const satisfies readonly AgentEndReason[];

/** Characters of JSON that one call of record_details may have. */
const LONGEST_DETAILS = 8_000;

const endCallSchema = z.object({ reason: z.enum(END_REASONS) });
const transferSchema = z.object({ brief: z.string().default("") });
const recordSchema = z.object({ details: z.record(z.string(), z.unknown()) });

const TOOLS: Readonly<Record<ToolName, LanguageModelV4FunctionTool>> = {
  end_call: {
    type: "function",
    name: "end_call",
    description: "Ends the call after what you say in this answer was heard.",
    inputSchema: {
      type: "object",
      properties: { reason: { type: "string", enum: [...END_REASONS] } },
      required: ["reason"],
      additionalProperties: false,
    },
  },
  transfer_to_human: {
    type: "function",
    name: "transfer_to_human",
    description: "Puts the customer through to a human colleague.",
    inputSchema: {
      type: "object",
      properties: {
        brief: { type: "string", description: "What the colleague should know, in one or two sentences." },
      },
      required: ["brief"],
      additionalProperties: false,
    },
  },
  record_details: {
    type: "function",
    name: "record_details",
    description: "Keeps facts of this call, by name; null forgets one that was recorded before.",
    inputSchema: {
      type: "object",
      properties: { details: { type: "object", additionalProperties: true } },
      required: ["details"],
      additionalProperties: false,
    },
  },
};

/** In which there is nothing to decide but the words. */
const WORDS_ONLY: readonly Moment[] = ["transferring", "silence_end"];
/** In which a human was called for already, or is not to be had. */
const WITHOUT_TRANSFER: readonly Moment[] = ["no_human", "transfer_failed"];

export function offeredTools({ moment, plan }: Pick<Turn, "moment" | "plan">): ToolName[] {
  if (WORDS_ONLY.includes(moment)) return [];
  const hasHumans = plan.campaign.config.transfer_queue !== undefined && !WITHOUT_TRANSFER.includes(moment);
  return TOOL_NAMES.filter((name) => name !== "transfer_to_human" || hasHumans);
}

export function describeTools(names: readonly ToolName[]): LanguageModelV4FunctionTool[] {
  return names.map((name) => TOOLS[name]);
}

/** What a tool call asks for, if it may. */
export function readToolCall(
  { name, input }: ToolCall,
  offered: readonly ToolName[],
  { plan, lines }: Pick<Turn, "plan" | "lines">,
): Result<ToolDeed, ToolRefusal> {
  const tool = TOOL_NAMES.find((known) => known === name);
  if (tool === undefined) return err("unknown_tool");
  if (!offered.includes(tool)) return err("not_offered");
  const json = parseJson(input);
  if (!json.ok) return json;
  switch (tool) {
    case "end_call": {
      const parsed = endCallSchema.safeParse(json.value);
      return parsed.success ? ok({ type: tool, reason: parsed.data.reason }) : err("malformed_arguments");
    }
    case "transfer_to_human": {
      const parsed = transferSchema.safeParse(json.value);
      if (!parsed.success) return err("malformed_arguments");
      const brief = briefBegin(parsed.data.brief.replace(/[\s\p{Cc}]+/gu, " ").trim());
      return ok({ type: tool, target: null, brief: brief === "" ? briefOf(plan, lines) : brief });
    }
    case "record_details": {
      const parsed = recordSchema.safeParse(json.value);
      return parsed.success ? ok({ type: tool, details: parsed.data.details }) : err("malformed_arguments");
    }
  }
}

/** Judged before anything else reads it: a record leaves out a key named __proto__ without a word. */
function parseJson(input: string): Result<unknown, ToolRefusal> {
  if (input.length > LONGEST_DETAILS) return err("malformed_arguments");
  try {
    const value: unknown = JSON.parse(input.trim() === "" ? "{}" : input);
    return checkJson(value) === null ? ok(value) : err("malformed_arguments");
  } catch {
    return err("malformed_arguments");
  }
}
