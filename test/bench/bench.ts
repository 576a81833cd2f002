// npm run bench: how near each path of the product is to what the platform itself allows.
//
// Our production bundle and the limit Worker (limit/worker.js) stand on one runtime, without a development proxy, and
// share its database. Within a round each path is asked of the one and then of the other for the same time, by eight
// connections that stay open; the next round begins with the other. What counts is the median of the rounds' ratios, with
// the least and the greatest. Storage is in memory where it can be (runtime.ts).
//
// While requests are measured, the queue keeps who is to be dialled, of both Workers: else the calls' own processing
// would drown that of the requests. Whole calls are measured by themselves, on a runtime of their own (pipeline.ts).
//
// `CPU` is the runtime's processor time for one request (Linux tells it): the same comparison, hardly touched by what else
// the machine does.

import { parseArgs } from "node:util";
import { holdCalls } from "./held.ts";
import { PATHS } from "./paths.ts";
import { measurePipeline } from "./pipeline.ts";
import { report } from "./report.ts";
import { measureRequests } from "./requests.ts";

const PIPELINE = "pipeline";

const { values } = parseArgs({
  options: {
    /** Many and short: what else the machine does then falls on both. Of the pipeline, a third. */
    rounds: { type: "string", default: "8" },
    /** For which each Worker is asked in a round. */
    seconds: { type: "string", default: "0.2" },
    /** Calls of a round of the pipeline. */
    calls: { type: "string", default: "24" },
    /** Paths, with commas between them. */
    only: { type: "string" },
    /** Instead: whole calls for so many seconds, at `rate` a second. */
    held: { type: "string" },
    rate: { type: "string", default: "8" },
  },
});

if (values.held === undefined) {
  const names = values.only?.split(",") ?? [...Object.keys(PATHS), PIPELINE];
  const paths = names.filter((name) => name !== PIPELINE);
  const unknown = paths.filter((name) => !Object.hasOwn(PATHS, name));
  if (unknown.length > 0) {
    throw new Error(
      `No such path: ${unknown.join(", ")}. There are ${[...Object.keys(PATHS), PIPELINE].join(", ")}.`,
    );
  }
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const requests = paths.length === 0 ? null : await measureRequests(paths, { rounds, seconds });
  const withPipeline = names.includes(PIPELINE);
  const pipeline = withPipeline ? await measurePipeline(Math.ceil(rounds / 3), Number(values.calls)) : null;
  console.log(JSON.stringify(report(requests, pipeline)));
} else {
  console.log(JSON.stringify(await holdCalls(Number(values.held), Number(values.rate))));
}
