// One per queue of people, and the only holder of who is in it, who of them is present and who is reserved. No
// person is ever reserved for two transfers: each method runs as one piece, and the table admits none.
//
// A reservation is a lease: a call that dies without a word gives its person back when it ends, which is seen to by
// whoever asks next. The rule of who is offered is domain/human-queue.ts.

import { DurableObject } from "cloudflare:workers";
import {
  changeAddress,
  chooseHuman,
  type Candidate,
  type HumanAddress,
  type HumanAgent,
  type HumanChanges,
  type HumanRequest,
  type HumanReservation,
  type NewHuman,
  type Presence,
  type QueueAvailability,
} from "../domain/human-queue.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { migrate } from "../lib/sql-migrations.ts";

const MIGRATIONS = [
  `CREATE TABLE humans (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT UNIQUE, sip TEXT UNIQUE, presence TEXT NOT NULL,
     created_at INTEGER NOT NULL, idle_since_ms INTEGER, CHECK ((phone IS NULL) <> (sip IS NULL))
   );
   CREATE TABLE reservations (
     transfer_id TEXT PRIMARY KEY, call_id TEXT NOT NULL, human_id TEXT NOT NULL UNIQUE REFERENCES humans (id),
     is_accepted INTEGER NOT NULL DEFAULT 0, lease_until_ms INTEGER NOT NULL
   );
   CREATE INDEX reservations_by_lease ON reservations (lease_until_ms);`,
  "CREATE TABLE closed (id INTEGER PRIMARY KEY CHECK (id = 1))",
];

type HumanRow = {
  id: string;
  name: string;
  phone: string | null;
  sip: string | null;
  presence: Presence;
  created_at: number;
  is_reserved: number;
};

const HUMANS = `SELECT id, name, phone, sip, presence, created_at, reservations.human_id IS NOT NULL AS is_reserved
  FROM humans LEFT JOIN reservations ON human_id = id`;

