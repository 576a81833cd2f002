import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { BoardEntry } from "../../src/contract/live.ts";
import { newId } from "../../src/lib/ids.ts";

const boardOf = () => env.LIVE_BOARD.getByName(newId("organisation"));

function entryOf(callId: string, status: BoardEntry["status"]): BoardEntry {
  return {
    callId,
    callType: "outbound",
    campaignId: "flw",
    contactId: null,
    from: "+1",
    to: "+2",
    status,
    startedAt: 1,
    answeredAt: null,
  };
}

test("shows calls as they change, oldest first, and drops those that ended", async () => {
  const board = boardOf();
  await board.show("b", 1, entryOf("b", "dialing"));
  await board.show("a", 1, entryOf("a", "dialing"));
  await board.show("b", 2, entryOf("b", "ringing"));
  expect((await board.list()).map(({ callId, status }) => [callId, status])).toEqual([
    ["a", "dialing"],
    ["b", "ringing"],
  ]);
  await board.show("a", 2, null);
  expect((await board.list()).map(({ callId }) => callId)).toEqual(["b"]);
});

test("lets no straggler undo what is newer, nor bring an ended call back", async () => {
  const board = boardOf();
  await board.show("a", 3, entryOf("a", "in_progress"));
  await board.show("a", 2, entryOf("a", "ringing"));
  expect((await board.list())[0]?.status).toBe("in_progress");
  await board.show("a", 5, null);
  await board.show("a", 4, entryOf("a", "in_progress"));
  expect(await board.list()).toEqual([]);
});

test("is the same after an eviction", async () => {
  const board = boardOf();
  await board.show("a", 1, entryOf("a", "dialing"));
  await evictDurableObject(board);
  expect((await board.list()).map(({ callId }) => callId)).toEqual(["a"]);
});

test("knows after an eviction which calls have ended, whatever a straggler says", async () => {
  const board = boardOf();
  await board.show("a", 1, entryOf("a", "dialing"));
  await board.show("a", 3, null);
  await evictDurableObject(board);
  await board.show("a", 2, entryOf("a", "in_progress"));
  expect(await board.list()).toEqual([]);
});
