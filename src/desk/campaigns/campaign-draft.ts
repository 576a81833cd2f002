// A campaign as its form has it, and back again as the API takes it.

import type { Campaign } from "../../contract/campaigns.ts";
import { orNull, partsOf, type Draft } from "../ui/draft.ts";

export type CampaignField =
  | "name"
  | "kind"
  | "status"
  | "voice_agent_id"
  | "line"
  | "branches"
  | "start_date"
  | "end_date"
  | "window_start"
  | "window_end"
  | "timezone"
  | "persona_prompt"
  | "recording_disclosure"
  | "guardrails"
  | "extraction"
  | "qms_criteria"
  | "record"
  | "voicemail"
  | "voicemail_message"
  | "ring_timeout"
  | "max_duration"
  | "bridge_max_duration"
  | "transfer_queue";

type CampaignDraft = Draft<CampaignField>;
type NamedDetail = { name: string; description?: string | undefined };

/** A carrier account and a number of it, as the form's choice names them. */
export function lineOf(carrierId: string | null, phone: string | null): string {
  return carrierId === null ? "" : `${carrierId} ${phone ?? ""}`.trim();
}

export function draftOf(campaign: Campaign | null): CampaignDraft {
  const window = campaign?.time_window;
  return {
    name: campaign?.name ?? "",
    kind: campaign?.kind ?? "outbound",
    status: campaign?.status ?? "draft",
    voice_agent_id: campaign?.voice_agent_id ?? "",
    line: campaign === null ? "" : lineOf(campaign.carrier_id, campaign.phone_number),
    branches: campaign?.branches.join(", ") ?? "",
    start_date: campaign?.start_date ?? "",
    end_date: campaign?.end_date ?? "",
    window_start: window?.start ?? "",
    window_end: window?.end ?? "",
    timezone: window?.timezone ?? "",
    ...configDraft(campaign),
  };
}

function configDraft(campaign: Campaign | null) {
  const config = campaign?.config;
  return {
    persona_prompt: config?.persona_prompt ?? "",
    recording_disclosure: config?.recording_disclosure ?? "",
    guardrails: config?.guardrails.join("\n") ?? "",
    extraction: textOf(config?.extraction ?? []),
    qms_criteria: textOf(config?.qms_criteria ?? []),
    record: config?.record === false ? "" : "yes",
    voicemail: config?.voicemail ?? "hang_up",
    voicemail_message: config?.voicemail_message ?? "",
    ring_timeout: String(config?.ring_timeout ?? 30),
    max_duration: String(config?.max_duration ?? 600),
    bridge_max_duration: String(config?.bridge_max_duration ?? 14_400),
    transfer_queue: config?.transfer_queue ?? "",
  };
}

/** The body that creates it. */
export function bodyOf(draft: CampaignDraft): Record<string, unknown> {
  const [carrierId = "", phone = ""] = draft.line.split(" ");
  return {
    kind: draft.kind,
    name: draft.name,
    status: draft.status,
    voice_agent_id: orNull(draft.voice_agent_id),
    carrier_id: orNull(carrierId),
    phone_number: orNull(phone),
    branches: partsOf(draft.branches, ","),
    start_date: orNull(draft.start_date),
    end_date: orNull(draft.end_date),
    time_window: windowOf(draft),
    config: configOf(draft),
  };
}

/** Half a window is sent as it is, and refused with what it lacks. */
function windowOf({ window_start: start, window_end: end, timezone }: CampaignDraft) {
  return start === "" && end === "" ? null : { start, end, timezone: timezone.trim() };
}

/** What is left empty is not sent, which means the default. */
function configOf(draft: CampaignDraft): Record<string, unknown> {
  const texts = ["persona_prompt", "recording_disclosure", "voicemail_message", "transfer_queue"] as const;
  const numbers = ["ring_timeout", "max_duration", "bridge_max_duration"] as const;
  const criteria = detailsOf(draft.qms_criteria);
  return {
    ...Object.fromEntries(
      texts.filter((name) => draft[name].trim() !== "").map((name) => [name, draft[name].trim()]),
    ),
    ...Object.fromEntries(
      numbers.filter((name) => draft[name] !== "").map((name) => [name, Number(draft[name])]),
    ),
    guardrails: partsOf(draft.guardrails, "\n"),
    extraction: detailsOf(draft.extraction),
    ...(criteria.length === 0 ? {} : { qms_criteria: criteria }),
    record: draft.record !== "",
    voicemail: draft.voicemail,
  };
}

/** A line each: `name: what it is`. */
function textOf(details: readonly NamedDetail[]): string {
  return details
    .map(({ name, description }) => (description === undefined ? name : `${name}: ${description}`))
    .join("\n");
}

function detailsOf(text: string): NamedDetail[] {
  return partsOf(text, "\n").map((line) => {
    const [name = "", ...rest] = line.split(":");
    const description = rest.join(":").trim();
    return description === "" ? { name: name.trim() } : { name: name.trim(), description };
  });
}
