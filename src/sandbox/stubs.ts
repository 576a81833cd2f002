// The way from a request to the object that knows the answer.

import type { Context } from "hono";
import type { SandboxEnv } from "./authenticate.ts";

/** The account that the request is for. */
export function accountOf(c: Context<SandboxEnv>) {
  return c.env.SANDBOX_ACCOUNT.getByName(c.get("accountSid"));
}

export function callOf(c: Context<SandboxEnv>, callSid: string) {
  return c.env.SANDBOX_CALL.getByName(callSid);
}
