// How long the sandbox waits for the application, with a limit that is soon over.

import { afterEach, expect, test, vi } from "vitest";
import { fetchDocument, openSocket, send, type Sender } from "../../src/sandbox/outbound.ts";

const APP = "http://127.0.0.1:9";
const SENDER: Sender = { reach: { ownOrigin: "https://own.example", isLocal: true }, authToken: "token" };
/** Only for answers that do not come. That no timer outlives an answer, withDeadline's own tests show. */
const HASTY = { ...SENDER, timeoutMs: 1 };
const ASKED = { url: `${APP}/answer`, method: "POST" as const, params: {} };

const never = (): Promise<never> => new Promise(() => undefined);
const xml = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/xml" } });

/** Answers so on the network, and counts how often it is asked. */
function answersWith(answer: () => Promise<Response>) {
  const answering = vi.fn(answer);
  const onNetwork = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) =>
    new Request(input, init).url.startsWith(APP) ? answering() : onNetwork(input, init),
  );
  return answering;
}

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  ["an answer that does not come is a read that took too long", never, "rt"],
  ["nor does its body", () => Promise.resolve(xml(new ReadableStream())), "rt"],
])("%s", async (_, answer, failure) => {
  answersWith(answer);
  const sent = await send(HASTY, ASKED, "once", (response) => response.text());
  expect(sent).toEqual({ kind: "failed", failure });
});

test.each([
  ["no connection", () => Promise.reject(new TypeError("refused")), "ct"],
  ["a refusal", async () => new Response("no", { status: 404 }), "4xx"],
  ["a failure", async () => new Response("no", { status: 503 }), "5xx"],
])("%s is told from the rest", async (_, answer, failure) => {
  answersWith(answer);
  const sent = await send(SENDER, ASKED, "once", (response) => response.text());
  expect(sent).toEqual({ kind: "failed", failure });
});

test("an answer in time is the document", async () => {
  answersWith(async () => xml("<Response/>"));
  expect(await fetchDocument(SENDER, ASKED)).toEqual({ kind: "document", body: "<Response/>" });
});

test("a document whose answer does not come is asked for again only if its address says so", async () => {
  const asked = answersWith(never);
  expect(await fetchDocument(HASTY, ASKED)).toEqual({ kind: "failed", errorCode: 11200 });
  expect(asked).toHaveBeenCalledTimes(1);
  const patient = await fetchDocument(HASTY, { ...ASKED, url: `${ASKED.url}#rc=1&rp=rt` });
  expect(patient).toEqual({ kind: "failed", errorCode: 11200 });
  expect(asked).toHaveBeenCalledTimes(3);
});

test("a handshake that is not answered opens no socket", async () => {
  answersWith(never);
  expect(await openSocket(HASTY, "ws://127.0.0.1:9/relay")).toBeUndefined();
});

test("one that is opens it", async () => {
  const { 0: client, 1: server } = new WebSocketPair();
  answersWith(async () => new Response(null, { status: 101, webSocket: client }));
  const socket = await openSocket(SENDER, "ws://127.0.0.1:9/relay");
  server.accept();
  const heard = new Promise((resolve) => {
    server.addEventListener("message", (event) => resolve(event.data));
  });
  socket?.accept();
  socket?.send("still here");
  expect(await heard).toBe("still here");
});
