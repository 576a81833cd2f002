import { useState } from "preact/hooks";
import type { Webhook } from "../../contract/webhooks.ts";
import { pathOf } from "../api.ts";
import { showTime } from "../format.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Empty, Page, Shown, Table } from "../ui/parts.tsx";
import { WebhookDialog } from "../webhooks/webhook-form.tsx";
import { WebhookSecret, type Signed } from "../webhooks/webhook-secret.tsx";
import { WebhookStatus } from "../webhooks/webhook-status.tsx";
import { WEBHOOKS } from "../webhooks/words.ts";

/** More than an organisation may have, so that there is but one page. */
const LIMIT = 100;

/** Which of the customer's systems are told of calls. */
export function WebhooksPage() {
  const mayWrite = useMay()("voice:webhooks:write");
  const webhooks = useResource<{ webhooks: Webhook[]; total: number }>(pathOf(WEBHOOKS, { limit: LIMIT }));
  const [isAdding, setAdding] = useState(false);
  const [signed, setSigned] = useState<Signed | null>(null);
  return (
    <Page
      title="Webhooks"
      actions={
        mayWrite ? (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            New webhook
          </button>
        ) : undefined
      }
    >
      <Shown resource={webhooks}>
        {({ webhooks: shown }) =>
          shown.length === 0 ? (
            <Empty>
              No webhook yet.
              {mayWrite ? " Make one, and your own systems are told what happens to calls." : ""}
            </Empty>
          ) : (
            <Table label="Webhooks" columns={["Name", "URL", "Events", "Status", "Created"]}>
              {shown.map((webhook) => (
                <WebhookRow key={webhook.uuid} webhook={webhook} />
              ))}
            </Table>
          )
        }
      </Shown>
      {isAdding ? (
        <WebhookDialog
          webhook={null}
          onClose={(made) => {
            setAdding(false);
            if (made === null) return;
            if ("secret" in made) setSigned({ webhook: made, secret: made.secret });
            void webhooks.reload();
          }}
        />
      ) : null}
      {signed === null ? null : <WebhookSecret signed={signed} onClose={() => setSigned(null)} />}
    </Page>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <tr>
      <td class="by-name">
        <a href={`/desk/webhooks/${webhook.uuid}`}>{webhook.name}</a>
      </td>
      <td class="breaks">{webhook.url}</td>
      <td>
        <ul class="chips">
          {webhook.events.map((event) => (
            <li key={event}>{event}</li>
          ))}
        </ul>
      </td>
      <td>
        <WebhookStatus webhook={webhook} />
      </td>
      <td class="nowrap">{showTime(webhook.created_at)}</td>
    </tr>
  );
}
