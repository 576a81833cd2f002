import { afterEach, describe, expect, test, vi } from "vitest";
import { describeError, logError, logInfo } from "../../src/lib/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the log", () => {
  test("is one JSON object a line, whatever is in it", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    logInfo("call_status", { call_id: "cal_1", note: 'a\n"b"', gone: undefined, n: 1 });
    const [line] = log.mock.calls[0] ?? [];
    expect(log).toHaveBeenCalledOnce();
    expect(line).not.toContain("\n");
    expect(JSON.parse(String(line))).toEqual({
      level: "info",
      event: "call_status",
      call_id: "cal_1",
      note: 'a\n"b"',
      n: 1,
    });
  });

  test("has errors on the error stream", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    logError("alarm_failed", new TypeError("No route"), { call_id: "cal_1" });
    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toEqual({
      level: "error",
      event: "alarm_failed",
      call_id: "cal_1",
      error: "TypeError: No route",
    });
  });
});

test.each([
  ["an error", new RangeError("Too far"), "RangeError: Too far"],
  ["a platform's error", new DOMException("Timed out", "TimeoutError"), "TimeoutError: Timed out"],
  ["a text", "plain", "plain"],
  ["nothing", undefined, "undefined"],
  ["a key", new Error("at /x?token=tl_k_abc123, twice"), "Error: at /x?token=tl_k_…, twice"],
  ["a token", new Error("at /x?token=tl_t_ab-c_1.d-e_2&a=1"), "Error: at /x?token=tl_t_…&a=1"],
])("describeError of %s", (_, error, text) => expect(describeError(error)).toBe(text));
