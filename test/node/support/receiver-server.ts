// Receivers of webhooks over real HTTP: each test opens one of its own, which answers as it is told, in order, the last
// answer again and again, and remembers what it got.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReceivedRequest, ReceiverAnswer } from "../../support/receiver-answers.ts";
import { serve, type TestServer } from "./serve.ts";

type Receiver = { answers: ReceiverAnswer[]; requests: ReceivedRequest[]; waiting: (() => void)[] };

const PIECE = "a".repeat(16_384);

export async function startReceiverServer(): Promise<TestServer> {
  const receivers = new Map<string, Receiver>();
  return serve((request, response) => handle(receivers, request, response));
}

/** `/control/…` is the test's, `/receivers/…` is what the product sees. */
async function handle(
  receivers: Map<string, Receiver>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, door, id = "", path = ""] = /^\/(control|receivers)\/(\w+)(.*)$/.exec(request.url ?? "") ?? [];
  const body = await readText(request);
  const receiver = receivers.get(id) ?? { answers: [], requests: [], waiting: [] };
  if (door === "receivers" && receivers.has(id)) return receive(receiver, path, body, request, response);
  if (door !== "control") {
    response.writeHead(404).end();
    return;
  }
  receivers.set(id, receiver);
  if (request.method === "PUT") receiver.answers = JSON.parse(body);
  if (request.method === "POST") for (const release of receiver.waiting.splice(0)) release();
  const { requests, waiting } = receiver;
  response.end(JSON.stringify({ requests, waiting: waiting.length }));
}

async function receive(
  receiver: Receiver,
  path: string,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { answers, requests } = receiver;
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
  const received: ReceivedRequest = {
    method: request.method ?? "",
    path,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
    answeredBytes: 0,
    isAborted: false,
  };
  requests.push(received);
  response.on("close", () => {
    received.isAborted = !response.writableFinished;
  });
  if (answer.does === "hangs") return;
  if (answer.does === "drops") {
    request.socket.destroy();
    return;
  }
  if (answer.does === "waits") await released(receiver, response);
  if (!response.destroyed) await reply(answer, received, response);
}

async function reply(
  answer: ReceiverAnswer,
  received: ReceivedRequest,
  response: ServerResponse,
): Promise<void> {
  const { status = 200, headers = {}, body = "", does, bytes = 0 } = answer;
  response.writeHead(status, headers);
  response.write(body);
  response.flushHeaders();
  received.answeredBytes += body.length;
  const closed = once(response, "close");
  const most = does === "streams" ? Number.POSITIVE_INFINITY : bytes;
  while (received.answeredBytes < most && !response.destroyed) {
    received.answeredBytes += PIECE.length;
    // The other side's reading sets the pace.
    if (!response.write(PIECE)) await Promise.race([once(response, "drain"), closed]);
  }
  if (does !== "stalls") response.end();
}

/** Until the test says so, or whoever waits goes away. */
function released(receiver: Receiver, response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  receiver.waiting.push(resolve);
  response.on("close", () => {
    receiver.waiting = receiver.waiting.filter((waiter) => waiter !== resolve);
    resolve();
  });
  return promise;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
