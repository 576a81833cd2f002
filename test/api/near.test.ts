// Reads are answered by whichever copy of the database is near. What that may hide from a client, and what it may not.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import worker from "../../src/index.ts";
import { BASE_URL, holdAgainstContract, place, post } from "../support/api.ts";
import { withReplica } from "../support/lagging-replica.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { aCall, aContact, aHuman, aWebhook, UNKNOWN } from "../support/path-objects.ts";

const HEADER = "trunkline-bookmark";
const NEAR = "first-unconstrained";
const PRIMARY = "first-primary";
/** Of the future, as none of D1's own here. */
const BOOKMARK = "ffffffff-ffffffff-ffffffff-00000000000000000000000000000000";

let org: Organisation;
beforeAll(async () => {
  org = await createOrganisation();
});

type Lag = Parameters<typeof withReplica>[2];
const unseen = (table: string, column: string, value: string): Lag => ({
  table,
  hides: `${column} = '${value}'`,
});

/** What is answered where the nearest copy lags so, and which copies were asked. */
async function ask(path: string, init: RequestInit & { lag?: Lag; apiKey?: string } = {}) {
  const asked: string[] = [];
  const { lag, apiKey = org.apiKey, ...request } = init;
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${apiKey}`);
  const response = await worker.fetch(
    new Request(BASE_URL + path, { ...request, headers }),
    { ...env, DB: withReplica(env.DB, asked, lag) },
    createExecutionContext(),
  );
  await holdAgainstContract({ method: request.method ?? "GET", path }, response);
  return { response, asked };
}

const contact = (phone: string) => post("/v1/contacts", org.apiKey, { phone });
const uuidOf = async (response: Response) => (await response.clone().json<{ uuid: string }>()).uuid;
const isListed = async (response: Response, uuid: string) =>
  JSON.stringify(await response.json()).includes(uuid);

describe("a client that sends its bookmark back", () => {
  test("reads what it wrote, where others do not yet", async () => {
    const created = await contact("+14155550701");
    const uuid = await uuidOf(created);
    const lag = unseen("contacts", "id", uuid);
    const without = await ask("/v1/contacts", { lag });
    expect(without.asked).toEqual([NEAR]);
    expect(await isListed(without.response, uuid)).toBe(false);
    const bookmark = created.headers.get(HEADER) ?? "none";
    const sent = await ask("/v1/contacts", { lag, headers: { [HEADER]: bookmark } });
    expect(sent.asked).toEqual([bookmark]);
    expect(await isListed(sent.response, uuid)).toBe(true);
  });

  test("is given one by every change, by reads too, and each is newer than the last", async () => {
    const created = await contact("+14155550702");
    const path = `/v1/contacts/${await uuidOf(created)}`;
    const json = { "content-type": "application/json" };
    const changed = await ask(path, { method: "PATCH", headers: json, body: '{"name":"Ann"}' });
    const read = await ask(path);
    const deleted = await ask(path, { method: "DELETE" });
    const answers = [created, changed.response, read.response, deleted.response];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 204]);
    const bookmarks = answers.map(({ headers }) => headers.get(HEADER) ?? "");
    expect(bookmarks).not.toContain("");
    expect(bookmarks.toSorted()).toEqual(bookmarks);
    expect(new Set([bookmarks[0], bookmarks[1], bookmarks[3]]).size).toBe(3);
  });

  test("gets one also with the answer that an earlier request had", async () => {
    const again = () =>
      post("/v1/contacts", org.apiKey, { phone: "+14155550703" }, { "idempotency-key": "near-1" });
    const first = await again();
    const second = await again();
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect((second.headers.get(HEADER) ?? "") >= (first.headers.get(HEADER) ?? "none")).toBe(true);
  });

  test("is not given an older one than it sent", async () => {
    const { response } = await ask("/v1/contacts", { headers: { [HEADER]: BOOKMARK } });
    expect(response.headers.get(HEADER)).toBe(BOOKMARK);
  });
});

describe("a bookmark that is none", () => {
  const BAD = ["", "first-primary", NEAR, "garbage", "0", "00000001-0000000G", "0-0;", "a-".repeat(70), "-"];
  test.for(BAD)("%j: it is read at the primary, which has come as far as any", async (bad) => {
    const { response, asked } = await ask("/v1/contacts", { headers: { [HEADER]: bad } });
    expect(response.status).toBe(200);
    expect(new Set(asked)).toEqual(new Set([PRIMARY]));
  });

  test("is nothing to a change, which sees the newest in any case", async () => {
    const { response, asked } = await ask(`/v1/contacts/${UNKNOWN["contact_id"]?.()}`, {
      method: "DELETE",
      headers: { [HEADER]: "garbage" },
    });
    expect(response.status).toBe(404);
    expect(new Set(asked)).toEqual(new Set([PRIMARY]));
  });

  test("is of no account to who has no key", async () => {
    const { response } = await ask("/v1/contacts", { apiKey: "tl_k_x", headers: { [HEADER]: "garbage" } });
    expect(response.status).toBe(401);
  });
});

describe("what the nearest copy has not heard of", () => {
  test.for(["", "/transcript", "/events"])("a call's %s is found at the primary", async (part) => {
    const { call_uuid: callId = "" } = await aCall(org);
    const { response, asked } = await ask(`/v1/calls/${callId}${part}`, {
      lag: unseen("calls", "id", callId),
    });
    expect(response.status).toBe(200);
    expect(asked[0]).toBe(NEAR);
    expect(new Set(asked.slice(1))).toEqual(new Set([PRIMARY]));
  });

  test("a call that has just been placed can be watched", async () => {
    const callId = await place(org, "+15005550030");
    const { response } = await ask(`/ws/live/${callId}`, {
      lag: unseen("calls", "id", callId),
      headers: { upgrade: "websocket" },
    });
    expect(response.status).toBe(101);
    response.webSocket?.accept();
    response.webSocket?.close();
  });

  test("a contact, a webhook and its log, a queue, its people and whether they are free", async () => {
    const { contact_id: contactId = "" } = await aContact(org);
    const { webhook_id: webhookId = "" } = await aWebhook(org);
    const { name = "", agent_id: humanId = "" } = await aHuman(org);
    const queue = unseen("queues", "name", name);
    const PATHS: [path: string, lag: Lag][] = [
      [`/v1/contacts/${contactId}`, unseen("contacts", "id", contactId)],
      [`/v1/webhooks/${webhookId}`, unseen("webhooks", "id", webhookId)],
      [`/v1/webhooks/${webhookId}/logs`, unseen("webhooks", "id", webhookId)],
      [`/v1/queues/${name}`, queue],
      [`/v1/queues/${name}/agents`, queue],
      [`/v1/queues/${name}/agents/${humanId}`, queue],
      [`/api/voice/calls/agent-availability?target=${name}`, queue],
    ];
    for (const [path, lag] of PATHS) {
      const { response, asked } = await ask(path, { lag });
      expect([path, response.status]).toEqual([path, 200]);
      expect(asked).toContain(PRIMARY);
    }
  });

  test("nor the primary, is not there", async () => {
    const { response, asked } = await ask(`/v1/contacts/${UNKNOWN["contact_id"]?.()}`);
    expect(response.status).toBe(404);
    expect(asked).toEqual([NEAR, PRIMARY]);
  });
});

describe("what must never be old", () => {
  test("a key that was just made opens at once", async () => {
    const apiKey = await createKey(org.orgId, ["voice:contacts:read"]);
    const lag = unseen("api_keys", "org_id", org.orgId);
    expect((await ask("/v1/contacts", { apiKey, lag })).response.status).toBe(200);
  });

  test("who has just opted out is not heard, whatever bookmark is sent", async () => {
    const other = await createOrganisation();
    const { call_uuid: callId = "" } = await aCall(other);
    const path = `/api/voice/calls/${callId}/recording`;
    expect((await ask(path, { apiKey: other.apiKey })).response.status).toBe(200);
    await post("/v1/opt-outs", other.apiKey, { phone: "+14155550192" });
    const lag = unseen("opt_outs", "org_id", other.orgId);
    const { response, asked } = await ask(path, {
      apiKey: other.apiKey,
      lag,
      headers: { [HEADER]: "00000000-00000000-00000000-00000000000000000000000000000000" },
    });
    expect(response.status).toBe(404);
    expect(asked).toEqual([PRIMARY]);
  });

  test("who has just opted out is not called", async () => {
    await post("/v1/opt-outs", org.apiKey, { phone: "+15005550031" });
    const { response, asked } = await ask("/v1/calls", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "near-2" },
      body: JSON.stringify({ to: "+15005550031", campaign_id: org.campaignId }),
      lag: unseen("opt_outs", "org_id", org.orgId),
    });
    expect(await response.json()).toMatchObject({ code: "contact_opted_out" });
    expect(new Set(asked)).toEqual(new Set([PRIMARY]));
  });
});
