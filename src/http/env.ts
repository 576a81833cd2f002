import type { CallParties } from "../db/calls.ts";
import type { DbSession } from "../db/d1-sessions.ts";
import type { ContactRow } from "../db/contacts.ts";
import type { CarrierRow } from "../db/carrier-accounts.ts";
import type { OptOutRow } from "../db/opt-outs.ts";
import type { CampaignRow } from "../db/campaigns.ts";
import type { QueueRow } from "../db/queues.ts";
import type { ApiKey, KeyRow } from "../db/keys.ts";
import type { VoiceAgentRow } from "../db/voice-agents.ts";
import type { WebhookRow } from "../db/webhooks.ts";
import type { HumanAgent } from "../domain/human-queue.ts";
import type { OrgContext, ServiceContext } from "../services/context.ts";
import type { FoundDelivery } from "../services/webhooks/read-deliveries.ts";

/** What `findObject` leaves for the handlers behind it. */
export type PathObjects = {
  call: CallParties;
  contact: ContactRow;
  optOut: OptOutRow;
  campaign: CampaignRow;
  human: HumanAgent;
  queue: QueueRow;
  carrier: CarrierRow;
  namedKey: KeyRow;
  voiceAgent: VoiceAgentRow;
  webhook: WebhookRow;
  delivery: FoundDelivery;
};

/** What middleware leaves for the handlers. `org` and `key` stand only behind `requireAccess`. */
export type AppEnv = {
  Bindings: Env;
  Variables: PathObjects & {
    requestId: string;
    services: ServiceContext;
    org: OrgContext;
    key: ApiKey;
    /** What `org.db` is of, and whether it may be older than what others were told. */
    dbSession: DbSession;
    mayBeBehind: boolean;
  };
};
