// npm run bench:cost: what a call costs at the platform, from create to analysed, and what a request of the API does.
//
// Calls are placed on the production bundle, on the bare runtime, with the sandbox for a carrier; every binding counts what
// it is asked (test/counting). What the sandbox itself uses is left out: with a real carrier it is not there. Its requests
// to us are those of a carrier.
//
//   --speed N   how many times faster than life the sandbox's people talk. Above 1 some of the alarms that a call has in
//               life do not come; the figures in the README are made with 1, which takes some minutes.
//   --calls N   of each kind, at the same time. Above 2 there are not humans enough for the transfers.
//   --rows      also what wrote how many rows.

import { parseArgs } from "node:util";
import { openDemoQueues } from "../../src/cli/demo-queues.ts";
import { readBook, useOf } from "./cost/book.ts";
import { KINDS, makeCall, makeCalls, openWebhook, type Kind } from "./cost/calls.ts";
import { dollarsOf } from "./cost/prices.ts";
import { awake, showCalls, showRequests, showWrites, type Measured } from "./cost/report.ts";
import { countRequests } from "./cost/requests.ts";
import { bytesOfCall } from "./cost/stored.ts";
import { startRuntime, type BenchRuntime } from "./runtime.ts";

const { values } = parseArgs({
  options: {
    speed: { type: "string", default: "20" },
    calls: { type: "string", default: "2" },
    rows: { type: "boolean", default: false },
  },
});

const NOTHING = "export class Bare {} export default { fetch: () => new Response() };";

const runtime = await startRuntime({ SANDBOX_SPEED: values.speed }, NOTHING, {
  entry: "test/counting/worker.ts",
});
try {
  await openDemoQueues(runtime.url, runtime.instance.adminKey);
  const measured: Partial<Record<Kind, Measured>> = {};
  for (const kind of ["answered", "unanswered", "transferred", "webhook"] as const) {
    measured[kind] = await measure(runtime, kind);
  }
  const requests = await countRequests(runtime, await makeCall(runtime));
  if (values.rows) for (const each of Object.values(measured)) showWrites(each);
  showCalls(measured);
  showRequests(requests);
  const stored = bytesOfCall();
  console.log(`A call keeps ${stored.all} bytes in D1, ${stored.transcript} of them its transcript.`);
  console.log(JSON.stringify({ calls: summaryOf(measured), requests, d1_bytes: stored }));
} finally {
  await runtime.stop();
}

async function measure(on: BenchRuntime, kind: Kind): Promise<Measured> {
  const calls = Number(values.calls);
  const webhook = KINDS[kind].webhook ? await openWebhook(on) : null;
  await makeCall(on);
  await readBook(on.url);
  const seconds = await makeCalls(on, kind, calls);
  const book = await readBook(on.url);
  webhook?.close();
  return { ...book, calls, seconds };
}

function summaryOf(measured: Partial<Record<Kind, Measured>>) {
  return Object.fromEntries(
    Object.entries(measured).map(([kind, each]) => {
      const use = useOf(each.counts, each.calls);
      const dollars = [dollarsOf(use), dollarsOf(awake(each))].map((one) =>
        Number((100_000 * one).toFixed(2)),
      );
      return [kind, { use, dollars_per_100k: dollars }];
    }),
  );
}
