// The carrier that stands in for the sandbox: one object for each of its calls. It asks the same of the Worker, in the
// same order and each request signed: it tells of the call's progress, asks what to do with the line, opens the relay's
// socket, talks, and tells of the end. Nobody rings, thinks or speaks for any time here; the sandbox of ours is set to be
// a thousand times faster than life, which comes to a tenth of a second a call, while many calls go on.

import { DurableObject, exports } from "cloudflare:workers";
import { sign } from "./crypto.js";
import { accountOf } from "./telephony.js";

const CUSTOMER = [
  "Hello! Yes, this is a good time, go ahead.",
  "I need a good one for my home office.",
  "Comfort matters most. I spend all day in that room.",
  "Yes, I'd like to stay under a thousand.",
  "How soon could you deliver? Two weeks would be fine.",
  "Saturday morning suits me best.",
  "Yes, please send it to this number.",
  "No, that's everything. You've been very helpful.",
];

export class Line extends DurableObject {
  #order = null;

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, call TEXT, status TEXT)");
    const [row] = ctx.storage.sql.exec("SELECT call FROM line");
    if (row !== undefined) this.#order = JSON.parse(row.call);
  }

  async place(order) {
    this.#order = order;
    this.ctx.storage.sql.exec("INSERT INTO line VALUES (1, ?, 'queued')", JSON.stringify(order));
    await this.ctx.storage.setAlarm(Date.now());
  }

  async alarm() {
    const { url, statusCallback } = this.#order;
    await this.#post(statusCallback, { CallStatus: "initiated" });
    this.#become("ringing");
    await this.#post(statusCallback, { CallStatus: "ringing" });
    this.#become("in-progress");
    await this.#post(statusCallback, { CallStatus: "in-progress" });
    const document = await this.#post(url, { CallStatus: "in-progress", AnsweredBy: "human" });
    await this.#talk(/ url="([^"]+)"/.exec(document)[1]);
    await this.#post(/ action="([^"]+)"/.exec(document)[1], { SessionStatus: "ended" });
    this.#become("completed");
    await this.#post(statusCallback, { CallStatus: "completed", CallDuration: "1" });
  }

  async #talk(relayUrl) {
    const { key } = await accountOf(this.env, this.#order.carrierId);
    const headers = { upgrade: "websocket", "x-twilio-signature": await sign(key, relayUrl, []) };
    const { webSocket: socket } = await exports.default.fetch(relayUrl.replace("ws", "http"), { headers });
    socket.accept();
    const isOver = new Promise((resolve) => {
      let turn = 0;
      socket.addEventListener("message", ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type === "end") return resolve();
        socket.send(JSON.stringify({ type: "info", name: "tokensPlayed", value: frame.token }));
        if (turn === CUSTOMER.length) return undefined;
        socket.send(
          JSON.stringify({ type: "prompt", voicePrompt: CUSTOMER[turn], lang: "en-US", last: true }),
        );
        turn += 1;
        return undefined;
      });
    });
    socket.send(JSON.stringify({ type: "setup", sessionId: this.#order.sid, callSid: this.#order.sid }));
    await isOver;
    socket.close(1000);
  }

  #become(status) {
    this.ctx.storage.sql.exec("UPDATE line SET status = ?", status);
  }

  async #post(url, fields) {
    const { sid, accountSid, carrierId, from, to } = this.#order;
    const { key } = await accountOf(this.env, carrierId);
    const form = {
      CallSid: sid,
      AccountSid: accountSid,
      From: from,
      To: to,
      Direction: "outbound-api",
      ...fields,
    };
    form.Timestamp = new Date().toUTCString();
    const headers = { "x-twilio-signature": await sign(key, url, Object.entries(form)) };
    const body = new URLSearchParams(form);
    const response = await exports.default.fetch(url, { method: "POST", headers, body });
    return response.text();
  }
}
