// The object of a call, with the least that it must do: keep what happens before it acts, show its status in the
// database and on the board, talk on the carrier's socket, and hand its record over when it is over.

import { DurableObject } from "cloudflare:workers";
import { batch, one } from "./database.js";
import { createAtCarrier, documentOf } from "./telephony.js";

/** One entry a turn, as the scripted agent of ours talks. */
const STAGES = [
  "Hi, this is Aria calling from Luminary Home. This call is recorded. Is this a good time to talk?",
  "Great, thank you. What are you looking for at the moment?",
  "That makes sense. What matters most to you: comfort, price or delivery?",
  "Good to know. Do you have a budget in mind?",
  "Understood. How soon would you need it?",
  "We can do that. Which day suits you best?",
  "Perfect. Shall I send you the details by text message?",
  "Wonderful. Is there anything else I can help you with?",
  "Thank you for your time. Have a lovely day. Goodbye!",
];

const LONGEST_MS = 3_600_000;

export class Call extends DurableObject {
  #call = null;
  #lines = [];

  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, plan TEXT, state TEXT);
      CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, at_ms INTEGER, body TEXT);
      CREATE TABLE IF NOT EXISTS lines (idx INTEGER PRIMARY KEY, speaker TEXT, text TEXT, at_ms INTEGER);`);
    const [row] = sql.exec("SELECT plan, state FROM call");
    if (row === undefined) return;
    this.#call = { plan: JSON.parse(row.plan), state: JSON.parse(row.state) };
    this.#lines = [...sql.exec("SELECT speaker, text, at_ms FROM lines ORDER BY idx")];
  }

  begin(plan, state) {
    this.#call = { plan, state };
    const [planText, stateText] = [JSON.stringify(plan), JSON.stringify(state)];
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO call VALUES (1, ?, ?)", planText, stateText);
  }

  /** Takes an outbound call on: it is dialled by the alarm, when the account's pace allows. */
  async start(plan, state) {
    if (this.#call !== null) return;
    this.begin(plan, { ...state, seq: 1 });
    const [startAtMs] = await Promise.all([
      this.env.GATE.getByName(plan.carrierId).reserve(plan.callId, plan.callsPerSecond),
      this.#showOnBoard(),
    ]);
    await this.ctx.storage.setAlarm(startAtMs);
  }

  async alarm() {
    if (this.#call?.state.submission !== "waiting") return;
    const { orgId, to } = this.#call.plan;
    if ((await one(this.env, "isOptedOut", { orgId, to }).first()) !== null) return;
    this.#step({ type: "requested" }, { submission: "requested" });
    const carrierCallId = await createAtCarrier(this.env, this.#call.plan);
    if (carrierCallId === null) return this.#end("failed", "unreachable_number");
    // By then it ends, whatever happens.
    await this.ctx.storage.setAlarm(Date.now() + LONGEST_MS);
    if (this.#call.state.carrierCallId === null)
      this.#step({ type: "accepted" }, { submission: "placed", carrierCallId });
  }

  /** What the carrier says: its event and the new state, both or none. False if the call is not of this account. */
  report(carrierId, report) {
    if (this.#call?.plan.carrierId !== carrierId) return false;
    const { phase, carrierCallId } = report;
    const isNews = phase === "ringing" && this.#call.state.status === "dialing";
    const status = isNews ? "ringing" : this.#call.state.status;
    this.#step({ type: "carrier_report", report }, { carrierCallId, status });
    if (isNews) this.#show();
    if (phase === "completed")
      this.ctx.waitUntil(this.#end("connected", "agent_hangup", report.durationSeconds));
    return true;
  }

  /** Somebody is on the line, and the carrier asks what to do. */
  answer(carrierId) {
    const { plan } = this.#call ?? {};
    if (plan?.carrierId !== carrierId) return null;
    this.#step({ type: "answer_requested" }, { status: "in_progress", answeredAtMs: Date.now() });
    this.#show();
    return documentOf(this.env, plan);
  }

  relayEnded() {
    this.#step({ type: "relay_ended" }, { relay: "lost" });
  }

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, text) {
    const frame = JSON.parse(text);
    if (frame.type === "setup") this.#step({ type: "relay_opened" }, { relay: "open" });
    else if (frame.type !== "prompt" || !frame.last) return;
    else {
      this.#addLine("customer", frame.voicePrompt);
      this.#step({ type: "customer_spoke" }, { turn: this.#lines.length });
    }
    const words = STAGES[Math.floor(this.#lines.length / 2)];
    this.#addLine("agent", words);
    socket.send(JSON.stringify({ type: "text", token: words, last: true }));
    if (words !== STAGES.at(-1)) return;
    this.#step({ type: "agent_finished" }, { closing: "agent_hangup" });
    socket.send(JSON.stringify({ type: "end" }));
  }

  webSocketClose() {}

  /** What was made of the call is in its row. */
  analysed() {
    this.#step({ type: "analysed" }, {});
  }

  async #end(outcome, endedReason, durationSeconds = 0) {
    const { plan } = this.#call;
    this.#step(
      { type: "ended" },
      { status: "ended", outcome, endedReason, durationSeconds, endedAtMs: Date.now() },
    );
    await this.ctx.storage.deleteAlarm();
    await Promise.all([
      this.#project(),
      this.#showOnBoard(),
      this.env.GATE.getByName(plan.carrierId).release(plan.callId),
    ]);
    await this.env.LIMIT_EVENTS.send({ call_id: plan.callId });
  }

  #show() {
    this.ctx.waitUntil(Promise.all([this.#project(), this.#showOnBoard()]));
  }

  async #project() {
    const { plan, state } = this.#call;
    const { seq, status, outcome, endedReason, durationSeconds, carrierCallId } = state;
    const isOver = status === "ended";
    const zeroMs = state.answeredAtMs;
    const turns = this.#lines.map(({ speaker, text, at_ms }) => ({
      speaker,
      text,
      timestamp: Math.round((at_ms - zeroMs) / 100) / 10,
    }));
    await batch(this.env, isOver ? "projectEnded" : "projectLive", {
      callId: plan.callId,
      orgId: plan.orgId,
      seq,
      status,
      outcome,
      endedReason,
      fault: isOver ? "none" : null,
      duration: durationSeconds,
      answeredAt: secondsOf(state.answeredAtMs),
      endedAt: secondsOf(state.endedAtMs),
      carrierCallId,
      mustEndAt: isOver ? null : secondsOf(plan.acceptedAtMs + LONGEST_MS),
      turns: JSON.stringify(turns),
    });
  }

  #showOnBoard() {
    const { plan, state } = this.#call;
    const { callId, callType, campaignId, contactId, from, to, acceptedAtMs } = plan;
    const times = { startedAt: secondsOf(acceptedAtMs), answeredAt: secondsOf(state.answeredAtMs) };
    const entry = { callId, callType, campaignId, contactId, from, to, status: state.status, ...times };
    return this.env.BOARD.getByName(plan.orgId).show(callId, state.status === "ended" ? null : entry);
  }

  #addLine(speaker, text) {
    const atMs = Date.now();
    this.ctx.storage.sql.exec(
      "INSERT INTO lines VALUES (?, ?, ?, ?)",
      this.#lines.length,
      speaker,
      text,
      atMs,
    );
    this.#lines.push({ speaker, text, at_ms: atMs });
  }

  #step(event, changes) {
    const state = { ...this.#call.state, ...changes, seq: this.#call.state.seq + 1 };
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      storage.sql.exec("INSERT INTO events (at_ms, body) VALUES (?, ?)", Date.now(), JSON.stringify(event));
      storage.sql.exec("UPDATE call SET state = ?", JSON.stringify(state));
    });
    this.#call = { ...this.#call, state };
  }
}

function secondsOf(ms) {
  return ms === null ? null : Math.floor(ms / 1000);
}
