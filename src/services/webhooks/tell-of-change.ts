import { logError } from "../../lib/log.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { webhookEndpointOf } from "../../stubs/stubs.ts";

/** Has what is sent from now on go by the change. An object that can't be told sees it by itself within seconds. */
export async function tellOfChange(env: Env, webhookId: string): Promise<void> {
  try {
    await askTwice(async () => webhookEndpointOf(env, webhookId).readAnew(false));
  } catch (error) {
    logError("webhook_change_untold", error, { webhook_id: webhookId });
  }
}
