// From a call to a customer's receiver, and to the log of what was sent: all of it together.

import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { z } from "zod";
import { callEventSchema } from "../../src/contract/call-events.ts";
import { deliveryListSchema } from "../../src/contract/webhook-logs.ts";
import { CALL_EVENTS } from "../../src/domain/webhook.ts";
import { place, read, request } from "../support/api.ts";
import { createOrganisation } from "../support/organisation.ts";
import { Receiver } from "../support/receivers.ts";
import { until } from "../support/wait.ts";
import { createWebhook } from "../support/webhooks-by-api.ts";

const NAMES = ["call.started", "call.ended", "call.analyzed", "call.recording_ready"];

test("a call is told of to its end: signed, once each, in its order, and as the API has it", async () => {
  const [org, all, some, strange] = [
    await createOrganisation(),
    await Receiver.listen(),
    await Receiver.listen(),
    await Receiver.listen(),
  ];
  const { path, secret } = await createWebhook(org, { url: all.url, events: CALL_EVENTS });
  await createWebhook(org, { url: some.url, events: ["call.ended", "call.no_answer"] });
  await createWebhook(await createOrganisation(), { url: strange.url, events: CALL_EVENTS });
  const callId = await place(org, "+15005550030");
  const got = await all.got(NAMES.length);
  const events = got.map(({ body, headers }) =>
    callEventSchema.parse(new Webhook(secret).verify(body, headers)),
  );
  const inOrder = events.toSorted((a, b) => a.data.seq - b.data.seq);
  expect(inOrder.map(({ data }) => data.seq)).toEqual([1, 2, 3, 4]);
  expect(inOrder.slice(0, 2).map(({ event }) => event)).toEqual(NAMES.slice(0, 2));
  expect(inOrder.map(({ event }) => event).toSorted()).toEqual(NAMES.toSorted());
  expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(NAMES.length);

  // A read that brings an event's bookmark back is taken, and shows no less than the event.
  const bookmarks = got.map(({ headers }) => headers["trunkline-bookmark"] ?? "");
  for (const bookmark of bookmarks) {
    const init = { headers: { "trunkline-bookmark": bookmark } };
    const { status, headers } = await request(`/v1/calls/${callId}`, org.apiKey, init);
    expect(status).toBe(200);
    expect((headers.get("trunkline-bookmark") ?? "") >= bookmark).toBe(true);
  }
  expect(new Set(bookmarks).size).toBeGreaterThan(1);

  const { uuid, ...call } = await read(org, callId);
  const last = inOrder.at(-1);
  expect(last).toMatchObject({ organisation_uuid: org.orgId, data: { ...call, call_uuid: uuid } });
  expect(last).not.toHaveProperty("test");
  const log = await until(
    async () =>
      deliveryListSchema.parse(await (await request(`${path}/logs?call_uuid=${callId}`, org.apiKey)).json()),
    ({ logs }) => logs.every(({ status }) => status === "delivered"),
  );
  expect(log.logs.map(({ event }) => event).toSorted()).toEqual(NAMES.toSorted());
  expect((await some.got(1)).map(({ body }) => eventSchema.parse(JSON.parse(body)).event)).toEqual([
    "call.ended",
  ]);
  expect(await strange.requests()).toEqual([]);
});

const eventSchema = z.object({ event: z.string() });
