import type { CallParties } from "../db/calls.ts";
import type { ApiKey } from "../db/keys.ts";
import type { OrgContext, ServiceContext } from "../services/context.ts";

/** What middleware leaves for the handlers. `org` and `key` stand only behind `requireScope`, `call` behind `requireCall`. */
export type AppEnv = {
  Bindings: Env;
  Variables: { requestId: string; services: ServiceContext; org: OrgContext; key: ApiKey; call: CallParties };
};
