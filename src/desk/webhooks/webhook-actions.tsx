import { useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { go } from "../router.tsx";
import { DeleteDialog, PauseDialog, RotateDialog, TestDialog } from "./webhook-dialogs.tsx";
import { WebhookDialog } from "./webhook-form.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";

type Asking = "to test" | "to change" | "to rotate" | "to pause" | "to delete";

export function WebhookActions({
  webhook,
  onChanged,
  onTested,
}: {
  webhook: Webhook;
  onChanged: (webhook: Webhook) => void;
  onTested: (delivery: WebhookDelivery) => void;
}) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [secret, setSecret] = useState<string | null | undefined>(undefined);
  const closing =
    <T,>(then: (value: T) => void) =>
    (value: T | null): void => {
      setAsking(null);
      if (value !== null) then(value);
    };
  const buttons: [Asking, string][] = [
    ["to test", "Send test"],
    ["to change", "Change"],
    ["to pause", webhook.status === "active" ? "Pause" : "Activate"],
    ["to rotate", "Rotate secret"],
    ["to delete", "Delete"],
  ];
  return (
    <>
      {buttons.map(([what, words]) => (
        <button key={what} type="button" onClick={() => setAsking(what)}>
          {words}
        </button>
      ))}
      {asking === "to test" ? <TestDialog webhook={webhook} onClose={closing(onTested)} /> : null}
      {asking === "to change" ? <WebhookDialog webhook={webhook} onClose={closing(onChanged)} /> : null}
      {asking === "to pause" ? <PauseDialog webhook={webhook} onClose={closing(onChanged)} /> : null}
      {asking === "to rotate" ? (
        <RotateDialog
          webhook={webhook}
          onClose={closing(({ secret: made, ...changed }) => {
            setSecret(made);
            onChanged(changed);
          })}
        />
      ) : null}
      {asking === "to delete" ? (
        <DeleteDialog webhook={webhook} onClose={closing(() => go("/desk/webhooks", "replace"))} />
      ) : null}
      {secret === undefined ? null : (
        <WebhookSecret signed={{ webhook, secret }} onClose={() => setSecret(undefined)} />
      )}
    </>
  );
}
