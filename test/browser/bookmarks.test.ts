import { afterEach, expect, test, vi } from "vitest";
import { ask } from "../../src/desk/api.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a page sends the newest bookmark back that it was given, in whatever order answers come", async () => {
  const given = ["00000002-a", null, "00000003-0", "00000001-f", null];
  const sent: (string | null)[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    sent.push(new Headers(init.headers).get("trunkline-bookmark"));
    const bookmark = given[sent.length - 1] ?? null;
    return Response.json({}, { headers: bookmark === null ? {} : { "trunkline-bookmark": bookmark } });
  });
  for (const method of ["GET", "GET", "PATCH", "GET", "GET"] as const) await ask(method, "/v1/contacts/x");
  expect(sent).toEqual([null, "00000002-a", "00000002-a", "00000003-0", "00000003-0"]);
});