export class AgentQueue extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, MIGRATIONS);
    this.#sql = ctx.storage.sql;
  }

  addHuman(human: NewHuman): Result<HumanAgent, "already_exists" | "closed"> {
    if (this.#isClosed()) return err("closed");
    const { id, name, phone, sip, presence, createdAt } = human;
    if (this.#find(id) !== null || this.#isTaken(id, { phone, sip })) return err("already_exists");
    this.#sql.exec(
      "INSERT INTO humans (id, name, phone, sip, presence, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      id,
      name,
      phone,
      sip,
      presence,
      createdAt,
    );
    return ok({ id, name, phone, sip, presence, isReserved: false, createdAt });
  }

  /** Oldest first. */
  listHumans({ limit, offset }: { limit: number; offset: number }): { humans: HumanAgent[]; total: number } {
    this.#takeBackExpired();
    const rows = this.#sql.exec<HumanRow>(`${HUMANS} ORDER BY id LIMIT ? OFFSET ?`, limit, offset);
    const humans = rows.toArray().map(toHuman);
    return { humans, total: this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM humans").one().n };
  }

  findHuman(id: string): HumanAgent | null {
    this.#takeBackExpired();
    return this.#find(id);
  }

  /** A call that they were offered already stays theirs, whatever their presence becomes. */
  changeHuman(id: string, changes: HumanChanges): Result<HumanAgent, "not_found" | "already_exists"> {
    this.#takeBackExpired();
    const before = this.#find(id);
    if (before === null) return err("not_found");
    const { name = before.name, presence = before.presence } = changes;
    const { phone, sip } = changeAddress(before, changes);
    if (this.#isTaken(id, { phone, sip })) return err("already_exists");
    this.#sql.exec(
      "UPDATE humans SET name = ?, phone = ?, sip = ?, presence = ? WHERE id = ?",
      name,
      phone,
      sip,
      presence,
      id,
    );
    return ok({ ...before, name, phone, sip, presence });
  }

  removeHuman(id: string): Result<null, "not_found" | "in_use"> {
    this.#takeBackExpired();
    const human = this.#find(id);
    if (human === null) return err("not_found");
    if (human.isReserved) return err("in_use");
    this.#sql.exec("DELETE FROM humans WHERE id = ?", id);
    return ok(null);
  }

  /** Asked again for the same transfer, it answers the same person, unless they are to be left out now. */
  reserve({ transferId, callId, exclude, leaseUntilMs }: HumanRequest): HumanReservation {
    this.#takeBackExpired();
    const heldId = this.#heldBy(transferId);
    if (heldId !== null && !exclude.includes(heldId)) {
      this.#sql.exec(
        // Never shortened: a request that comes late must not cut off who talks by now.
        "UPDATE reservations SET lease_until_ms = max(lease_until_ms, ?) WHERE transfer_id = ?",
        leaseUntilMs,
        transferId,
      );
      return this.#reserved(heldId);
    }
    this.release(transferId);
    const chosen = this.#isClosed() ? null : chooseHuman(this.#candidates(), exclude);
    if (chosen === null) return { kind: "none" };
    this.#sql.exec(
      "INSERT INTO reservations (transfer_id, call_id, human_id, lease_until_ms) VALUES (?, ?, ?, ?)",
      transferId,
      callId,
      chosen.id,
      leaseUntilMs,
    );
    return this.#reserved(chosen.id);
  }

  /** The person took the call. False: they are not reserved for it (any more). */
  accept(transferId: string, leaseUntilMs: number): boolean {
    this.#takeBackExpired();
    const accepted = this.#sql.exec(
      "UPDATE reservations SET is_accepted = 1, lease_until_ms = ? WHERE transfer_id = ? RETURNING transfer_id",
      leaseUntilMs,
      transferId,
    );
    return accepted.toArray().length > 0;
  }

  release(transferId: string): void {
    this.#takeBackExpired();
    const heldId = this.#heldBy(transferId);
    if (heldId === null) return;
    this.#sql.exec("DELETE FROM reservations WHERE transfer_id = ?", transferId);
    this.#idleSince(heldId, Date.now());
    this.#letGo();
  }

  availability(): QueueAvailability {
    this.#takeBackExpired();
    const { depth } = this.#sql
      .exec<{ depth: number }>(
        "SELECT count(DISTINCT call_id) AS depth FROM reservations WHERE is_accepted = 0",
      )
      .one();
    return { available: chooseHuman(this.#candidates(), []) !== null, depth };
  }

  /** Somebody is offered a call, or talks to one. */
  isBusy(): boolean {
    this.#takeBackExpired();
    return this.#sql.exec("SELECT 1 FROM reservations LIMIT 1").toArray().length > 0;
  }

  /** For a queue that is deleted. Nobody is added or reserved any more; who is reserved goes once they are released. */
  close(): void {
    this.#sql.exec("INSERT OR IGNORE INTO closed (id) VALUES (1)");
    this.#takeBackExpired();
    this.#letGo();
  }

  #isClosed(): boolean {
    return this.#sql.exec("SELECT 1 FROM closed").toArray().length > 0;
  }

  /** A closed queue keeps only who is still reserved. */
  #letGo(): void {
    if (!this.#isClosed()) return;
    this.#sql.exec("DELETE FROM humans WHERE id NOT IN (SELECT human_id FROM reservations)");
  }

  #takeBackExpired(): void {
    const expired = this.#sql
      .exec<{ human_id: string; lease_until_ms: number }>(
        "DELETE FROM reservations WHERE lease_until_ms <= ? RETURNING human_id, lease_until_ms",
        Date.now(),
      )
      .toArray();
    // Since the lease's end, not since now: who asks next, and when, must not decide whose turn it is.
    for (const { human_id: id, lease_until_ms: atMs } of expired) this.#idleSince(id, atMs);
    if (expired.length > 0) this.#letGo();
  }

  #idleSince(humanId: string, atMs: number): void {
    this.#sql.exec("UPDATE humans SET idle_since_ms = ? WHERE id = ?", atMs, humanId);
  }

  #heldBy(transferId: string): string | null {
    const row = this.#sql
      .exec<{ human_id: string }>("SELECT human_id FROM reservations WHERE transfer_id = ?", transferId)
      .toArray()[0];
    return row?.human_id ?? null;
  }

  #candidates(): Candidate[] {
    return this.#sql
      .exec<{ id: string; presence: Presence; idle_since_ms: number | null; is_reserved: number }>(
        `SELECT id, presence, idle_since_ms, reservations.human_id IS NOT NULL AS is_reserved
         FROM humans LEFT JOIN reservations ON human_id = id`,
      )
      .toArray()
      .map(({ id, presence, idle_since_ms: idleSinceMs, is_reserved: isReserved }) => ({
        id,
        presence,
        isReserved: isReserved === 1,
        idleSinceMs,
      }));
  }

  #reserved(humanId: string): HumanReservation {
    const { id, name, phone, sip } = toHuman(
      this.#sql.exec<HumanRow>(`${HUMANS} WHERE id = ?`, humanId).one(),
    );
    return { kind: "reserved", human: { id, name, phone, sip } };
  }

  #find(id: string): HumanAgent | null {
    const row = this.#sql.exec<HumanRow>(`${HUMANS} WHERE id = ?`, id).toArray()[0];
    return row === undefined ? null : toHuman(row);
  }

  #isTaken(byOtherThan: string, { phone, sip }: HumanAddress): boolean {
    const others = "SELECT 1 FROM humans WHERE id <> ? AND (phone = ? OR sip = ?) LIMIT 1";
    return this.#sql.exec(others, byOtherThan, phone, sip).toArray().length > 0;
  }
}

function toHuman({ created_at: createdAt, is_reserved: isReserved, ...human }: HumanRow): HumanAgent {
  return { ...human, isReserved: isReserved === 1, createdAt };
}
