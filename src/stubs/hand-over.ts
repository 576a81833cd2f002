import type { CallEventName, NewDelivery } from "../domain/webhook.ts";
import { withDeadline } from "../lib/deadline.ts";
import { logError } from "../lib/log.ts";
import { askTwice } from "./ask-twice.ts";
import { webhookEndpointOf } from "./stubs.ts";

/** What an endpoint's object may take: it only stores what it is given. */
const DEADLINE_MS = 10_000;

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
 * Hands what is to be sent to the endpoints' objects, side by side. An object that has had some of it already knows it
 * again by its id.
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
  await Promise.all(
    recipients.map(async (recipient) => {
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
    }),
  );
  return missed;
}
