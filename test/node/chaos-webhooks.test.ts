// The judge of webhooks: of every call just what it is due, to whom it is due.

import { expect, test } from "vitest";
import { judgeWebhooks } from "../chaos/judge-webhooks.ts";
import type { Delivery } from "../chaos/receiver.ts";
import { CALL, deliveryOf, ORG, OUTAGE, TO, soundDeliveries, soundLedgers } from "./support/chaos-ledgers.ts";

function rulesOf(deliveries: Delivery[], ledgers = soundLedgers(), strays: string[] = []): string[] {
  return judgeWebhooks({ deliveries, strays }, ledgers.stored, ledgers.load).map(({ rule }) => rule);
}

test("what a call is due passes, also where first tries failed", () => {
  const failed = soundDeliveries().map((delivery) => Object.assign(delivery, { answer: "refused" }));
  expect(rulesOf([...failed, ...soundDeliveries()])).toEqual([]);
});

const SPOILT: [name: string, rule: string, spoil: (deliveries: Delivery[]) => Delivery[]][] = [
  ["one that is missing", "a call's events are not those that it had", (all) => all.slice(1)],
  [
    "one that was never taken",
    "a call's events are not those that it had",
    (all) => all.map((each, index) => (index === 0 ? { ...each, answer: "dropped" } : each)),
  ],
  [
    "one that is not due",
    "a call's events are not those that it had",
    (all) => [...all, deliveryOf("all", "call.voicemail", 4)],
  ],
  [
    "one that was not subscribed to",
    "a call's events are not those that it had",
    (all) => [...all, deliveryOf("some", "call.analyzed", 3)],
  ],
  [
    "a gap",
    "a call's events are not numbered without gaps",
    (all) =>
      all.map((each) =>
        each.webhookId === "evt_call.analyzed" ? deliveryOf("all", "call.analyzed", 4) : each,
      ),
  ],
  ["an unsigned one", "an event is not signed", (all) => all.map((each) => ({ ...each, isSigned: false }))],
  [
    "one of another form",
    "an event is not of the contract's form",
    (all) => [...all, { ...deliveryOf("all", "call.ended", 2), webhookId: "evt_x", event: null }],
  ],
  [
    "a body that changed",
    "an event's body has changed",
    (all) => [...all, { ...deliveryOf("all", "call.ended", 2), answer: "refused", body: "{}" }],
  ],
  [
    "a body that is another for another webhook",
    "an event's body has changed",
    (all) => all.map((each) => (each.hook === "some" ? { ...each, body: "{}" } : each)),
  ],
  [
    "two with one id",
    "two events have one id",
    (all) => [...all, { ...deliveryOf("all", "call.started", 9), answer: "refused" }],
  ],
  [
    "one that another organisation was sent",
    "an event went to another organisation",
    (all) => [...all, { ...deliveryOf("all", "call.ended", 2), orgId: "org_2" }],
  ],
  [
    "one that came again after it was taken",
    "an event was sent again after it was taken",
    (all) => [...all, deliveryOf("all", "call.ended", 2)],
  ],
  [
    "a transfer that the call had not",
    "a transfer's events",
    (all) => [...all, deliveryOf("all", "call.transferred", 4)],
  ],
];

test.each(SPOILT)("%s is found", (_name, rule, spoil) => {
  expect(rulesOf(spoil(soundDeliveries()))).toContain(rule);
});

test("across a kill what was taken may come again", () => {
  const ledgers = soundLedgers();
  const again = soundDeliveries().map((delivery) => Object.assign(delivery, { atMs: delivery.atMs + 5_000 }));
  ledgers.load.outages.push({ ...OUTAGE, fromMs: (again[0]?.atMs ?? 0) - 2_000 });
  expect(rulesOf([...soundDeliveries(), ...again], ledgers)).toEqual([]);
});

test("of a recording its customers hear, unless they opted out: then they may or may not", () => {
  const RULE = "a call's events are not those that it had";
  const ledgers = soundLedgers();
  ledgers.stored.calls = ledgers.stored.calls.map((row) => ({ ...row, recording_key: "somewhere" }));
  expect(rulesOf(soundDeliveries(), ledgers)).toContain(RULE);
  ledgers.stored.optOuts = [{ org_id: ORG, phone: TO }];
  expect(rulesOf(soundDeliveries(), ledgers)).toEqual([]);
  const told = [...soundDeliveries(), deliveryOf("all", "call.recording_ready", 4)];
  expect(rulesOf(told, ledgers)).toEqual([]);
});

test("a third that no kill explains is found", () => {
  const ledgers = soundLedgers();
  const after = (ms: number) =>
    soundDeliveries().map((delivery) => Object.assign(delivery, { atMs: delivery.atMs + ms }));
  const [first] = soundDeliveries();
  ledgers.load.outages.push({ ...OUTAGE, fromMs: (first?.atMs ?? 0) + 1_000 });
  expect(rulesOf([...soundDeliveries(), ...after(5_000)], ledgers)).toEqual([]);
  const rules = rulesOf([...soundDeliveries(), ...after(5_000), ...after(9_000)], ledgers);
  expect(new Set(rules)).toEqual(new Set(["an event was sent again after it was taken"]));
});

test("a transfer that the call took up and nobody was told of is found, and one that it never had", () => {
  const ledgers = soundLedgers();
  for (const session of ledgers.stored.sessions) session.transfers.push("trf_1");
  expect(rulesOf(soundDeliveries(), ledgers)).toEqual(["a transfer's events", "a transfer's events"]);
});

test("an event at an address that no webhook has is found, and a transfer of which nobody was told", () => {
  const ledgers = soundLedgers();
  const done = { afterMs: 0, status: 202, code: null, transferId: "trf_1", atMs: 0 };
  ledgers.load.acknowledged[0]?.deeds.push({ ...done, kind: "transfer" });
  expect(rulesOf(soundDeliveries(), ledgers, ["/nowhere"])).toEqual([
    "an event went to no webhook",
    "a transfer's events",
    "a transfer's events",
  ]);
});

test("an end that is told otherwise than it is stored is found", () => {
  const ledgers = soundLedgers();
  ledgers.stored.calls = ledgers.stored.calls.map((row) => ({ ...row, ended_reason: "customer_hangup" }));
  const found = judgeWebhooks({ deliveries: soundDeliveries(), strays: [] }, ledgers.stored, ledgers.load);
  expect(found.map(({ rule, callId }) => [rule, callId])).toEqual([
    ["call.ended tells of another end", CALL],
    ["call.ended tells of another end", CALL],
  ]);
});
