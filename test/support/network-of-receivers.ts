// What a test puts in the place of all receivers at `*.example`, until the mocks are restored. Of any other address the
// real network is asked.

import { vi } from "vitest";

export type Received = { url: string; headers: Headers; body: string };

/** @returns what they got. By default they take everything. */
export function standInForReceivers(
  answer: (received: Received) => Response | Promise<Response> = () => new Response("ok"),
): Received[] {
  const fetchForReal = globalThis.fetch;
  const received: Received[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (!new URL(request.url).hostname.endsWith(".example")) return fetchForReal(input, init);
    const got = { url: request.url, headers: request.headers, body: await request.text() };
    received.push(got);
    return answer(got);
  });
  return received;
}
