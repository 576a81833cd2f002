import { and, count, eq, gte, inArray, sql } from "drizzle-orm";
import { campaignConfigSchema } from "../contract/campaign-config.ts";
import type { Db } from "./client.ts";
import { calls, campaigns, deadLetters, webhooks } from "./schema.ts";

/** Throws if the database doesn't answer, or has not been migrated. */
export async function checkDatabase(db: Db): Promise<void> {
  await db.run(sql`SELECT 1 FROM organisations LIMIT 1`);
}

/** How the calls of an organisation stand. `stuck`: live beyond all that bounds them, oldest first. Times are epoch seconds. */
export type CallHealth = {
  live: number;
  oldest: { id: string; startedAt: number } | null;
  stuck: number;
  /** The oldest of those that are stuck. */
  stuckCalls: string[];
  deadLetters: number;
  /** Webhooks that are sent nothing, and not because a client asked for it. */
  webhooksPaused: number;
};

const SHOWN = 20;

export async function readCallHealth(
  db: Db,
  orgId: string,
  bounds: { nowSeconds: number; dialDeadlineSeconds: number; lettersSinceSeconds: number },
): Promise<CallHealth> {
  const { nowSeconds, dialDeadlineSeconds, lettersSinceSeconds } = bounds;
  // Written out, not bound: only so does the planner use the partial index on live calls.
  const live = and(eq(calls.orgId, orgId), sql`calls.status <> 'ended'`);
  const isStuck = sql`calls.started_at + ${dialDeadlineSeconds} + ${LONGEST} < ${nowSeconds}`;
  const ofCampaign = eq(campaigns.id, calls.campaignId);
  const [[counts], [oldest], stuckCalls, [letters], [paused]] = await db.batch([
    db
      .select({ live: count().as("live"), stuck: sql<number>`coalesce(sum(${isStuck}), 0)`.as("stuck") })
      .from(calls)
      .innerJoin(campaigns, ofCampaign)
      .where(live),
    db
      .select({ id: calls.id, startedAt: calls.startedAt })
      .from(calls)
      .where(and(eq(calls.orgId, orgId), sql`status <> 'ended'`))
      .orderBy(calls.startedAt, calls.id)
      .limit(1),
    db
      .select({ id: calls.id })
      .from(calls)
      .innerJoin(campaigns, ofCampaign)
      .where(and(live, isStuck))
      .orderBy(calls.startedAt, calls.id)
      .limit(SHOWN),
    db
      .select({ letters: count() })
      .from(deadLetters)
      .where(and(eq(deadLetters.orgId, orgId), gte(deadLetters.createdAt, lettersSinceSeconds))),
    db
      .select({ webhooks: count().as("webhooks") })
      .from(webhooks)
      .where(and(eq(webhooks.orgId, orgId), inArray(webhooks.pausedReason, ["gone", "failing"]))),
  ]);
  return {
    live: counts?.live ?? 0,
    oldest: oldest ?? null,
    stuck: counts?.stuck ?? 0,
    stuckCalls: stuckCalls.map(({ id }) => id),
    deadLetters: letters?.letters ?? 0,
    webhooksPaused: paused?.webhooks ?? 0,
  };
}

const DEFAULTS = campaignConfigSchema.parse({});
/** What transfers that nobody takes may add to a call (domain/call/transfer-steps.ts), and the way of its news to the row. */
const SLACK_SECONDS = 900;

const configured = (name: "ring_timeout" | "max_duration" | "bridge_max_duration") =>
  sql`coalesce(campaigns.config ->> ${`$.${name}`}, ${DEFAULTS[name]})`;

/** Seconds that a call can live from its hand-over to the carrier on. */
const LONGEST = sql`(${configured("ring_timeout")} + ${configured("max_duration")} + ${SLACK_SECONDS}
  + CASE WHEN calls.status IN ('transferring', 'bridged') THEN ${configured("bridge_max_duration")} ELSE 0 END)`;
