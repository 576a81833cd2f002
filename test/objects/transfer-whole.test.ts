// A whole transfer against the built-in carrier, which rings humans as it rings customers (contract, the sandbox).

import { env } from "cloudflare:workers";
import { afterAll, expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import { queues } from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { place, read, untilQuiet } from "../support/api.ts";
import { createOrganisation } from "../support/organisation.ts";
import { until } from "../support/wait.ts";

afterAll(untilQuiet);

/** A queue of humans with these phones, in the order in which they are rung. */
async function staff(orgId: string, phones: readonly string[], accept: "key" | "auto"): Promise<string> {
  const id = newId("queue");
  await openDb(env.DB).insert(queues).values({ id, orgId, name: "sales", accept, createdAt: 1 });
  for (const [index, phone] of phones.entries()) {
    const human = { id: newId("human"), name: `Human ${index}`, phone, sip: null, createdAt: 1 };
    await env.AGENT_QUEUE.getByName(id).addHuman({ ...human, presence: "available" });
  }
  return id;
}

async function callWhoAsksForAHuman(phones: readonly string[], accept: "key" | "auto" = "key") {
  const org = await createOrganisation({ campaignConfig: { transfer_queue: "sales", max_duration: 60 } });
  const queueId = await staff(org.orgId, phones, accept);
  const callId = await place(org, "+15005550031", { contact_name: "Dana Scully" });
  const record = await until(
    () => read(org, callId),
    ({ status }) => status === "ended",
  );
  await until(
    () => env.AGENT_QUEUE.getByName(queueId).isBusy(),
    (isBusy) => !isBusy,
  );
  return record;
}

test.for([
  ["who presses a key", ["+15005550090"], "key", "Human 0"],
  ["who picks up, where that is enough", ["+15005550090"], "auto", "Human 0"],
  ["after one who is busy", ["+15005550092", "+15005550090"], "key", "Human 1"],
  ["after one who presses none", ["+15005550091", "+15005550090"], "key", "Human 1"],
] as const)("a customer is put through to a human %s", async ([, phones, accept, name]) => {
  const { transfer, transcript, ...call } = await callWhoAsksForAHuman(phones, accept);
  expect(call).toMatchObject({ outcome: "connected" });
  expect(["human_hangup", "customer_hangup"]).toContain(call.ended_reason);
  expect(transfer).toMatchObject({
    status: "completed",
    target: "sales",
    agent_brief: "Dana Scully is on the line.",
    human_agent: { name },
  });
  expect(transcript.at(-1)?.text).toBe("One moment please, I am connecting you with a colleague.");
});

test("a customer for whom nobody takes the call hears the agent again", async () => {
  const { transfer, transcript } = await callWhoAsksForAHuman(["+15005550092"]);
  expect(transfer).toMatchObject({
    status: expect.stringMatching(/not_accepted|no_agents/),
    human_agent: null,
  });
  expect(transcript.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^I am sorry, none of my colleagues could take the call\./),
  );
});
