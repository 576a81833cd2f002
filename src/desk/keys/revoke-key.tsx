import type { Key } from "../../contract/keys.ts";
import { ask } from "../api.ts";
import { remove } from "../remove.ts";
import { ActionDialog } from "../ui/dialog.tsx";

/** @param isOwn it is the key that is signed in with: nobody who used it for the desk stays there. */
export function RevokeKeyDialog({
  apiKey,
  isOwn,
  onClose,
}: {
  apiKey: Key;
  isOwn: boolean;
  onClose: (revoked: boolean) => void;
}) {
  const revoke = async () => {
    const answer = await remove(`/v1/keys/${apiKey.uuid}`);
    // The session would end within a minute by itself. Whatever comes of this, the key is revoked.
    if (answer.ok && isOwn) await ask("DELETE", "/desk/session");
    return answer;
  };
  return (
    <ActionDialog
      title={isOwn ? "Revoke your own key?" : `Revoke ${apiKey.name}?`}
      confirm={isOwn ? "Revoke and sign out" : "Revoke key"}
      danger
      act={revoke}
      done={() => `The key ${apiKey.name} is revoked.`}
      onClose={(revoked) => onClose(revoked !== null)}
    >
      {isOwn ? (
        <p class="warning">
          <strong>You are signed in with {apiKey.name}.</strong> Revoking it signs you out of the desk now.
          Without another key with the scope <code>voice:admin</code>, nobody here can make new ones.
        </p>
      ) : null}
      <p>
        Whatever uses {apiKey.name} is refused everywhere within 60 seconds, and so are the tokens that it
        made. This can't be undone.
      </p>
    </ActionDialog>
  );
}
