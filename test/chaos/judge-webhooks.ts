// Every organisation has heard of its calls just what it is to hear: nothing is missing, nothing is another's, and
// what came twice was the same. Pure.

import type { CallEventName } from "../../src/domain/webhook.ts";
import type { Finding } from "./verdict.ts";
import type { CallRow, StoredLedger } from "./ledgers.ts";
import type { Acknowledged, LoadLedger, Outage } from "./load.ts";
import { SUBSCRIPTIONS, type Delivery } from "./receiver.ts";

export type WebhookLedger = { deliveries: readonly Delivery[]; strays: readonly string[] };
type Taken = Delivery & { event: NonNullable<Delivery["event"]> };

export function judgeWebhooks(
  { deliveries, strays }: WebhookLedger,
  stored: StoredLedger,
  load: LoadLedger,
): Finding[] {
  const taken = deliveries.filter(isTaken);
  const byCall = Map.groupBy(taken, ({ event, hook }) => `${event.data.call_uuid} ${hook}`);
  const optedOut = new Set(stored.optOuts.map(({ org_id: org, phone }) => `${org} ${phone}`));
  const asked = new Map(load.acknowledged.map((call) => [call.callId, transfersOf(call)]));
  const begun = new Map(stored.sessions.map(({ call_id: id, transfers }) => [id, transfers]));
  return [
    ...strays.map((path) => ({ rule: "an event went to no webhook", detail: path })),
    ...judgeForm(deliveries),
    ...judgeIdentity(deliveries),
    ...judgeRepeats(taken, load.outages),
    ...judgeOwners(taken, stored),
    ...stored.calls.flatMap((row) =>
      Object.entries(SUBSCRIPTIONS).flatMap(([hook, events]) =>
        judgeCall(row, events, {
          taken: byCall.get(`${row.id} ${hook}`) ?? [],
          asked: asked.get(row.id) ?? [],
          isOptedOut: optedOut.has(`${row.org_id} ${customerOf(row)}`),
          begun: begun.get(row.id) ?? [],
        }),
      ),
    ),
  ];
}

function customerOf({ call_type: callType, from_number: from, to_number: to }: CallRow): string {
  return callType === "inbound" ? from : to;
}

function isTaken(delivery: Delivery): delivery is Taken {
  return delivery.answer === "taken" && delivery.event !== null;
}

function transfersOf({ deeds }: Acknowledged): string[] {
  return deeds.flatMap(({ transferId }) => (transferId === null ? [] : [transferId]));
}

function judgeForm(deliveries: readonly Delivery[]): Finding[] {
  return deliveries.flatMap(({ isSigned, event, webhookId, body }) => [
    ...(isSigned ? [] : [{ rule: "an event is not signed", detail: webhookId }]),
    ...(event === null
      ? [{ rule: "an event is not of the contract's form", detail: body.slice(0, 200) }]
      : []),
  ]);
}

/** One event is the same for all and always, whoever hears of it, and each event is one. */
function judgeIdentity(deliveries: readonly Delivery[]): Finding[] {
  const findings: Finding[] = [];
  for (const [webhookId, same] of Map.groupBy(deliveries, (delivery) => delivery.webhookId)) {
    const bodies = new Set(same.map(({ body }) => body));
    const told = new Set(
      same.map(({ event }) => `${event?.data.call_uuid} ${event?.event} ${event?.data.seq}`),
    );
    if (bodies.size > 1) findings.push({ rule: "an event's body has changed", detail: webhookId });
    if (told.size > 1) {
      findings.push({ rule: "two events have one id", detail: `${webhookId}: ${[...told].join(", ")}` });
    }
  }
  return findings;
}

/** Whether the receiver's answer was heard is not known across a kill: only then may what was taken come again. */
function judgeRepeats(taken: readonly Taken[], outages: readonly Outage[]): Finding[] {
  const same = Map.groupBy(taken, ({ orgId, hook, webhookId }) => `${orgId} ${hook} ${webhookId}`);
  return [...same.values()].flatMap((tries) => {
    const again = tries.find((next, index) => {
      const fromMs = tries[index - 1]?.atMs;
      if (fromMs === undefined) return false;
      return !outages.some((outage) => outage.fromMs >= fromMs - 1_000 && outage.fromMs <= next.atMs);
    });
    if (again === undefined) return [];
    const { event, hook } = again;
    const detail = `${event.event} to ${hook}`;
    return [{ rule: "an event was sent again after it was taken", detail, callId: event.data.call_uuid }];
  });
}

