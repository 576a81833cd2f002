import type { CallParties } from "../db/calls.ts";
import type { ApiKey, KeyRow } from "../db/keys.ts";
import type { VoiceAgentRow } from "../db/voice-agents.ts";
import type { OrgContext, ServiceContext } from "../services/context.ts";

/** What `findObject` leaves for the handlers behind it. */
export type PathObjects = {
  call: CallParties;
  namedKey: KeyRow;
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
