import { useState } from "preact/hooks";
import type { CreatedKey, Key } from "../../contract/keys.ts";
import { pathOf } from "../api.ts";
import { CreateKeyDialog } from "../keys/create-key.tsx";
import { KeyRow } from "../keys/key-row.tsx";
import { RevokeKeyDialog } from "../keys/revoke-key.tsx";
import { useResource, type Resource } from "../resource.ts";
import { useMay, useSession } from "../session.tsx";
import { Empty, Page, Pager, Shown, Table } from "../ui/parts.tsx";
import { SecretDialog } from "../ui/secret-dialog.tsx";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 25;
type Keys = { keys: Key[]; total: number };

/** Who may ask for what. */
export function KeysPage() {
  const mayAdminister = useMay()("voice:admin");
  const [offset, move] = useOffset();
  const keys = useResource<Keys>(mayAdminister ? pathOf("/v1/keys", { limit: LIMIT, offset }) : null);
  const [isAdding, setAdding] = useState(false);
  const [created, setCreated] = useState<CreatedKey | null>(null);
  if (!mayAdminister) {
    return (
      <Page title="Keys">
        <Empty>
          The key that you are signed in with may not see keys: that takes the scope <code>voice:admin</code>.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Keys"
      actions={
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          New key
        </button>
      }
    >
      <KeyTable keys={keys} offset={offset} onMove={move} />
      {isAdding ? (
        <CreateKeyDialog
          onClose={(made) => {
            setAdding(false);
            setCreated(made);
            if (made !== null) void keys.reload();
          }}
        />
      ) : null}
      {created !== null ? (
        <SecretDialog
          title={`The key ${created.name}`}
          label="API key"
          secret={created.key}
          instead="Revoke this key, and create another."
          onClose={() => setCreated(null)}
        >
          <p>
            Programs send it as <code>Authorization: Bearer …</code>; people sign in at the desk with it.
          </p>
        </SecretDialog>
      ) : null}
    </Page>
  );
}

function KeyTable({
  keys,
  offset,
  onMove,
}: {
  keys: Resource<Keys>;
  offset: number;
  onMove: (offset: number) => void;
}) {
  const { key_id: ownId } = useSession();
  const [revoking, setRevoking] = useState<Key | null>(null);
  return (
    <>
      <Shown resource={keys}>
        {({ keys: shown, total }) => (
          <>
            {shown.length === 0 ? (
              <Empty>No more keys here.</Empty>
            ) : (
              <Table label="Keys" columns={["Name", "May", "State", "Expires", "Created", ""]}>
                {shown.map((key) => (
                  <KeyRow
                    key={key.uuid}
                    apiKey={key}
                    isOwn={key.uuid === ownId}
                    onRevoke={() => setRevoking(key)}
                  />
                ))}
              </Table>
            )}
            <Pager total={total} limit={LIMIT} offset={offset} onMove={onMove} />
          </>
        )}
      </Shown>
      {revoking === null ? null : (
        <RevokeKeyDialog
          apiKey={revoking}
          isOwn={revoking.uuid === ownId}
          onClose={(isRevoked) => {
            setRevoking(null);
            if (!isRevoked) return;
            // Nobody goes on with a key that is no more.
            if (revoking.uuid === ownId) location.reload();
            else void keys.reload();
          }}
        />
      )}
    </>
  );
}
