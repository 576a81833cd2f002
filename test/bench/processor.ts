// Processor time that the runtime took, all its threads together: what a request costs, however busy the machine is
// with other things. Linux alone tells it; elsewhere it is NaN.

import { readFileSync, readdirSync } from "node:fs";

/** /proc counts in hundredths of a second. */
const TICK_SECONDS = 0.01;

export type Processor = { seconds(): number };

/** Of the runtime that this process has started last. */
export function runtimeProcessor(): Processor {
  const pid = childrenOf(process.pid).findLast((child) => statOf(child)?.name === "workerd");
  return { seconds: () => (pid === undefined ? Number.NaN : (statOf(pid)?.seconds ?? Number.NaN)) };
}

function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
    return lists.flatMap((list) => list.trim().split(" ").filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

function statOf(pid: number): { name: string; seconds: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    // The eleventh and twelfth field behind the name: in user mode, and in the kernel's.
    const fields = text.slice(end + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { name: text.slice(text.indexOf("(") + 1, end), seconds: ticks * TICK_SECONDS };
  } catch {
    return null;
  }
}
