// npm run bench:turn: what our code adds to a turn of the conversation, from the customer's words to the agent's first.
//
// On the same runtime and in the same run stand a bare socket that echoes, and one that does the least with a model:
// it asks with a plain fetch and sends its first bytes on. What the second takes longer than the first is the model's
// own time, as the platform delivers it; it is taken off our turn, and the rest is compared with the echo.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { beginTalk, openSocket } from "./relay-call.ts";
import { startRuntime, type BenchRuntime } from "./runtime.ts";
import { summaryOf, type Summary } from "./statistics.ts";

const ROWS = ["echo", "stored", "asked", "turn", "script"] as const;
type Row = (typeof ROWS)[number];

const TITLES: Record<Row, string> = {
  echo: "bare socket, echo",
  stored: "bare object that stores, then echoes",
  asked: "bare socket that asks the model",
  turn: "turn with the model",
  script: "turn by the script, which asks nobody",
};

const ROUNDS = 6;
const TURNS = 40;
const MODEL_THINKS_MS = 20;
/** Between turns the runtime is left alone, as it is while people speak. */
const BREATH_MS = 5;

/** Of our own doing there may be so much, in echoes. */
const REACH = 3;

/**
 * The least that a Worker can do with a socket: echo; ask a model and send its first words on; or, in an object of its
 * own, store what it hears before it echoes, as a call must.
 */
const BARE = `import { DurableObject } from "cloudflare:workers";
export class Bare extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS heard (text TEXT)");
  }
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage(socket, text) {
    this.ctx.storage.sql.exec("INSERT INTO heard VALUES (?)", text);
    socket.send(text);
  }
}
export default { fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/stored") return env.BARE.getByName("one").fetch(request);
  const model = searchParams.get("model");
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", async ({ data }) => {
    if (model === null) return server.send(data);
    const response = await fetch(model + "/chat/completions", { method: "POST", body: data });
    const reader = response.body.getReader();
    await reader.read();
    server.send(data);
    while (!(await reader.read()).done);
  });
  return new Response(null, { status: 101, webSocket: client });
} };`;

const model = await startModel();
const withModel = await startRuntime({ MODEL_BASE_URL: model.url, MODEL_NAME: "bench" }, BARE);
const byScript = await startRuntime({}, BARE);
try {
  const measured: Record<Row, number[]> = { echo: [], stored: [], asked: [], turn: [], script: [] };
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const times = {
      echo: await measureBare(withModel, ""),
      stored: await measureBare(withModel, "stored"),
      asked: await measureBare(withModel, `?model=${encodeURIComponent(model.url)}`),
      turn: await measureTurns(withModel),
      script: await measureTurns(byScript),
    };
    if (round === 0) continue;
    for (const name of ROWS) measured[name].push(...times[name]);
  }
  report(measured);
} finally {
  await Promise.all([withModel.stop(), byScript.stop(), model.close()]);
}

async function measureBare({ limitUrl }: BenchRuntime, query: string): Promise<number[]> {
  const socket = await openSocket(`${limitUrl.replace("http", "ws")}/${query}`);
  const frame = JSON.stringify({ type: "prompt", voicePrompt: "How soon could you deliver?", last: true });
  const times: number[] = [];
  for (let count = 0; count < TURNS; count += 1) {
    await pause(BREATH_MS);
    const beganMs = performance.now();
    const answered = once(socket, "message");
    socket.send(frame);
    await answered;
    times.push(performance.now() - beganMs);
  }
  socket.close();
  return times;
}

/** One call, turn after turn. */
async function measureTurns(runtime: BenchRuntime): Promise<number[]> {
  const call = await beginTalk(runtime);
  const times: number[] = [];
  for (let count = 0; count < TURNS; count += 1) {
    await pause(BREATH_MS);
    const beganMs = performance.now();
    const answered = call.nextWords();
    call.send({ type: "prompt", voicePrompt: "How soon could you deliver?", lang: "en-US", last: true });
    const words = await answered;
    times.push(performance.now() - beganMs);
    await call.endOfTurn();
    call.send({ type: "info", name: "tokensPlayed", value: words });
  }
  call.close();
  return times;
}

/** Answers each question after the same while, in a few pieces. */
async function startModel() {
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({
      id: "chatcmpl-bench",
      object: "chat.completion.chunk",
      created: 1,
      model: "bench",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      setTimeout(() => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(chunk({ content: "We deliver" }, null));
        response.write(chunk({ content: " within two weeks." }, null));
        response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
      }, MODEL_THINKS_MS);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The model does not listen");
  return { url: `http://127.0.0.1:${address.port}/v1`, close: () => server.close() };
}

function report(measured: Record<Row, number[]>): void {
  const times = Object.fromEntries(ROWS.map((name) => [name, summaryOf(measured[name])])) as Record<
    Row,
    Summary
  >;
  const line = (title: string, cells: string[]) =>
    console.log(title.padEnd(40) + cells.map((cell) => cell.padStart(8)).join(""));
  line(`${ROUNDS} rounds of ${TURNS} turns, milliseconds`, ["p50", "p90", "p99"]);
  for (const name of ROWS) {
    const { p50, p90, p99 } = times[name];
    line(
      TITLES[name],
      [p50, p90, p99].map((ms) => ms.toFixed(2)),
    );
  }
  const addedMs = { turn: times.turn.p50 - (times.asked.p50 - times.echo.p50), script: times.script.p50 };
  const ratios = { turn: addedMs.turn / times.echo.p50, script: addedMs.script / times.echo.p50 };
  const verdict = ratios.turn <= REACH ? "within" : "beyond";
  console.log(
    `Our code adds ${addedMs.turn.toFixed(2)} ms to the model's own time: ${ratios.turn.toFixed(2)} echoes, ${verdict} the ${REACH} aimed at.`,
  );
  console.log(JSON.stringify({ ratios, added_ms: addedMs, ms: times }));
}
