// What a test puts in the place of the objects that send to webhooks, until the mocks are restored: nothing is sent, and
// every receiver takes what it is sent at once.

import { vi } from "vitest";
import type { Delivery, DeliveryFilter, NewDelivery } from "../../src/domain/webhook.ts";
import { newId } from "../../src/lib/ids.ts";
import { WebhookEndpoint } from "../../src/objects/webhook-endpoint/webhook-endpoint.ts";

type Kept = Delivery & { body: string };

export function standInForEndpoints() {
  const kept = new Map<string, Kept[]>();
  const { prototype } = WebhookEndpoint;
  const of = (endpoint: WebhookEndpoint) => {
    const deliveries = kept.get(nameOf(endpoint)) ?? [];
    kept.set(nameOf(endpoint), deliveries);
    return deliveries;
  };
  const matching = (endpoint: WebhookEndpoint, filter: DeliveryFilter) =>
    of(endpoint).filter((delivery) => matches(delivery, filter));
  return {
    accept: vi.spyOn(prototype, "accept").mockImplementation(async function (this: WebhookEndpoint, added) {
      of(this).unshift(...added.map(delivered));
    }),
    test: vi.spyOn(prototype, "test").mockImplementation(async function (this: WebhookEndpoint, added) {
      const delivery = delivered(added);
      of(this).unshift(delivery);
      return delivery;
    }),
    list: vi.spyOn(prototype, "list").mockImplementation(async function (
      this: WebhookEndpoint,
      filter,
      { limit, offset },
    ) {
      const all = matching(this, filter);
      return { deliveries: all.slice(offset, offset + limit), total: all.length };
    }),
    find: vi.spyOn(prototype, "find").mockImplementation(async function (this: WebhookEndpoint, id) {
      return of(this).find((delivery) => delivery.id === id) ?? null;
    }),
    replay: vi.spyOn(prototype, "replay").mockImplementation(async function (this: WebhookEndpoint, id) {
      return of(this).find((delivery) => delivery.id === id) ?? null;
    }),
    replayAll: vi.spyOn(prototype, "replayAll").mockImplementation(async function (
      this: WebhookEndpoint,
      filter,
    ) {
      return matching(this, filter).length;
    }),
    resume: vi.spyOn(prototype, "resume").mockResolvedValue(),
    forget: vi.spyOn(prototype, "forget").mockImplementation(async function (this: WebhookEndpoint) {
      kept.delete(nameOf(this));
    }),
  };
}

/** The webhook whose object it is. */
export function nameOf(endpoint: WebhookEndpoint): string {
  const { id } = Reflect.get(endpoint, "ctx") as DurableObjectState;
  return id.name ?? "";
}

function delivered(delivery: NewDelivery): Kept {
  const atMs = Date.now();
  const attempt = { atMs, statusCode: 200, error: null, durationMs: 12, response: "ok" };
  return {
    ...delivery,
    id: newId("delivery"),
    status: "delivered",
    createdAtMs: atMs,
    nextAttemptAtMs: null,
    attempts: [attempt],
  };
}

function matches(delivery: Kept, { status, event, callId, fromMs, beforeMs }: DeliveryFilter): boolean {
  return (
    (status === undefined || delivery.status === status) &&
    (event === undefined || delivery.event === event) &&
    (callId === undefined || delivery.callId === callId) &&
    (fromMs === undefined || delivery.createdAtMs >= fromMs) &&
    (beforeMs === undefined || delivery.createdAtMs < beforeMs)
  );
}
