// Analysis and workflows write into the same key details: what a workflow wrote is never lost nor overwritten, and
// what is shown is the analysis with all that workflows wrote on top of it, in its order.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeAnalysis } from "../../src/db/analyses.ts";
import { openDb } from "../../src/db/client.ts";
import { patchKeyDetails } from "../../src/db/key-details.ts";
import { applyMergePatch, composePatches } from "../../src/domain/merge-patch.ts";
import { post, read } from "../support/api.ts";
import { CUSTOMER } from "../support/call-row.ts";
import { endedCall, sendToAnalysis, storedCall, type Said } from "../support/ended-call.ts";
import { createOrganisation } from "../support/organisation.ts";

const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes("\\u0000"));
const object = fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__", "ü", "a.b", ""), json, {
  maxKeys: 4,
});
const patch = fc.oneof(
  fc.record({ extraction: object, qms_scores: object }, { requiredKeys: [] }),
  fc.record({ extraction: fc.constant(null) }),
  object,
);
const patches = fc.array(patch, { maxLength: 4 });

/** As JSON says it: without -0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Those that say something. */
const said = (all: object[]): object[] => all.filter((each) => Object.keys(each).length > 0);

test("patches before, during and after an analysis: what is shown is the analysis with each of them in its order", async () => {
  const org = await createOrganisation();
  const db = openDb(env.DB);
  await fc.assert(
    fc.asyncProperty(
      fc.record({ extraction: object, before: patches, during: patches, at: fc.nat(4), after: patches }),
      async ({ extraction, before, during, at, after }) => {
        const callId = await endedCall(org, "agent_hangup");
        const write = (each: object) => patchKeyDetails(db, org.orgId, callId, each);
        const call = { callId, orgId: org.orgId, customer: CUSTOMER, endedAt: 1 };
        const qmsScores = { opening: 3 };
        const analysis = { summary: "So it was.", sentiment: "neutral" as const, extraction, qmsScores };
        const analyse = () => writeAnalysis(db, call, analysis, { optOut: false, atSeconds: 1 });
        for (const each of before) await write(each);
        const writes = during.map((each) => () => write(each));
        await Promise.all(
          writes.toSpliced(at, 0, async () => ((await analyse()) ? null : null)).map((run) => run()),
        );
        for (const each of after) await write(each);
        // A second analysis has nothing to say.
        expect(
          await writeAnalysis(db, call, { ...analysis, extraction: {} }, { optOut: false, atSeconds: 1 }),
        ).toBe(false);

        const row = await storedCall(callId);
        const [kept, keptAfter] = [said(before), said(after)];
        const written: unknown[] = JSON.parse(row?.workflowPatches ?? "[]");
        const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(plain(each))).toSorted();
        expect(written.slice(0, kept.length)).toEqual(plain(kept));
        expect(written.slice(kept.length + said(during).length)).toEqual(plain(keptAfter));
        expect(sorted(written)).toEqual(sorted(said([...before, ...during, ...after])));
        const base = plain({ extraction, qms_scores: qmsScores });
        expect(JSON.parse(row?.analysis ?? "")).toEqual(base);
        expect(JSON.parse(row?.keyDetails ?? "")).toEqual(plain(written.reduce(applyMergePatch, base)));
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

const SAID: Said = [
  ["agent", "Hello, this is Aria of Luminary Home. How can I help you?"],
  ["customer", "I want to talk to a human."],
];

test.for(["before", "after", "at the same time"] as const)(
  "over the API, a workflow that writes %s has the last word",
  async (when) => {
    const org = await createOrganisation();
    const callId = await endedCall(org, "agent_hangup", SAID);
    const write = () =>
      post(`/api/voice/calls/${callId}/metadata`, org.apiKey, {
        key_details: {
          extraction: { asked_for_human: false, crm_id: 7 },
          qms_scores: { probing: null, empathy: 4 },
        },
      });
    if (when === "before") await write();
    await Promise.all([sendToAnalysis(callId), when === "at the same time" ? write() : null]);
    if (when === "after") await write();
    const { summary, key_details: details } = await read(org, callId);
    expect(summary).toBe("Customer asked for a human.");
    expect(details).toEqual({
      extraction: { asked_for_human: false, crm_id: 7 },
      qms_scores: { opening: 5, energy: expect.any(Number), closing: 0, empathy: 4 },
    });
  },
);

test("a very long history is folded in time", async () => {
  const org = await createOrganisation();
  const callId = await endedCall(org, "agent_hangup", SAID);
  const history = Array.from({ length: 4_000 }, (_, index) => ({
    extraction: { [`field_${index % 1_000}`]: `value number ${index} of this and of no other field` },
  }));
  const merged = history.reduce<unknown>(applyMergePatch, {});
  await env.DB.prepare("UPDATE calls SET workflow_patches = ?, key_details = ? WHERE id = ?")
    .bind(JSON.stringify(history), JSON.stringify(merged), callId)
    .run();
  expect(JSON.stringify(history).length).toBeGreaterThan(300_000);
  expect(await sendToAnalysis(callId)).toMatchObject({ acked: ["0"] });
  expect((await read(org, callId)).key_details.extraction).toEqual({
    asked_for_human: true,
    ...(merged as { extraction: object }).extraction,
  });
});

describe("a history of many patches", () => {
  const extraction = { a: 1, b: { c: 1, d: 1 }, e: [1], untouched: "é" };
  const analysis = { summary: "So it was.", sentiment: "neutral" as const, extraction, qmsScores: {} };
  const first = [
    { extraction: { a: null, b: { c: null } } },
    { extraction: { e: null } },
    { extraction: { e: { ü: 1 } } },
  ];
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ extraction: { [`f${index % 7}`]: index } }));

  const ownKey = (index: number) => ({ extraction: { [`a_field_of_its_own_${index}`]: index } });

  async function callWith(history: readonly object[]) {
    const org = await createOrganisation();
    const db = openDb(env.DB);
    const callId = await endedCall(org, "agent_hangup", SAID);
    await env.DB.prepare("UPDATE calls SET workflow_patches = ?, key_details = ? WHERE id = ?")
      .bind(JSON.stringify(history), JSON.stringify(history.reduce<unknown>(applyMergePatch, {})), callId)
      .run();
    return {
      write: (each: object) => patchKeyDetails(db, org.orgId, callId, each),
      analyse: async () => {
        const call = { callId, orgId: org.orgId, customer: CUSTOMER, endedAt: 1 };
        await writeAnalysis(db, call, analysis, { optOut: false, atSeconds: 1 });
        return JSON.parse((await storedCall(callId))?.keyDetails ?? "");
      },
      history: async (): Promise<unknown[]> =>
        JSON.parse((await storedCall(callId))?.workflowPatches ?? "[]"),
    };
  }

  test("becomes two, under which an analysis comes to the same", async () => {
    const history = [...first, ...many(497)];
    const call = await callWith(history);
    const last = { extraction: { g: { h: null, i: 2 } } };
    await call.write(last);
    expect(await call.history()).toHaveLength(2);
    const all = [...history, last];
    expect(await call.analyse()).toEqual(
      all.reduce<unknown>(applyMergePatch, { extraction, qms_scores: {} }),
    );
  });

  test("loses nothing of what others write meanwhile", async () => {
    const history = [...first, ...many(495)];
    const call = await callWith(history);
    const others = Array.from({ length: 20 }, (_, index) => ({ extraction: { [`other_${index}`]: index } }));
    await Promise.all(others.map((each) => call.write(each)));
    expect((await call.history()).length).toBeLessThan(40);
    const all = [...history, ...others];
    expect(await call.analyse()).toEqual(
      all.reduce<unknown>(applyMergePatch, { extraction, qms_scores: {} }),
    );
  });

  test("does not grow by patches that say nothing", async () => {
    const call = await callWith(first);
    expect(await call.write({})).toMatchObject({ extraction: { e: { ü: 1 } } });
    expect(await call.history()).toEqual(first);
  });

  test("whatever it was, and however often it was shortened", () => {
    fc.assert(
      fc.property(json, fc.array(patch), fc.array(patch), (base, before, after) => {
        const expected = [...before, ...after].reduce<unknown>(applyMergePatch, base);
        const once = composePatches([...composePatches(before), ...after]);
        expect(once.length).toBeLessThanOrEqual(2);
        expect(plain(once.reduce<unknown>(applyMergePatch, base))).toEqual(plain(expected));
      }),
    );
  });

  test.for([600, 2_000])("stays short where each of %i patches has a key of its own", async (count) => {
    const history = [...first, ...Array.from({ length: count }, (_, index) => ownKey(index))];
    const call = await callWith(history);
    const more = Array.from({ length: 3 }, (_, index) => ownKey(count + index));
    for (const [place, each] of more.entries()) {
      await call.write(each);
      expect((await call.history()).length).toBe(2 + place);
    }
    const all = [...history, ...more];
    expect(await call.analyse()).toEqual(
      all.reduce<unknown>(applyMergePatch, { extraction, qms_scores: {} }),
    );
  });

  test("is said once: nothing is cleared that the rest replaces or deletes anyway", () => {
    expect(composePatches([{ a: 1, b: 1 }, { a: 2, b: null }, { c: { d: null } }])).toEqual([
      { a: 2, b: null, c: { d: null } },
    ]);
    expect(
      composePatches([
        { a: 1, b: { c: [1] } },
        { a: { d: 1, e: null }, b: { c: {} } },
      ]),
    ).toEqual([
      { a: null, b: { c: null } },
      { a: { d: 1 }, b: { c: {} } },
    ]);
  });

  test("takes no longer than what it says", () => {
    const history = Array.from({ length: 20_000 }, (_, index) => ownKey(index));
    const all = Object.fromEntries(history.flatMap((each) => Object.entries(each.extraction)));
    expect(composePatches(history)).toEqual([{ extraction: all }]);
  });
});
