import { useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { pathOf } from "../api.ts";
import { showTime } from "../format.ts";
import { useResource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { Definition, Page, Shown } from "../ui/parts.tsx";
import { useOffset } from "../ui/use-offset.ts";
import { DeliveryFilterFields, queryOf, useDeliveryFilters } from "../webhooks/delivery-filters.tsx";
import { DeliveryLog, LOG_LIMIT, type Log } from "../webhooks/delivery-log.tsx";
import { ReplayDialog, ReplayProgress, type Replay } from "../webhooks/replay-span.tsx";
import { TestResult } from "../webhooks/test-result.tsx";
import { WebhookActions } from "../webhooks/webhook-actions.tsx";
import { WebhookStatus } from "../webhooks/webhook-status.tsx";
import { WEBHOOKS } from "../webhooks/words.ts";

/** One webhook: what it is, and what it was sent. */
export function WebhookPage({ id }: { id: string }) {
  const mayWrite = useMay()("voice:webhooks:write");
  const path = `${WEBHOOKS}/${id}`;
  const webhook = useResource<Webhook>(path);
  const filters = useDeliveryFilters();
  const [offset, move] = useOffset();
  const log = useResource<Log>(pathOf(`${path}/logs`, { ...queryOf(filters), limit: LOG_LIMIT, offset }));
  const [tested, setTested] = useState<WebhookDelivery | null>(null);
  const { value } = webhook;
  return (
    <Page
      title={value === null ? "Webhook" : value.name}
      actions={
        mayWrite && value !== null ? (
          <WebhookActions
            webhook={value}
            onChanged={webhook.replace}
            onTested={(delivery) => {
              setTested(delivery);
              void log.reload();
            }}
          />
        ) : undefined
      }
    >
      <p class="back">
        <a href="/desk/webhooks">All webhooks</a>
      </p>
      <Shown resource={webhook}>
        {(shown) => (
          <>
            <Facts webhook={shown} />
            {tested === null ? null : <TestResult delivery={tested} onHide={() => setTested(null)} />}
            <LogHead path={path} log={log.reload} />
            <DeliveryFilterFields filters={filters} />
            <DeliveryLog
              webhook={shown}
              log={log}
              isFiltered={Object.values(filters).some((filter) => filter !== "")}
              offset={offset}
              onMove={move}
            />
          </>
        )}
      </Shown>
    </Page>
  );
}

/** @param log reads it again. */
function LogHead({ path, log }: { path: string; log: () => Promise<void> }) {
  const mayWrite = useMay()("voice:webhooks:write");
  const [isAsking, setAsking] = useState(false);
  const [replay, setReplay] = useState<Replay | null>(null);
  return (
    <>
      <div class="queue-head">
        <h2>What was sent</h2>
        <div class="actions">
          <button type="button" onClick={() => void log()}>
            Refresh
          </button>
          {mayWrite ? (
            <button type="button" onClick={() => setAsking(true)}>
              Replay a span
            </button>
          ) : null}
        </div>
      </div>
      {replay === null ? null : (
        <ReplayProgress
          key={replay.atMs}
          path={path}
          replay={replay}
          onMoved={log}
          onHide={() => setReplay(null)}
        />
      )}
      {isAsking ? (
        <ReplayDialog
          path={path}
          onClose={(asked) => {
            setAsking(false);
            if (asked === null) return;
            setReplay(asked);
            void log();
          }}
        />
      ) : null}
    </>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { header_names: headers, previous_secret_expires_at: overlap } = webhook;
  return (
    <dl class="sheet webhook-facts">
      <Definition term="Status">
        <WebhookStatus webhook={webhook} />
      </Definition>
      <Definition term="URL">{webhook.url}</Definition>
      <Definition term="Events">{webhook.events.join(", ")}</Definition>
      <Definition term="Headers">
        {headers.length === 0 ? "none besides ours" : `${headers.join(", ")} (their values are never shown)`}
      </Definition>
      {overlap === null ? null : (
        <Definition term="Old secret">signs too until {showTime(overlap)}</Definition>
      )}
      <Definition term="Created">{showTime(webhook.created_at)}</Definition>
    </dl>
  );
}
