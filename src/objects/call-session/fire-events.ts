// Tells the systems of a customer what happened in a call: each webhook's object is handed what is to be sent to it.
//
// Guarantees: nothing is told before it can be read from the API (the duty waits for the projection); no webhook is kept
// waiting by another that can't be reached, and none that has an event gets it again; all get the same.

import { readConfig } from "../../config.ts";
import { toDeliveries, type EventSubject } from "../../contract/call-events.ts";
import type { CallRecord } from "../../contract/calls.ts";
import { toTransfer } from "../../contract/transfers.ts";
import { toRecord } from "../../db/call-records.ts";
import type { UntranscribedCall } from "../../db/calls.ts";
import { openAtPrimary } from "../../db/d1-sessions.ts";
import { readForEvents, type Subscription } from "../../db/webhook-endpoints.ts";
import type { NumberedEvent } from "../../domain/call/customer-events.ts";
import { factsOf } from "../../domain/call/facts.ts";
import { toTurns } from "../../domain/transcript.ts";
import { logError } from "../../lib/log.ts";
import { handOver, recipientsOf } from "../../stubs/hand-over.ts";
import type { Call, CallStore } from "./store.ts";

/** With bodies as large as they may be, so many fit into memory, and into what an object may be handed at a time. */
const AT_ONCE = 8;

export async function fireEvents(call: Call, { env, store }: { env: Env; store: CallStore }): Promise<void> {
  const untold = store.customerEvents.untold();
  if (untold.length === 0) return;
  const { orgId, callId } = call.plan;
  const { call: stored, subscriptions, bookmark } = await readForEvents(openAtPrimary(env.DB), orgId, callId);
  if (stored === null) logError("events_without_call", "no row", { call_id: callId });
  const isWanted = ({ name }: NumberedEvent) => subscriptions.some((each) => each.events.includes(name));
  const events = stored === null ? [] : untold.filter(isWanted);
  store.customerEvents.markTold(untold.filter((event) => !events.includes(event)).map(({ seq }) => seq));
  if (stored === null || events.length === 0) return;
  const record = recordOf(call, stored, { env, store });
  const contextOf = (transferId: string) => store.transferContext(transferId);
  const subject = { orgId, call: record, bookmark, contextOf };
  const missed = new Set<string>();
  for (let from = 0; from < events.length; from += AT_ONCE) {
    const reachable = subscriptions.filter(({ webhookId }) => !missed.has(webhookId));
    const part = events.slice(from, from + AT_ONCE);
    for (const webhookId of await tell({ env, store, subject }, part, reachable)) missed.add(webhookId);
    if (missed.size === 0) store.customerEvents.markTold(part.map(({ seq }) => seq));
  }
  if (missed.size > 0) throw new Error(`Not reached: ${[...missed].join(", ")}`);
}

/** Hands over what each has not got yet; answers who could not be reached. */
async function tell(
  { env, store, subject }: { env: Env; store: CallStore; subject: EventSubject },
  events: readonly NumberedEvent[],
  subscriptions: readonly Subscription[],
): Promise<string[]> {
  const told = store.customerEvents;
  const deliveries = await toDeliveries(subject, events, ({ seq }, build) => told.bodyOf(seq, build));
  const seqs = new Map(deliveries.map(({ eventId }, index) => [eventId, events[index]?.seq ?? 0]));
  const seqOf = ({ eventId }: { eventId: string }) => seqs.get(eventId) ?? 0;
  const recipients = recipientsOf(subscriptions, deliveries, (webhookId, delivery) =>
    told.hasTaken(webhookId, seqOf(delivery)),
  );
  return handOver(env, recipients, (recipient) => {
    told.take(recipient.webhookId, recipient.deliveries.map(seqOf));
  });
}

/** What `GET /v1/calls/{uuid}` answers now. */
function recordOf(
  { state }: Call,
  stored: UntranscribedCall,
  { env, store }: { env: Env; store: CallStore },
): CallRecord {
  const { transfer, ...facts } = factsOf(state);
  const told = {
    facts,
    transfer: transfer === null ? null : toTransfer(transfer),
    turns: toTurns(store.transcript.lines(), state.answeredAtMs),
  };
  return toRecord(stored, told, readConfig(env).PUBLIC_BASE_URL);
}
