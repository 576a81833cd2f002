// What the customers of whole calls are told of them.

import { expect } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import type { CallEventName } from "../../src/domain/webhook.ts";
import { Endpoints } from "../support/endpoints.ts";
import type { Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

let endpoints: Endpoints | null = null;

/** Subscribes to all; answers the webhook's id. */
export function listenTo({ orgId }: Organisation): Promise<string> {
  endpoints ??= new Endpoints();
  return endpoints.add(orgId);
}

/** Waits until that is told; answers all that is told by then. */
export function untilTold(webhookId: string, callId: string, last: CallEventName) {
  return until(
    async () => endpoints?.toldTo(webhookId, callId) ?? [],
    (told) => told.some(({ event }) => event.event === last),
  );
}

/** Waits for the last of what must be told of such a call, and sees that it was, in order and without gaps. */
export async function expectTold(
  webhookId: string,
  call: CallRecord,
  last: "call.ended" | "call.analyzed",
): Promise<void> {
  const told = await untilTold(webhookId, call.uuid, last);
  expect(told.map(({ event }) => event.data.seq)).toEqual(told.map((_, index) => index + 1));
  // The carrier has its recording when it has it.
  const names = told.map(({ event }) => event.event).filter((name) => name !== "call.recording_ready");
  const upToLast = (all: CallEventName[]) => all.slice(0, all.indexOf(last) + 1);
  expect(upToLast(names)).toEqual(upToLast(namesFor(call)));
  const ended = told.find(({ event }) => event.event === "call.ended");
  const { uuid, recording_url: _recording, sentiment: _sentiment, summary: _summary, ...record } = call;
  const { key_details: _details, ...known } = record;
  expect(ended?.event.data).toMatchObject({ call_uuid: uuid, ...known });
}

function namesFor({ outcome, transfer }: CallRecord): CallEventName[] {
  return [
    ...(outcome === "connected" ? (["call.started"] as const) : []),
    ...(transfer === null ? [] : (["call.transferred"] as const)),
    "call.ended",
    ...(outcome === "no-answer" ? (["call.no_answer"] as const) : []),
    ...(outcome === "voicemail" ? (["call.voicemail"] as const) : []),
    "call.analyzed",
  ];
}
