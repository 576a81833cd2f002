// The object of a call, with the least that it must do.

import { DurableObject } from "cloudflare:workers";

export class Call extends DurableObject {
  #call = null;

  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, plan TEXT, state TEXT);
      CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, at_ms INTEGER, body TEXT);`);
    const [row] = sql.exec("SELECT plan, state FROM call");
    if (row !== undefined) this.#call = { plan: JSON.parse(row.plan), state: JSON.parse(row.state) };
  }

  begin(plan, state) {
    this.#call = { plan, state };
    const [planText, stateText] = [JSON.stringify(plan), JSON.stringify(state)];
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO call VALUES (1, ?, ?)", planText, stateText);
  }

  /** What the carrier says: its event and the new state, both or none. False if the call is not of this account. */
  report(carrierId, report) {
    if (this.#call?.plan.carrierId !== carrierId) return false;
    this.step({ type: "carrier_report", report }, { answeredAtMs: report.atMs });
    return true;
  }

  step(event, changes) {
    const state = { ...this.#call.state, ...changes };
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      storage.sql.exec("INSERT INTO events (at_ms, body) VALUES (?, ?)", Date.now(), JSON.stringify(event));
      storage.sql.exec("UPDATE call SET state = ?", JSON.stringify(state));
    });
    this.#call = { ...this.#call, state };
  }
}
