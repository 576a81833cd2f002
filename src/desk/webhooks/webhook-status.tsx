import type { Webhook } from "../../contract/webhooks.ts";
import { showTime } from "../format.ts";
import { Badge } from "../ui/parts.tsx";
import { PAUSE_WORDS } from "./words.ts";

export function WebhookStatus({ webhook }: { webhook: Webhook }) {
  const { status, paused_reason: reason, paused_at: at } = webhook;
  const isOurs = reason === "gone" || reason === "failing";
  return (
    <>
      <Badge kind={isOurs ? "bad" : status}>{status}</Badge>
      {reason === null ? null : (
        <div class="hint">
          {PAUSE_WORDS[reason]}, {showTime(at)}
        </div>
      )}
    </>
  );
}
