// The board of an organisation with few live calls and with many, and with few watchers and many: how long a change takes
// to reach all of them, what it writes, and what a new watcher and a client of the list are sent.

import { once } from "node:events";
import type { BoardEntry } from "../../../src/contract/live.ts";
import { openSocket } from "../relay-call.ts";
import { summaryOf, type Summary } from "../statistics.ts";
import { campaignId, callId } from "./fill.ts";
import type { Door } from "./door.ts";
import { table } from "./table.ts";

const CHANGES = 100;
const JOINS = 15;
const LISTS = 20;
const COUNTED = 20;
const FEW_CALLS = 20;
/** RPCs that are under way at once. */
const CHUNK = 200;
/** The status is what the change is told by: it is none that the calls have otherwise. */
const STATUSES = ["bridged", "in_progress"] as const;

type Stage = {
  calls: number;
  watchers: number;
  /** From before the call's object would tell the board until the last watcher has it. */
  change: Summary;
  join: Summary;
  snapshot_bytes: number;
  list: Summary;
  list_bytes: number;
  rows_read_each: number;
  rows_written_each: number;
};
export type BoardReport = { stages: Stage[]; board_bytes: number };

export async function benchBoard(
  door: Door,
  many: { calls: number; watchers: number },
): Promise<BoardReport> {
  const bench = new BoardBench(door);
  const stages: Stage[] = [];
  for (const calls of [FEW_CALLS, many.calls]) {
    await bench.fill(calls);
    for (const watchers of [1, many.watchers]) stages.push(await bench.measure(calls, watchers));
  }
  const ms = ({ p50, p90 }: Summary): string => `${p50.toFixed(2)} ${p90.toFixed(2)}`;
  table(
    [
      "the board, milliseconds (median p90)",
      ...stages.map((each) => `${each.calls} calls, ${each.watchers} watch`),
    ],
    [
      ["a change reaches the last watcher", ...stages.map(({ change }) => ms(change))],
      ["a new watcher has its snapshot", ...stages.map(({ join }) => ms(join))],
      ["… of so many bytes", ...stages.map((each) => String(each.snapshot_bytes))],
      ["the live list by HTTP", ...stages.map(({ list }) => ms(list))],
      ["… of so many bytes", ...stages.map((each) => String(each.list_bytes))],
      ["rows read by a change", ...stages.map((each) => each.rows_read_each.toFixed(1))],
      ["rows written by a change", ...stages.map((each) => each.rows_written_each.toFixed(1))],
    ],
  );
  const { bytes } = await door.countStorage("LIVE_BOARD", door.orgId, async () => {});
  return { stages, board_bytes: bytes };
}

class BoardBench {
  readonly #door: Door;
  #filled = 0;
  #seq = 1;

  constructor(door: Door) {
    this.#door = door;
  }

  async fill(calls: number): Promise<void> {
    for (let from = this.#filled; from < calls; from += CHUNK) {
      const length = Math.min(CHUNK, calls - from);
      await this.#show(Array.from({ length }, (_, index) => this.#entryOf(from + index, "in_progress")));
    }
    this.#filled = calls;
  }

  async measure(calls: number, watchers: number): Promise<Stage> {
    const sockets: WebSocket[] = [];
    const joins: number[] = [];
    let snapshotBytes = 0;
    for (let at = 0; at < Math.max(watchers, JOINS); at += 1) {
      const { socket, ms, bytes } = await this.#join();
      joins.push(ms);
      snapshotBytes = bytes;
      if (at < watchers) sockets.push(socket);
      else socket.close();
    }
    // The first change has the sockets' key read.
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await this.#change(sockets);
    const changes: number[] = [];
    for (let count = 0; count < CHANGES; count += 1) changes.push(await this.#change(sockets));
    const listed = await this.#list();
    const { read, written } = await this.#door.countStorage("LIVE_BOARD", this.#door.orgId, async () => {
      for (let count = 0; count < COUNTED; count += 1) await this.#change(sockets);
    });
    for (const socket of sockets) socket.close();
    return {
      calls,
      watchers,
      change: summaryOf(changes),
      join: summaryOf(joins),
      snapshot_bytes: snapshotBytes,
      ...listed,
      rows_read_each: read / COUNTED,
      rows_written_each: written / COUNTED,
    };
  }

  async #join() {
    const beganMs = performance.now();
    const { socketUrl, key } = this.#door;
    const socket = await openSocket(`${socketUrl}/ws/board`, { authorization: `Bearer ${key}` });
    const [message] = (await once(socket, "message")) as [MessageEvent<string>];
    const ms = performance.now() - beganMs;
    return { socket, ms, bytes: Buffer.byteLength(message.data) };
  }

  async #list() {
    const times: number[] = [];
    let bytes = 0;
    for (let count = 0; count < LISTS; count += 1) {
      const { ms, text } = await this.#door.get("/api/voice/calls/live?call_type=all");
      times.push(ms);
      bytes = Buffer.byteLength(text);
    }
    return { list: summaryOf(times), list_bytes: bytes };
  }

  async #change(sockets: readonly WebSocket[]): Promise<number> {
    const at = (this.#seq * 197) % this.#filled;
    const told = sockets.map((socket) => once(socket, "message"));
    const beganMs = performance.now();
    await Promise.all([this.#show([this.#entryOf(at, STATUSES[this.#seq % 2] ?? "bridged")]), ...told]);
    return performance.now() - beganMs;
  }

  async #show(entries: readonly BoardEntry[]): Promise<void> {
    this.#seq += 1;
    await this.#door.object(
      "LIVE_BOARD",
      this.#door.orgId,
      entries.map((entry) => ["show", entry.callId, this.#seq, entry]),
    );
  }

  #entryOf(number: number, status: BoardEntry["status"]): BoardEntry {
    const startedAt = Math.floor(Date.now() / 1000) - (number % 600);
    return {
      callId: callId(number),
      callType: number % 5 === 0 ? "inbound" : "outbound",
      campaignId: campaignId(number % 16),
      contactId: null,
      from: "+15550010000",
      to: `+1415${String(number).padStart(7, "0")}`,
      status,
      startedAt,
      answeredAt: startedAt + 9,
    };
  }
}
