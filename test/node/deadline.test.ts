// In Node, where no object shares the clock with the test.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withDeadline } from "../../src/lib/deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Work that ends only when it is told to. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

describe("withDeadline", () => {
  test("tells the work to end when its time is up, and not before", async () => {
    const signals: AbortSignal[] = [];
    const ended = withDeadline(1_000, (signal) => {
      signals.push(signal);
      return untilAborted(signal);
    }).catch(String);
    await vi.advanceTimersByTimeAsync(999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await ended).toBe("Error: No answer within 1000 ms");
  });

  test("does not wait for work that takes no heed", async () => {
    const ended = withDeadline(1_000, () => new Promise(() => {})).catch(String);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await ended).toBe("Error: No answer within 1000 ms");
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["done", (late: PromiseWithResolvers<string>) => late.resolve("done")],
    ["failed", (late: PromiseWithResolvers<string>) => late.reject(new Error("failed"))],
  ])("is not changed, nor disturbed, by such work when it is %s at last", async (_, settle) => {
    const late = Promise.withResolvers<string>();
    const ended = withDeadline(1_000, () => late.promise).catch(String);
    await vi.advanceTimersByTimeAsync(1_000);
    settle(late);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await ended).toBe("Error: No answer within 1000 ms");
  });

  test.each([
    ["done", async () => "done"],
    ["failed", () => Promise.reject(new Error("failed"))],
    [
      "failed at once",
      () => {
        throw new Error("failed");
      },
    ],
  ])("leaves no timer behind once the work has %s, and never aborts what it handed out", async (_, work) => {
    const signals: AbortSignal[] = [];
    const ended = withDeadline(1_000, (signal) => {
      signals.push(signal);
      return work();
    }).catch(() => "failed");
    expect(["done", "failed"]).toContain(await ended);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
