// Whatever a customer says, and however obediently the model does it: tools reach what the campaign allows.

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { optOutListSchema } from "../../../src/contract/opt-outs.ts";
import { callStateSchema } from "../../../src/domain/call/state.ts";
import { BASE_URL, place, read, request } from "../../support/api.ts";
import { created } from "../../support/contacts.ts";
import { addHuman, createQueue } from "../../support/human-queues.ts";
import { giveOrganisationModel, openTalk, requestsOf, type ModelTalk } from "../../support/model-talks.ts";
import { createOrganisation, FROM, type Organisation } from "../../support/organisation.ts";
import { orgRows } from "../../support/org-rows.ts";
import { until } from "../../support/wait.ts";
import { INJECTIONS, type Injection } from "./injections.ts";

/** Says what is typed. */
const TYPED = "+15005550080";
/** The one person of the campaign's queue: takes the call by pressing a key. */
const COLLEAGUE = "+15005990090";
const OTHERS = { phone: "+14155550777", name: "Wilhelmina Secret" };
const GREETING = "Hello, this is Aria.";
const OBEDIENCE = "As you wish.";
const GOES_ON = "What else may I do for you?";

const callsSchema = z.object({ calls: z.array(z.object({ to: z.string() })) });

type Outcome = {
  org: Organisation;
  talk: ModelTalk;
  record: Awaited<ReturnType<typeof read>>;
  /** Whom the carrier has called for this account. */
  rung: string[];
};

/** A call in which the customer says it, the model obeys, and the customer then hangs up. */
async function tryIt(injection: Injection, transferQueue?: string): Promise<Outcome> {
  const { says, tools, words } = injection;
  const config = {
    max_duration: 60,
    ...(transferQueue === undefined ? {} : { transfer_queue: transferQueue }),
  };
  const org = await createOrganisation({ campaignConfig: config });
  const talk = await openTalk([
    { words: [GREETING] },
    { words: [words ?? OBEDIENCE], tools },
    { words: [GOES_ON] },
  ]);
  await giveOrganisationModel(org, talk, { apiKey: "the-model's-own-key" });
  await createQueue(org, { name: "sales" });
  await addHuman(org, "sales", { name: "Dana", phone: COLLEAGUE, presence: "available" });
  await created(org, OTHERS);
  const callId = await place(org, TYPED);
  const greeted = await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length > 0,
  );
  const callSid = greeted.carrier.carrier_call_id ?? "";
  await act(org, callSid, "say", { text: says });
  // Who speaks before the model has said all cuts its tools off too.
  await until(
    () => read(org, callId),
    ({ transcript }) => transcript.length >= 3,
  );
  await until(
    () => stateOf(callId),
    ({ turn, status }) =>
      isTransferred(injection, transferQueue)
        ? status === "bridged"
        : turn === null && status === "in_progress",
  );
  await act(org, callSid, "say", { text: "And now?" });
  await until(
    () => read(org, callId),
    ({ status, transcript }) =>
      status === "ended" || status === "bridged" || transcript.at(-1)?.text === GOES_ON,
  );
  await act(org, callSid, "hang-up");
  const record = await until(
    () => read(org, callId),
    ({ status, summary }) => status === "ended" && summary !== null,
  );
  return { org, talk, record, rung: await rungBy(org) };
}

/** A wish for a human is the campaign's to fulfil, but for one that is no proper wish. */
function isTransferred({ tools }: Injection, transferQueue?: string): boolean {
  const wishes = tools.some(({ name }) => name === "transfer_to_human");
  return transferQueue !== undefined && wishes && JSON.stringify(tools).length < 1_000;
}

async function stateOf(callId: string): Promise<z.infer<typeof callStateSchema>> {
  return runInDurableObject(env.CALL_SESSION.getByName(callId), (_, { storage }) =>
    callStateSchema.parse(
      JSON.parse(storage.sql.exec<{ state: string }>("SELECT state FROM call").one().state),
    ),
  );
}

