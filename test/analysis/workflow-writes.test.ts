// Analysis and workflows write into the same key details: what a workflow wrote is never lost nor overwritten, and
// what is shown is the analysis with all that workflows wrote on top of it, in its order.

import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { writeAnalysis } from "../../src/db/analyses.ts";
import { openDb } from "../../src/db/client.ts";
import { patchKeyDetails } from "../../src/db/key-details.ts";
import { applyMergePatch } from "../../src/domain/merge-patch.ts";
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
        const written: unknown[] = JSON.parse(row?.workflowPatches ?? "[]");
        const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(plain(each))).toSorted();
        expect(written.slice(0, before.length)).toEqual(plain(before));
        expect(written.slice(before.length + during.length)).toEqual(plain(after));
        expect(sorted(written)).toEqual(sorted([...before, ...during, ...after]));
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
