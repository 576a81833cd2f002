import type { Webhook } from "../../contract/webhooks.ts";
import { SecretDialog } from "../ui/secret-dialog.tsx";

export type Signed = { webhook: Webhook; secret: string | null };

export function WebhookSecret({ signed, onClose }: { signed: Signed; onClose: () => void }) {
  return (
    <SecretDialog
      title={`The secret of ${signed.webhook.name}`}
      label="Signing secret"
      secret={signed.secret}
      instead="Rotate the secret for a new one."
      onClose={onClose}
    >
      <p>
        By it your receiver checks that an event comes from here (
        <a href="https://www.standardwebhooks.com" target="_blank" rel="noreferrer">
          Standard Webhooks
        </a>
        ).
      </p>
    </SecretDialog>
  );
}
