// npm run bench:scale: what it costs to read, to watch and to talk once there is much of everything.
//
// npm run bench:scale -- --sizes 10000,100000,1000000   the read paths up to a million calls; it takes some minutes
// npm run bench:scale -- --only board                   one part alone: reads, board or call

import { parseArgs } from "node:util";
import { benchBoard } from "./scale/board.ts";
import { benchLongCall } from "./scale/long-call.ts";
import { benchReads } from "./scale/reads.ts";
import { Door } from "./scale/door.ts";

const PARTS = ["reads", "board", "call"] as const;
type Part = (typeof PARTS)[number];

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10000,100000" },
    rounds: { type: "string", default: "5" },
    live: { type: "string", default: "2000" },
    watchers: { type: "string", default: "50" },
    turns: { type: "string", default: "1100" },
    only: { type: "string" },
  },
});
const sizes = values.sizes.split(",").map(Number);
if (values.only !== undefined && !PARTS.some((part) => part === values.only)) {
  throw new Error(`--only takes one of ${PARTS.join(", ")}`);
}
const isWanted = (part: Part): boolean => values.only === undefined || values.only === part;

const door = await Door.open();
try {
  const reads = isWanted("reads") ? await benchReads(door, sizes, Number(values.rounds)) : null;
  const many = { calls: Number(values.live), watchers: Number(values.watchers) };
  const board = isWanted("board") ? await benchBoard(door, many) : null;
  const call = isWanted("call") ? await benchLongCall(door, Number(values.turns)) : null;
  console.log(JSON.stringify({ reads, board, call }));
} finally {
  await door.runtime.stop();
}