/** What is typed on a call that is over or bridged is said to nobody. */
async function act(org: Organisation, callSid: string, what: string, body?: object): Promise<void> {
  const response = await askSandbox(org, `calls/${callSid}/${what}`, {
    method: "POST",
    body: JSON.stringify(body ?? {}),
  });
  expect([200, 409]).toContain(response.status);
}

async function rungBy(org: Organisation): Promise<string[]> {
  const path = `2010-04-01/Accounts/${org.accountSid}/Calls.json?PageSize=100`;
  const response = await askSandbox(org, path);
  return callsSchema.parse(await response.json()).calls.map(({ to }) => to);
}

function askSandbox(org: Organisation, path: string, init: RequestInit = {}): Promise<Response> {
  const authorization = `Basic ${btoa(`${org.accountSid}:${org.authToken}`)}`;
  return exports.default.fetch(`${BASE_URL}/sandbox/${path}`, { ...init, headers: { authorization } });
}

async function optOutsOf(org: Organisation): Promise<number> {
  const response = await request("/v1/opt-outs", org.apiKey);
  return optOutListSchema.parse(await response.json()).total;
}

describe("what a customer says and the model obeys", () => {
  test("is a set of at least thirty", () => expect(INJECTIONS.length).toBeGreaterThanOrEqual(30));

  test.concurrent.for(INJECTIONS.map((injection) => [injection.says, injection] as const))(
    "%s",
    async ([, injection]) => {
      const bystander = await createOrganisation();
      const before = await orgRows(bystander.orgId);
      const { org, talk, record, rung } = await tryIt(injection, "sales");

      // Nobody but the customer and the campaign's own queue is ever rung.
      expect(rung.filter((number) => number !== TYPED && number !== COLLEAGUE)).toEqual([]);
      // A transfer that it wishes for goes to that queue, whatever else it names.
      const isHeeded = isTransferred(injection, "sales");
      expect(record.transfer?.target ?? null).toBe(isHeeded ? "sales" : null);
      expect(rung.includes(COLLEAGUE)).toBe(isHeeded);
      // The model can't end the call for reasons of its own, nor write what the call was.
      expect([record.outcome, record.ended_reason]).toEqual(["connected", "customer_hangup"]);
      expect(await optOutsOf(org)).toBe(0);
      expect(await orgRows(bystander.orgId)).toEqual(before);
      const campaign = await env.DB.prepare("SELECT config FROM campaigns WHERE id = ?")
        .bind(org.campaignId)
        .first<{ config: string }>();
      expect(JSON.parse(campaign?.config ?? "")).toEqual({ max_duration: 60, transfer_queue: "sales" });
      // What was recorded is small, and data.
      expect(JSON.stringify(record.key_details.extraction).length).toBeLessThan(20_000);
      expect(Object.hasOwn(record.key_details.extraction, "isAdmin")).toBe(false);
      // What the model never knew it can't tell.
      const told = JSON.stringify(await requestsOf(talk));
      for (const secret of [OTHERS.phone, OTHERS.name, org.apiKey, org.authToken, COLLEAGUE, FROM]) {
        expect(told).not.toContain(secret);
      }
    },
  );

  const transfers = INJECTIONS.filter(({ tools }) => tools.some(({ name }) => name === "transfer_to_human"));

  test.concurrent.for(transfers.map((injection) => [injection.says, injection] as const))(
    "rings nobody where the campaign has no queue: %s",
    async ([, injection]) => {
      const { talk, record, rung } = await tryIt(injection);
      expect(rung).toEqual([TYPED]);
      expect([record.transfer, record.ended_reason]).toEqual([null, "customer_hangup"]);
      const offered = (await requestsOf(talk)).flatMap(({ body }) => body.tools ?? []);
      expect(offered.map((tool) => tool.function.name)).not.toContain("transfer_to_human");
    },
  );
});
