import { useEffect, useRef, useState } from "preact/hooks";
import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import type { Webhook } from "../../contract/webhooks.ts";
import { ask, pathOf, type Problem } from "../api.ts";
import { showTime, showWord } from "../format.ts";
import { Badge, Empty, Loading, ProblemNote, Table } from "../ui/parts.tsx";
import { useEvery } from "../ui/use-every.ts";
import { isUnderWay, LOOK_EVERY_SECONDS } from "../webhooks/delivery-log.tsx";

type Sent = { webhook: Webhook; deliveries: WebhookDelivery[] };
type Read = { sent: Sent[] | null; problem: Problem | null };

const KINDS = { pending: "warn", delivered: "good", failed: "bad", skipped: null } as const;

/** What the organisation's webhooks were told of the call, and what came of it. @param version read anew when it changes. */
export function Deliveries({ callId, version }: { callId: string; version: string }) {
  const { sent, problem, again } = useSent(callId, version);
  const rows = (sent ?? []).flatMap(({ webhook, deliveries }) =>
    deliveries.map((delivery) => ({ webhook, delivery })),
  );
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} again={again} />}
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

/** What is on its way is looked after. */
function useSent(callId: string, version: string): Read & { again: () => Promise<void> } {
  const [known, setKnown] = useState<Read>({ sent: null, problem: null });
  const latest = useRef(0);
  const isReading = useRef(false);
  /** @param only of these webhooks; null: of all. */
  const read = async (only: readonly Webhook[] | null): Promise<void> => {
    latest.current += 1;
    const mine = latest.current;
    isReading.current = true;
    const { sent, problem } = only === null ? await readSent(callId) : await readLogs(callId, only);
    // Who asked later is answered later.
    if (mine !== latest.current) return;
    isReading.current = false;
    setKnown((before) => ({
      sent: only === null ? (sent ?? before.sent) : renewed(before.sent ?? [], sent ?? []),
      problem,
    }));
  };
  useEffect(() => {
    void read(null);
    return () => {
      latest.current += 1;
    };
  }, [callId, version]);
  useEvery(LOOK_EVERY_SECONDS, () => {
    const waiting = (known.sent ?? []).filter(({ deliveries }) => deliveries.some(isUnderWay));
    if (isReading.current || waiting.length === 0) return;
    return read(waiting.map(({ webhook }) => webhook));
  });
  return { ...known, again: () => read(null) };
}

function renewed(known: readonly Sent[], news: readonly Sent[]): Sent[] {
  return known.map((each) => news.find(({ webhook }) => webhook.uuid === each.webhook.uuid) ?? each);
}

async function readSent(callId: string): Promise<Read> {
  const list = await ask<{ webhooks: Webhook[] }>("GET", "/v1/webhooks?limit=100");
  return list.ok ? readLogs(callId, list.value.webhooks) : { sent: null, problem: list.problem };
}

/** Each webhook keeps a log of its own. */
async function readLogs(callId: string, webhooks: readonly Webhook[]): Promise<Read> {
  const answers = await Promise.all(
    webhooks.map(async (webhook) => {
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
