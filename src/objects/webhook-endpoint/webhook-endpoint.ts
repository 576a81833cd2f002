// One Durable Object per webhook of a customer: it keeps what is to be sent there, sends it, tries again, and knows
// what came of it. A receiver that is slow or down is thereby no other's hindrance.

import { DurableObject } from "cloudflare:workers";
import type { Delivery, DeliveryFilter, NewDelivery } from "../../domain/webhook.ts";

export class WebhookEndpoint extends DurableObject<Env> {
  /** Takes these over, to be sent at once. Idempotent by the id of the event. */
  async accept(_deliveries: readonly NewDelivery[]): Promise<void> {}

  /** Sends this now, paused or not, and answers what came of the first try. */
  async test(_delivery: NewDelivery): Promise<Delivery> {
    throw new Error("Not built yet");
  }

  /** Newest first. */
  async list(
    _filter: DeliveryFilter,
    _page: { limit: number; offset: number },
  ): Promise<{ deliveries: Delivery[]; total: number }> {
    return { deliveries: [], total: 0 };
  }

  /** With the body that is sent; null if there is no such delivery any more. */
  async find(_deliveryId: string): Promise<(Delivery & { body: string }) | null> {
    return null;
  }

  /** Sends one again, whatever came of it before; null if there is no such delivery any more. */
  async replay(_deliveryId: string): Promise<Delivery | null> {
    return null;
  }

  /** Sends all again that match; answers how many. */
  async replayAll(_filter: DeliveryFilter): Promise<number> {
    return 0;
  }

  /** The webhook is active again: its failures are forgotten. */
  async resume(): Promise<void> {}

  /** The webhook was deleted. */
  async forget(): Promise<void> {}
}
