import { useState } from "preact/hooks";
import type { DeliveryWithPayload, WebhookDelivery } from "../../contract/webhook-logs.ts";
import { showTime } from "../format.ts";
import { useResource } from "../resource.ts";
import { Badge, Shown } from "../ui/parts.tsx";
import { DELIVERY_KINDS, resultOf } from "./words.ts";

/** @param logPath of the webhook's log. */
export function DeliveryRow({
  delivery,
  logPath,
  columns,
  onReplay,
}: {
  delivery: WebhookDelivery;
  logPath: string;
  /** How many the table has. */
  columns: number;
  /** Null: it may not be replayed by who looks. */
  onReplay: (() => void) | null;
}) {
  const [isOpen, setOpen] = useState(false);
  const { attempts, call_uuid: callId, event, status, attempt_count: tries } = delivery;
  const last = attempts.at(-1);
  const about = `${event}, ${showTime(delivery.created_at)}`;
  return (
    <>
      <tr>
        <td class="nowrap">{showTime(delivery.created_at)}</td>
        <td class="nowrap">
          <code>{event}</code>
        </td>
        <td class="nowrap">
          <Badge kind={DELIVERY_KINDS[status]}>{status}</Badge>
          {delivery.next_attempt_at === null ? null : (
            <div class="hint">next try {showTime(delivery.next_attempt_at)}</div>
          )}
        </td>
        <td>{tries}</td>
        <td class="nowrap">{last === undefined ? "–" : resultOf(last)}</td>
        <td class="nowrap">
          {callId === null ? <span class="hint">a test</span> : <a href={`/desk/calls/${callId}`}>Call</a>}
        </td>
        <td class="acts">
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Details<span class="unseen"> of {about}</span>
          </button>
          {onReplay === null ? null : (
            <button type="button" onClick={onReplay}>
              Replay<span class="unseen"> {about}</span>
            </button>
          )}
        </td>
      </tr>
      {isOpen ? (
        <tr class="log-details">
          <td colSpan={columns}>
            <div>
              <Attempts delivery={delivery} />
              <Payload path={`${logPath}/${delivery.uuid}`} />
            </div>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Attempts({ delivery }: { delivery: WebhookDelivery }) {
  const { attempts, attempt_count: tries, event_uuid: eventId } = delivery;
  return (
    <>
      <p class="hint">
        <code>webhook-id: {eventId}</code>
      </p>
      {attempts.length === 0 ? <p>It was not tried yet.</p> : null}
      {attempts.length < tries ? <p class="hint">The last {attempts.length} tries:</p> : null}
      <ol class="attempts">
        {attempts.map((attempt, index) => (
          <li key={`${attempt.at} ${index}`}>
            {showTime(attempt.at)}: <strong>{resultOf(attempt)}</strong>
            {attempt.response ? <pre>{attempt.response}</pre> : null}
          </li>
        ))}
      </ol>
    </>
  );
}

/** Read when somebody wants to see it: it may be long. */
function Payload({ path }: { path: string }) {
  const [isWanted, setWanted] = useState(false);
  const sent = useResource<DeliveryWithPayload>(isWanted ? path : null);
  return (
    <details onToggle={({ currentTarget }) => setWanted((was) => was || currentTarget.open)}>
      <summary>What is sent</summary>
      <Shown resource={sent}>
        {({ payload }) => (
          <pre class="payload" tabIndex={0} role="region" aria-label="What is sent">
            {JSON.stringify(payload, null, 2)}
          </pre>
        )}
      </Shown>
    </details>
  );
}
