// The plan of a call that is nowhere but in a test's hands.

import { callPlanSchema, type CallPlan } from "../../src/contract/call-plan.ts";

export type PlanChanges = {
  callType?: CallPlan["callType"];
  config?: Record<string, unknown>;
  contact?: Partial<CallPlan["contact"]>;
  agent?: { name?: string; role?: string | null; language?: string };
  model?: CallPlan["model"];
  orgId?: string;
};

export function planOf({
  callType = "outbound",
  config = {},
  contact = {},
  agent = {},
  model = null,
  orgId = "org_1",
}: PlanChanges = {}): CallPlan {
  return callPlanSchema.parse({
    callId: "cal_1",
    orgId,
    callType,
    campaignId: "flw_1",
    contactId: "cst_1",
    carrierId: "car_1",
    carrier: { kind: "sandbox", accountSid: "AC1", authTokenEncrypted: "sealed", apiBaseUrl: null },
    from: "+15550010000",
    to: "+15005550030",
    acceptedAtMs: 0,
    limits: { dialDeadlineMs: 1, ringTimeoutMs: 1, maxDurationMs: 1, bridgeMaxDurationMs: 1 },
    gate: { callsPerSecond: 1, maxConcurrent: null },
    organisationName: "Luminary Home",
    campaign: { name: "Standing desks", config },
    agent: {
      name: agent.name ?? "Aria",
      role: agent.role ?? null,
      voice: { language_code: agent.language ?? "en-US" },
    },
    model,
    contact: { name: null, metadata: {}, preferredLanguage: null, ...contact },
  });
}
