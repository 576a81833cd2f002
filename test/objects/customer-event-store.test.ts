// A call numbers its customer's events from 1 by itself, and keeps each once.

import { expect, test } from "vitest";
import { CallStore } from "../../src/objects/call-session/store.ts";
import { inEmptyStorage } from "../support/empty-storage.ts";

test("a call numbers its customer's events, and keeps each once", async () => {
  await inEmptyStorage((storage) => {
    const { customerEvents } = new CallStore(storage);
    const [started, ended] = [
      { key: "call.started", name: "call.started", transfer: null },
      { key: "call.ended", name: "call.ended", transfer: null },
    ] as const;
    expect(customerEvents.add([started], 1)).toBe(true);
    expect(customerEvents.add([started, ended], 2)).toBe(true);
    expect(customerEvents.add([ended], 3)).toBe(false);
    expect(customerEvents.untold().map(({ seq, name, atMs }) => [seq, name, atMs])).toEqual([
      [1, "call.started", 1],
      [2, "call.ended", 2],
    ]);
  });
});
