import type { Config } from "../config.ts";
import type { Db } from "../db/client.ts";
import type { IdempotencyClaim } from "../db/idempotency.ts";

/** What every use case works with. */
export type ServiceContext = { env: Env; config: Config; db: Db };

/** A claim on the request that is being acted on, by its Idempotency-Key. */
export type Receipt = {
  claim: IdempotencyClaim;
  /** The answer was kept in the transaction that acted. */
  isKept: boolean;
};

/** … on behalf of an organisation, whose key was checked. */
export type OrgContext = ServiceContext & { orgId: string; receipt?: Receipt };