function judgeOwners(taken: readonly Taken[], stored: StoredLedger): Finding[] {
  const owners = new Map(stored.calls.map(({ id, org_id: org }) => [id, org]));
  return taken
    .filter(
      ({ event, orgId }) => owners.get(event.data.call_uuid) !== orgId || event.organisation_uuid !== orgId,
    )
    .map(({ event, hook }) => ({
      rule: "an event went to another organisation",
      detail: `${event.event} to ${hook}`,
      callId: event.data.call_uuid,
    }));
}

function judgeCall(
  row: CallRow,
  subscribed: readonly CallEventName[],
  {
    taken,
    asked,
    begun,
    isOptedOut,
  }: { taken: readonly Taken[]; asked: readonly string[]; begun: readonly string[]; isOptedOut: boolean },
): Finding[] {
  const found = (rule: string, detail: string): Finding => ({ rule, detail, callId: row.id });
  const events = [...new Map(taken.map((each) => [each.webhookId, each.event])).values()];
  // Whether a customer opted out before their recording was told of, or after it, nobody can know.
  const isFixed = (name: CallEventName) => !(isOptedOut && name === "call.recording_ready");
  const names = events
    .map(({ event }) => event)
    .filter((event) => event !== "call.transferred" && isFixed(event));
  const due = dueEvents(row).filter((name) => subscribed.includes(name) && isFixed(name));
  const findings: Finding[] = [];
  if (names.toSorted().join() !== due.toSorted().join()) {
    findings.push(
      found("a call's events are not those that it had", `${names.join(", ")}; due: ${due.join(", ")}`),
    );
  }
  findings.push(
    ...judgeTransfers(row, { events, asked, begun }).map((detail) => found("a transfer's events", detail)),
  );
  const isWhole = subscribed.length === SUBSCRIPTIONS["all"]?.length;
  const numbers = events.map(({ data }) => data.seq).toSorted((a, b) => a - b);
  if (isWhole && numbers.some((seq, index) => seq !== index + 1)) {
    findings.push(found("a call's events are not numbered without gaps", numbers.join(", ")));
  }
  const ended = events.find(({ event }) => event === "call.ended")?.data;
  if (ended !== undefined && (ended.outcome !== row.outcome || ended.ended_reason !== row.ended_reason)) {
    findings.push(found("call.ended tells of another end", `${ended.outcome}, ${ended.ended_reason}`));
  }
  const analysed = events.find(({ event }) => event === "call.analyzed")?.data;
  if (analysed !== undefined && (analysed.summary === null || analysed.sentiment !== row.sentiment)) {
    findings.push(found("call.analyzed came before the analysis", `${analysed.sentiment}`));
  }
  return findings;
}

/** All but those of transfers. */
function dueEvents({ outcome, recording_key: recording }: CallRow): CallEventName[] {
  return [
    ...(outcome === "connected" ? (["call.started"] as const) : []),
    "call.ended",
    ...(outcome === "no-answer" ? (["call.no_answer"] as const) : []),
    ...(outcome === "voicemail" ? (["call.voicemail"] as const) : []),
    "call.analyzed",
    ...(recording === null ? [] : (["call.recording_ready"] as const)),
  ];
}

/**
 * One for each transfer that the call took up, and no other: those that clients were promised, and the one that the row
 * tells of, are among them.
 */
function judgeTransfers(
  row: CallRow,
  {
    events,
    asked,
    begun,
  }: { events: readonly Taken["event"][]; asked: readonly string[]; begun: readonly string[] },
): string[] {
  const told = events
    .filter(({ event }) => event === "call.transferred")
    .map(({ data }) => data.transfer?.transfer_id);
  const shown = row.transfer === null ? [] : [String(JSON.parse(row.transfer).transfer_id)];
  const due = new Set<string | undefined>([...asked, ...shown, ...begun]);
  const missing = [...due].filter((id) => !told.includes(id));
  return [
    ...missing.map((id) => `${id} is missing`),
    ...(new Set(told).size < told.length ? [`${told.join(", ")}: one came twice`] : []),
    ...told.filter((id) => !due.has(id)).map((id) => `${id}, and the call had no such transfer`),
  ];
}
