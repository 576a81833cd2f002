// The way from a request to the object that knows the answer.

import type { Context } from "hono";
import type { SandboxEnv } from "./authenticate.ts";
import { parentSidOf } from "./formats.ts";

/** The account that the request is for. */
export function accountOf(c: Context<SandboxEnv>) {
  return c.env.SANDBOX_ACCOUNT.getByName(c.get("accountSid"));
}

/** A call's own object. */
export function callOf(c: Context<SandboxEnv>, callSid: string) {
  return c.env.SANDBOX_CALL.getByName(callSid);
}

/** The object that knows a call: of a leg, that of the call which dialled. */
export function holderOf(c: Context<SandboxEnv>, callSid: string) {
  return callOf(c, parentSidOf(callSid));
}
