// What a call takes in the database for good: its row with all that is known of it, its transcript, its contact, and what
// the indexes have of them. Of some thousand calls of eight turns, each with a contact of its own, in a file of SQLite, which
// is what D1 is.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { REPOSITORY } from "../../../src/cli/options.ts";
import { newId } from "../../../src/lib/ids.ts";

const CALLS = 5_000;
const NOW = 1_790_000_000;
const EVERY_SECONDS = 4;

const SAID =
  "I see, and you would like it in the home office; we could deliver on Saturday morning, if that suits you, and it " +
  "stays under a thousand.";
const HEARD = "Comfort matters most. I spend all day in that room.";
const TRANSCRIPT = Array.from({ length: 17 }, (_, index) =>
  index % 2 === 0
    ? { speaker: "agent", text: SAID, timestamp: index * 4.2 }
    : { speaker: "customer", text: HEARD, timestamp: index * 4.2 },
);
const ANALYSIS = {
  outcome: { call_outcome: "interested", intent_score: 88 },
  disposition: { lead_stage: "Interested in Buying", budget: "under a thousand" },
  next_action: { type: "callback", when: "2026-11-28T10:00:00Z" },
  qms_scores: { opening: 3, energy: 2, probing: 3, closing: 3 },
};

type Row = Record<string, string | number>;

/** @returns bytes of one call, and of these its transcript's. */
export function bytesOfCall(): { all: number; transcript: number } {
  const db = new DatabaseSync(":memory:");
  const folder = join(REPOSITORY, "migrations");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".sql"))) {
    db.exec(readFileSync(join(folder, file), "utf8"));
  }
  const insert = (table: string, row: Row): void => {
    const marks = Object.keys(row).map(() => "?");
    const columns = Object.keys(row).join(", ");
    db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${marks.join(", ")})`).run(...Object.values(row));
  };
  const [org, carrier, campaign] = [newId("organisation"), newId("carrier"), newId("campaign")];
  const common = { org_id: org, created_at: NOW };
  insert("organisations", { id: org, name: "Luminary Home", created_at: NOW });
  insert("carriers", {
    id: carrier,
    ...common,
    kind: "twilio",
    name: "Main line",
    account_sid: "AC",
    auth_token_encrypted: "sealed",
  });
  insert("campaigns", { id: campaign, ...common, kind: "outbound", name: "Basket follow-up", config: "{}" });
  const before = sizeOf(db);
  for (let index = 0; index < CALLS; index += 1) {
    const [call, contact] = [newId("call"), newId("contact")];
    const phone = `+1415${String(2_000_000 + index)}`;
    const startedAt = NOW + index * EVERY_SECONDS;
    const metadata = JSON.stringify({ product_interest: "Standing Desk Pro", cart_value: 850 });
    insert("contacts", { id: contact, ...common, phone, name: "Priya Kumar", metadata });
    insert("calls", {
      id: call,
      org_id: org,
      campaign_id: campaign,
      contact_id: contact,
      carrier_id: carrier,
      call_type: "outbound",
      from_number: "+15550010000",
      to_number: phone,
      status: "ended",
      outcome: "connected",
      ended_reason: "agent_hangup",
      sentiment: "positive",
      summary: SAID,
      duration: 71,
      started_at: startedAt,
      answered_at: startedAt + 4,
      ended_at: startedAt + 75,
      carrier_call_id: `CA${"0".repeat(32)}`,
      projected_seq: 49,
      analysis: JSON.stringify(ANALYSIS),
      key_details: JSON.stringify(ANALYSIS),
      carrier_recording_id: `RE${"0".repeat(32)}`,
      recording_key: `${org}/${call}/RE${"0".repeat(32)}`,
      recording_seconds: 71,
    });
    insert("transcripts", { call_id: call, org_id: org, turns: JSON.stringify(TRANSCRIPT) });
  }
  const ofTranscripts = sizeOf(db, "WHERE name LIKE '%transcripts%'");
  return {
    all: Math.round((sizeOf(db) - before) / CALLS),
    transcript: Math.round(ofTranscripts / CALLS),
  };
}

function sizeOf(db: DatabaseSync, where = ""): number {
  const row = db.prepare(`SELECT sum(pgsize) AS bytes FROM dbstat ${where}`).get();
  return Number(row?.["bytes"]);
}
