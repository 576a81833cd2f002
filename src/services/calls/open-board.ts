import type { ApiKey } from "../../db/keys.ts";
import { liveBoardOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";
import { watchingBy } from "./watching-by.ts";

/** Where the organisation's board can be watched, and by whom it is: the key's end is the watching's end. */
export function openBoard({ env, orgId }: OrgContext, key: ApiKey, cursor: number) {
  const query = new URLSearchParams({ ...watchingBy(key), cursor: String(cursor) });
  return { object: liveBoardOf(env, orgId), target: `/?${query.toString()}` };
}
