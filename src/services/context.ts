import type { Config } from "../config.ts";
import type { Db } from "../db/client.ts";

/** What every use case works with. */
export type ServiceContext = { env: Env; config: Config; db: Db };

/** … on behalf of an organisation, whose key was checked. */
export type OrgContext = ServiceContext & { orgId: string };
