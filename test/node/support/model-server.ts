// A model of the tests' own: OpenAI's chat completions over real HTTP and SSE. Each test registers a talk, and so has a
// model of its own that answers as it is told, or as `model-persona.ts` does.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { ModelRequest, Replies, Reply } from "../../support/model-replies.ts";
import { personaReply } from "./model-persona.ts";
import { serve, type TestServer } from "./serve.ts";

type Talk = { replies: Replies; requests: ModelRequest[] };

export async function startModelServer(): Promise<TestServer> {
  const talks = new Map<string, Talk>();
  return serve((request, response) => answer(talks, request, response));
}

async function answer(
  talks: Map<string, Talk>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = "" } = request;
  const [, id = "", path = ""] = /^\/talks(?:\/(\w+)(\/.*)?)?$/.exec(url) ?? [];
  const body = await readJson(request);
  if (method === "POST" && url === "/talks") return register(talks, request, response, body);
  const talk = talks.get(id);
  if (talk === undefined) return sendJson(response, 404, { error: { message: "No such talk" } });
  if (method === "GET" && path === "") return sendJson(response, 200, { requests: talk.requests });
  if (method !== "POST" || path !== "/v1/chat/completions") {
    return sendJson(response, 404, { error: { message: "No such path" } });
  }
  await complete(talk, body, request, response);
}

function register(
  talks: Map<string, Talk>,
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
): void {
  const replies = repliesOf(body);
  if (replies === null) return sendJson(response, 422, { error: { message: "No replies" } });
  const id = `t${talks.size}`;
  talks.set(id, { replies, requests: [] });
  sendJson(response, 201, { id, base_url: `http://${request.headers.host}/talks/${id}/v1` });
}

async function complete(
  talk: Talk,
  body: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { replies, requests } = talk;
  const reply =
    replies === "persona"
      ? personaReply(body)
      : (replies[Math.min(requests.length, replies.length - 1)] ?? {});
  const asked: ModelRequest = {
    body,
    authorization: request.headers.authorization ?? null,
    aborted: false,
    startedAtMs: Date.now(),
    firstChunkAtMs: null,
  };
  requests.push(asked);
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished && !gone.signal.aborted) asked.aborted = true;
    gone.abort();
  });
  try {
    await pause(reply.firstAfterMs ?? 0, null, { signal: gone.signal });
    if (reply.status !== undefined || reply.body !== undefined) return sendRaw(response, reply);
    if (!isStreamed(body)) return sendJson(response, 200, wholeCompletion(reply));
    await stream(reply, asked, response, gone);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function stream(
  reply: Reply,
  asked: ModelRequest,
  response: ServerResponse,
  gone: AbortController,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", ...reply.headers });
  response.flushHeaders();
  for (const [index, chunk] of chunksOf(reply).entries()) {
    if (index > 0 && reply.everyMs !== undefined) await pause(reply.everyMs, null, { signal: gone.signal });
    if (index === reply.breaksAfter) {
      // The server's own doing: nobody gave up.
      gone.abort();
      response.destroy();
      return;
    }
    if (index === reply.stallsAfter) await once(gone.signal, "abort");
    if (gone.signal.aborted) return;
    asked.firstChunkAtMs ??= Date.now();
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

/** Words one by one, then each tool call in two pieces as models send them, then the end. */
function chunksOf({ words = [], tools = [] }: Reply): object[] {
  const calls = tools.flatMap((tool, index) => [
    {
      tool_calls: [
        { index, id: `call_${index}`, type: "function", function: { name: tool.name, arguments: "" } },
      ],
    },
    { tool_calls: [{ index, function: { arguments: argumentsOf(tool) } }] },
  ]);
  const deltas = [...words.map((content) => ({ content })), ...calls];
  const end = { delta: {}, finish_reason: tools.length > 0 ? "tool_calls" : "stop" };
  return [...deltas.map((delta) => ({ delta, finish_reason: null })), end].map((choice) => ({
    id: "chatcmpl-test",
    object: "chat.completion.chunk",
    created: 1_780_000_000,
    model: "test-model",
    choices: [{ index: 0, ...choice }],
  }));
}

function wholeCompletion({ words = [], tools = [], json }: Reply): object {
  const content =
    json === undefined ? words.join("") : typeof json === "string" ? json : JSON.stringify(json);
  const calls = tools.map((tool, index) => ({
    id: `call_${index}`,
    type: "function",
    function: { name: tool.name, arguments: argumentsOf(tool) },
  }));
  const message = { role: "assistant", content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return {
    id: "chatcmpl-test",
    object: "chat.completion",
    created: 1_780_000_000,
    model: "test-model",
    choices: [{ index: 0, message, finish_reason: calls.length > 0 ? "tool_calls" : "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function argumentsOf(tool: { arguments: unknown }): string {
  return typeof tool.arguments === "string" ? tool.arguments : JSON.stringify(tool.arguments);
}

function sendRaw(response: ServerResponse, { status = 200, headers, contentType, body = "" }: Reply): void {
  response.writeHead(status, { "content-type": contentType ?? "application/json", ...headers }).end(body);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? null : JSON.parse(text);
}

function repliesOf(body: unknown): Replies | null {
  if (typeof body !== "object" || body === null || !("replies" in body)) return null;
  const { replies } = body;
  return replies === "persona" || Array.isArray(replies) ? (replies as Replies) : null;
}

function isStreamed(body: unknown): boolean {
  return typeof body === "object" && body !== null && "stream" in body && body.stream === true;
}
