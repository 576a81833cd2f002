import { useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { ask } from "../api.ts";
import type { Resource } from "../resource.ts";
import { useMay } from "../session.tsx";
import { ActionDialog } from "../ui/dialog.tsx";
import { Empty, Pager, Shown, Table } from "../ui/parts.tsx";
import { useEvery } from "../ui/use-every.ts";
import { DeliveryRow } from "./delivery-row.tsx";
import { WEBHOOKS } from "./words.ts";

export type Log = { logs: WebhookDelivery[]; total: number };
export const LOG_LIMIT = 25;

const COLUMNS = ["Fired", "Event", "Status", "Tries", "Last answer", "Call", ""];
/** What is on its way is looked after. */
export const LOOK_EVERY_SECONDS = 2;
const SOON_MS = 60_000;

export function DeliveryLog({
  webhook,
  log,
  isFiltered,
  offset,
  onMove,
}: {
  webhook: Webhook;
  log: Resource<Log>;
  isFiltered: boolean;
  offset: number;
  onMove: (offset: number) => void;
}) {
  const mayWrite = useMay()("voice:webhooks:write");
  const [replaying, setReplaying] = useState<WebhookDelivery | null>(null);
  useEvery(LOOK_EVERY_SECONDS, () => (log.value?.logs.some(isUnderWay) ? log.reload() : undefined));
  const logPath = `${WEBHOOKS}/${webhook.uuid}/logs`;
  return (
    <>
      <Shown resource={log}>
        {({ logs, total }) => (
          <>
            {logs.length === 0 ? (
              <Empty>
                {isFiltered || total > 0
                  ? "Nothing in the log is like that."
                  : "Nothing was sent yet. Calls bring events; a test does too."}
              </Empty>
            ) : (
              <Table label="Deliveries" columns={COLUMNS}>
                {logs.map((delivery) => (
                  <DeliveryRow
                    key={delivery.uuid}
                    delivery={delivery}
                    logPath={logPath}
                    columns={COLUMNS.length}
                    onReplay={mayWrite ? () => setReplaying(delivery) : null}
                  />
                ))}
              </Table>
            )}
            {total === 0 && offset === 0 ? null : (
              <Pager total={total} limit={LOG_LIMIT} offset={offset} onMove={onMove} />
            )}
          </>
        )}
      </Shown>
      {replaying === null ? null : (
        <ActionDialog
          title={`Send ${replaying.event} again?`}
          confirm="Replay"
          act={() => ask<WebhookDelivery>("POST", `${logPath}/${replaying.uuid}/replay`, {})}
          done={() => "It is on its way again."}
          onClose={(replayed) => {
            setReplaying(null);
            if (replayed !== null) void log.reload();
          }}
        >
          <p>
            Whatever came of it before, with the same <code>webhook-id</code>: by it the receiver knows what
            it has had.
          </p>
        </ActionDialog>
      )}
    </>
  );
}

/** It changes soon: what waits for hours for its next try does not. */
export function isUnderWay({ status, next_attempt_at: next }: WebhookDelivery): boolean {
  return status === "pending" && (next === null || Date.parse(next) < Date.now() + SOON_MS);
}
