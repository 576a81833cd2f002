// What a test puts in the place of the world around a call's object, until the mocks are restored: the network (all
// of it but a model is the carrier), chance, the agent's mind, and a D1 and a queue that can be away.

import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { scriptedBrain } from "../../src/agent/scripted.ts";
import { callEventMessageSchema } from "../../src/contract/messages.ts";
import { agentOf, haltingIn } from "./agent-lines.ts";
import type { BrainOutput } from "../../src/agent/brain.ts";
import type { Generation, LiveCall, LiveCallOptions } from "./live-call.ts";
import { fetchForReal, isModel } from "./model-talks.ts";

const SENT = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };

export function standIn(call: LiveCall, options: LiveCallOptions): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (isModel(input)) return fetchForReal(input, init);
    // Another test's call may live on, and has no carrier any more.
    const url = input instanceof Request ? input.url : String(input);
    if (!url.includes(call.org.accountSid)) return new Response(null, { status: 503 });
    return call.carrier.fetch(input, init);
  });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  standInForAgent(call, options);
  const prepare = env.DB.prepare.bind(env.DB);
  vi.spyOn(env.DB, "prepare").mockImplementation((query) => {
    if (call.d1IsAway) throw new Error("D1 is away");
    return prepare(query);
  });
  const withSession = env.DB.withSession.bind(env.DB);
  vi.spyOn(env.DB, "withSession").mockImplementation((from) => {
    const session = withSession(from);
    const prepareInSession = session.prepare.bind(session);
    // Is away as well, and seen by who looks at what is asked.
    session.prepare = (query) => (env.DB.prepare(query), prepareInSession(query));
    return session;
  });
  vi.spyOn(env.CALL_EVENTS, "send").mockImplementation(async (message) => {
    const event = callEventMessageSchema.parse(message);
    if (event.call_id !== call.plan.callId) return SENT;
    if (event.type === "recording_ready") call.recordings.add(event.recording_id);
    if (event.type === "call_ended") await standInForAnalysis(call, prepare);
    return SENT;
  });
}

function standInForAgent(
  { plan, holds, moments, turns, generations }: LiveCall,
  { agent, haltsIn }: LiveCallOptions,
): void {
  const script = scriptedBrain.takeTurn;
  const speaks = agent === undefined ? script : agentOf(agent, holds);
  const takeTurn = haltsIn === undefined ? speaks : haltingIn(haltsIn, speaks, holds);
  vi.spyOn(scriptedBrain, "takeTurn").mockImplementation((turn, signal) => {
    if (turn.plan.callId !== plan.callId) return script(turn, signal);
    moments.push(turn.moment);
    turns.push(turn);
    const generation: Generation = { signal, isOver: false };
    generations.push(generation);
    return whileAlive(takeTurn(turn, signal), generation);
  });
}

async function* whileAlive(
  outputs: AsyncIterable<BrainOutput>,
  generation: Generation,
): AsyncGenerator<BrainOutput> {
  try {
    yield* outputs;
  } finally {
    generation.isOver = true;
  }
}

/** Sees what an analysis would find in D1, and says that it is done. */
async function standInForAnalysis(call: LiveCall, prepare: D1Database["prepare"]): Promise<void> {
  const { callId } = call.plan;
  const row = await prepare(
    "SELECT c.status, t.turns FROM calls c LEFT JOIN transcripts t ON t.call_id = c.id WHERE c.id = ?",
  )
    .bind(callId)
    .first<{ status: string; turns: string | null }>();
  call.foundByAnalyses.push({ status: row?.status ?? null, hasTranscript: typeof row?.turns === "string" });
  await call.session.callAnalysed();
}
