import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../src/index.ts";
import { newId } from "../../src/lib/ids.ts";
import { read } from "../support/api.ts";
import { createOrganisation, FROM, type Organisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

async function insertDialing(org: Organisation, secondsAgo: number): Promise<string> {
  const callId = newId("call");
  await env.DB.prepare(
    `INSERT INTO calls (id, org_id, campaign_id, carrier_id, call_type, from_number, to_number, status, started_at)
     VALUES (?, ?, ?, ?, 'outbound', ?, ?, 'dialing', unixepoch() - ?)`,
  )
    .bind(
      callId,
      org.orgId,
      org.campaignId,
      org.carrierId,
      FROM,
      `+1500555${String(secondsAgo).padStart(4, "0")}`,
      secondsAgo,
    )
    .run();
  return callId;
}

test("an accepted call whose message the queue lost is dialled all the same", async () => {
  const org = await createOrganisation();
  const lost = await insertDialing(org, 70);
  const fresh = await insertDialing(org, 5);
  await worker.scheduled(createScheduledController({ cron: "* * * * *", scheduledTime: new Date() }), env);
  const call = await until(
    () => read(org, lost),
    ({ status }) => status === "ended",
  );
  expect(call.outcome).toBe("connected");
  // Its own message may still be on its way.
  expect(await env.CALL_SESSION.getByName(fresh).snapshot()).toBeNull();
});
