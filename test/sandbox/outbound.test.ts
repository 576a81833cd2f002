// How long the sandbox waits for the application. The clock is the test's.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchDocument, openSocket, send, type Sender } from "../../src/sandbox/outbound.ts";

const LIMIT_MS = 15_000;
const APP = "http://127.0.0.1:9";
const SENDER: Sender = { reach: { ownOrigin: "https://own.example", isLocal: true }, authToken: "token" };
const ASKED = { url: `${APP}/answer`, method: "POST" as const, params: {} };

const never = (): Promise<never> => new Promise(() => undefined);
const xml = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/xml" } });
const answersWith = (answer: (request: Request) => Promise<Response>) =>
  vi.stubGlobal("fetch", vi.fn(answer));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What comes of it when nothing more happens until the limit. */
async function afterLimit<T>(asked: Promise<T>): Promise<T> {
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  vi.advanceTimersByTime(LIMIT_MS);
  return asked;
}

test.each([
  ["an answer that does not come is a read that took too long", never, "rt"],
  ["nor does its body", () => Promise.resolve(xml(new ReadableStream())), "rt"],
])("%s", async (_, answer, failure) => {
  answersWith(answer);
  const sent = send(SENDER, ASKED, "once", (response) => response.text());
  expect(await afterLimit(sent)).toEqual({ kind: "failed", failure });
});

test.each([
  ["no connection", () => Promise.reject(new TypeError("refused")), "ct"],
  ["a refusal", async () => new Response("no", { status: 404 }), "4xx"],
  ["a failure", async () => new Response("no", { status: 503 }), "5xx"],
])("%s is told from the rest at once, and leaves no timer behind", async (_, answer, failure) => {
  answersWith(answer);
  const sent = await send(SENDER, ASKED, "once", (response) => response.text());
  expect(sent).toEqual({ kind: "failed", failure });
  expect(vi.getTimerCount()).toBe(0);
});

test("nor does an answer", async () => {
  answersWith(async () => xml("<Response/>"));
  expect(await fetchDocument(SENDER, ASKED)).toEqual({ kind: "document", body: "<Response/>" });
  expect(vi.getTimerCount()).toBe(0);
});

test("a document whose answer does not come is asked for again only if its address says so", async () => {
  answersWith(never);
  expect(await afterLimit(fetchDocument(SENDER, ASKED))).toEqual({ kind: "failed", errorCode: 11200 });
  expect(fetch).toHaveBeenCalledTimes(1);
  const patient = fetchDocument(SENDER, { ...ASKED, url: `${ASKED.url}#rc=1&rp=rt` });
  await afterLimit(Promise.resolve());
  await vi.waitUntil(() => vi.mocked(fetch).mock.calls.length === 3);
  expect(await afterLimit(patient)).toEqual({ kind: "failed", errorCode: 11200 });
});

test("a handshake that is not answered opens no socket, and one that is outlives the limit", async () => {
  answersWith(never);
  expect(await afterLimit(openSocket(SENDER, "ws://127.0.0.1:9/relay"))).toBeUndefined();
  const { 0: client, 1: server } = new WebSocketPair();
  answersWith(async () => new Response(null, { status: 101, webSocket: client }));
  const socket = await openSocket(SENDER, "ws://127.0.0.1:9/relay");
  expect(vi.getTimerCount()).toBe(0);
  server.accept();
  const heard = new Promise((resolve) => {
    server.addEventListener("message", (event) => resolve(event.data));
  });
  socket?.accept();
  socket?.send("still here");
  expect(await heard).toBe("still here");
});
