import type { ApiKey } from "../db/keys.ts";
import type { OrgContext, ServiceContext } from "../services/context.ts";

/** What middleware leaves for the handlers. `org` and `key` stand only behind `requireScope`. */
export type AppEnv = {
  Bindings: Env;
  Variables: { requestId: string; services: ServiceContext; org: OrgContext; key: ApiKey };
};
