import type { CallEventName, NewDelivery } from "../domain/webhook.ts";
import { withDeadline } from "../lib/deadline.ts";
import { logError } from "../lib/log.ts";
import { askTwice } from "./ask-twice.ts";
import { webhookEndpointOf } from "./stubs.ts";

/** What an endpoint's object may take: it only stores what it is given. */
const DEADLINE_MS = 10_000;
/** What may be under way at once: whoever hands over has little memory. In characters, which take a byte or two. */
const LENGTH_AT_ONCE = 8 * 1024 * 1024;

type Recipient = { webhookId: string; deliveries: NewDelivery[] };

/** Who is to be handed what: each what it subscribed to and does not have. */
export function recipientsOf(
  subscriptions: readonly { webhookId: string; events: readonly CallEventName[] }[],
  deliveries: readonly NewDelivery[],
  has: (webhookId: string, delivery: NewDelivery) => boolean = () => false,
): Recipient[] {
  return subscriptions
    .map(({ webhookId, events }) => ({
      webhookId,
      deliveries: deliveries.filter(
        (delivery) => events.includes(delivery.event) && !has(webhookId, delivery),
      ),
    }))
    .filter((recipient) => recipient.deliveries.length > 0);
}

/**
 * Hands what is to be sent to the endpoints' objects: side by side, or where much is to be sent fewer at a time. An
 * object that has had some of it already knows it again by its id.
 *
 * @param onTaken an object has all that is for it.
 * @returns who could not be reached.
 */
export async function handOver(
  env: Env,
  recipients: readonly Recipient[],
  onTaken: (recipient: Recipient) => void = () => undefined,
): Promise<string[]> {
  const missed: string[] = [];
  const handTo = async (recipient: Recipient) => {
    const { webhookId, deliveries } = recipient;
    try {
      await withDeadline(DEADLINE_MS, () =>
        askTwice(async () => webhookEndpointOf(env, webhookId).accept(deliveries)),
      );
      onTaken(recipient);
    } catch (error) {
      logError("webhook_not_reached", error, { webhook_id: webhookId, call_id: deliveries[0]?.callId });
      missed.push(webhookId);
    }
  };
  // Each lane takes whoever is next when it is free.
  const waiting = recipients.values();
  const lane = async () => {
    for (const recipient of waiting) await handTo(recipient);
  };
  const largest = Math.max(1, ...recipients.map(lengthOf));
  const lanes = Math.max(1, Math.floor(LENGTH_AT_ONCE / largest));
  await Promise.all(Array.from({ length: Math.min(lanes, recipients.length) }, lane));
  return missed;
}

function lengthOf({ deliveries }: Recipient): number {
  return deliveries.reduce((sum, { body }) => sum + body.length, 0);
}
