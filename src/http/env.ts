import type { CallParties } from "../db/calls.ts";
import type { CarrierRow } from "../db/carrier-accounts.ts";
import type { ApiKey } from "../db/keys.ts";
import type { VoiceAgentRow } from "../db/voice-agents.ts";
import type { OrgContext, ServiceContext } from "../services/context.ts";

/** What `findObject` leaves for the handlers behind it. */
export type PathObjects = {
  call: CallParties;
  carrier: CarrierRow;
  voiceAgent: VoiceAgentRow;
};

/** What middleware leaves for the handlers. `org` and `key` stand only behind `requireAccess`. */
export type AppEnv = {
  Bindings: Env;
  Variables: PathObjects & {
    requestId: string;
    services: ServiceContext;
    org: OrgContext;
    key: ApiKey;
  };
};
