// What a campaign may be made of, as far as the key may know.

import type { CarrierKind } from "../../domain/carrier-kinds.ts";
import type { Carrier } from "../../contract/carrier-accounts.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import type { Queue } from "../../contract/queues.ts";
import type { VoiceAgent } from "../../contract/voice-agents.ts";
import type { Resource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { useAll } from "../use-all.ts";
import { lineOf } from "./campaign-draft.ts";

export type Choices = {
  agents: readonly VoiceAgent[];
  queues: readonly string[];
  lines: readonly { value: string; label: string }[];
  /** False if other numbers than these may be there: only an administrator's key may list them. */
  areLinesComplete: boolean;
  /** Null where the key may not know. */
  carrierKindOf: (carrierId: string | null) => CarrierKind | null;
  agentNameOf: (agentId: string | null) => string;
};

/** @param campaigns from which numbers are known where the key may not list the accounts. */
export function useChoices(campaigns: readonly Campaign[]): Choices {
  const may = useMay();
  const agents = useAll<VoiceAgent>("/v1/voice-agents", "voice_agents").value;
  const queues = useAll<Queue>(may("voice:queues:read") ? "/v1/queues" : null, "queues").value;
  const carriers = useCarriers().value;
  return {
    agents: agents ?? [],
    queues: queues?.map(({ name }) => name) ?? [],
    lines: linesOf(carriers, campaigns),
    areLinesComplete: carriers !== null,
    carrierKindOf: (carrierId) => carriers?.find(({ uuid }) => uuid === carrierId)?.kind ?? null,
    agentNameOf: (agentId) =>
      agents?.find(({ uuid }) => uuid === agentId)?.name ?? (agentId === null ? "–" : "…"),
  };
}

/** Never known where the key may not list them. */
export function useCarriers(): Resource<readonly Carrier[]> {
  const isAdmin = useMay()("voice:admin");
  return useAll<Carrier>(isAdmin ? "/v1/carriers" : null, "carriers");
}

function linesOf(carriers: readonly Carrier[] | null, campaigns: readonly Campaign[]): Choices["lines"] {
  const known = new Map<string, string>();
  for (const { uuid, name, numbers } of carriers ?? []) {
    for (const number of numbers) known.set(lineOf(uuid, number), `${number} · ${name}`);
  }
  for (const { carrier_id: carrierId, phone_number: phone } of campaigns) {
    const line = lineOf(carrierId, phone);
    if (line !== "" && !known.has(line)) known.set(line, phone ?? "An account without a number");
  }
  return [...known].map(([value, label]) => ({ value, label }));
}
