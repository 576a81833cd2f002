import { useEffect, useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { ask, pathOf, type Problem } from "../api.ts";
import { showTime, showWord } from "../format.ts";
import { Badge, Empty, Loading, ProblemNote, Table } from "../ui/parts.tsx";

type Sent = { webhook: Webhook; deliveries: WebhookDelivery[] };
type Read = { sent: Sent[] | null; problem: Problem | null };

const KINDS = { pending: "warn", delivered: "good", failed: "bad", skipped: null } as const;

/** What the organisation's webhooks were told of the call, and what came of it. @param version read anew when it changes. */
export function Deliveries({ callId, version }: { callId: string; version: string }) {
  const [{ sent, problem }, setRead] = useState<Read>({ sent: null, problem: null });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isStale = false;
    void readSent(callId).then((read) => {
      if (!isStale) setRead((before) => ({ ...read, sent: read.sent ?? before.sent }));
    });
    return () => {
      isStale = true;
    };
  }, [callId, version, tries]);
  const rows = (sent ?? []).flatMap(({ webhook, deliveries }) =>
    deliveries.map((delivery) => ({ webhook, delivery })),
  );
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} again={() => setTries(tries + 1)} />}
      {sent === null ? (
        problem === null && <Loading what="Loading deliveries" />
      ) : sent.length === 0 ? (
        <Empty>
          There is no webhook to be told of calls. <a href="/desk/webhooks">Webhooks</a>
        </Empty>
      ) : rows.length === 0 ? (
        <Empty>No webhook was told of this call.</Empty>
      ) : (
        <Table label="Webhook deliveries" columns={["When", "Webhook", "Event", "Status", "Answer"]}>
          {rows.map(({ webhook, delivery }) => (
            <tr key={delivery.uuid}>
              <td class="nowrap">{showTime(delivery.created_at)}</td>
              <td>
                <a href={`/desk/webhooks/${webhook.uuid}`}>{webhook.name}</a>
              </td>
              <td>{delivery.event}</td>
              <td>
                <Badge kind={KINDS[delivery.status]}>{delivery.status}</Badge>
              </td>
              <td>{answerOf(delivery)}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}

/** Each webhook keeps a log of its own. */
async function readSent(callId: string): Promise<Read> {
  const list = await ask<{ webhooks: Webhook[] }>("GET", "/v1/webhooks?limit=100");
  if (!list.ok) return { sent: null, problem: list.problem };
  const answers = await Promise.all(
    list.value.webhooks.map(async (webhook) => {
      const path = pathOf(`/v1/webhooks/${webhook.uuid}/logs`, { call_uuid: callId, limit: 100 });
      return { webhook, logs: await ask<{ logs: WebhookDelivery[] }>("GET", path) };
    }),
  );
  const failed = answers.find(({ logs }) => !logs.ok)?.logs;
  const sent = answers.flatMap(({ webhook, logs }) =>
    logs.ok ? [{ webhook, deliveries: logs.value.logs }] : [],
  );
  return { sent, problem: failed === undefined || failed.ok ? null : failed.problem };
}

function answerOf({ attempts, attempt_count }: WebhookDelivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return "–";
  const answer = last.status_code === null ? showWord(last.error) : String(last.status_code);
  return attempt_count > 1 ? `${answer}, after ${attempt_count} tries` : answer;
}
