import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { orNull, type Draft } from "../ui/draft.ts";

type AgentField =
  | "name"
  | "role"
  | "description"
  | "avatar_color"
  | "avatar_initials"
  | "language_code"
  | "provider"
  | "model"
  | "speaker"
  | "is_active";

const FIRST_COLOR = "#3247c9";

export function draftOf(agent: VoiceAgent | null): Draft<AgentField> {
  const voice = agent?.voice_config;
  return {
    name: agent?.name ?? "",
    role: agent?.role ?? "",
    description: agent?.description ?? "",
    avatar_color: agent?.avatar_color ?? FIRST_COLOR,
    avatar_initials: agent?.avatar_initials ?? "",
    language_code: voice?.language_code ?? "en-US",
    provider: voice?.provider ?? "",
    model: voice?.model ?? "",
    speaker: voice?.speaker ?? "",
    is_active: agent?.is_active === false ? "" : "yes",
  };
}

/** The body that creates it. */
export function bodyOf(draft: Draft<AgentField>): Record<string, unknown> {
  const voice = ["language_code", "provider", "model", "speaker"] as const;
  return {
    name: draft.name,
    role: orNull(draft.role),
    description: orNull(draft.description),
    avatar_color: draft.avatar_color,
    avatar_initials: orNull(draft.avatar_initials),
    voice_config: Object.fromEntries(
      voice.filter((name) => draft[name].trim() !== "").map((name) => [name, draft[name].trim()]),
    ),
    is_active: draft.is_active !== "",
  };
}
