// When a queue may be deleted, and what becomes of who is in it.

import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { request } from "../support/api.ts";
import { create } from "../support/campaigns.ts";
import { addHuman, createQueue, QUEUES, reserve } from "../support/human-queues.ts";
import { expectRefused, patch, remove } from "../support/json.ts";
import { createOrganisation, type Organisation } from "../support/organisation.ts";
import { askWhile } from "../support/overtaken.ts";

const get = async (org: Organisation, path: string) => {
  const response = await request(path, org.apiKey);
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

describe("a queue", () => {
  test("is not deleted while somebody is offered a call or talks to one", async () => {
    const org = await createOrganisation();
    const queue = await createQueue(org, { name: "sales" });
    const human = await addHuman(org, "sales", {
      name: "Jo",
      phone: "+14155550123",
      presence: "available",
    });
    const transferId = await reserve(queue.uuid);
    const path = `${QUEUES}/sales/agents/${human.uuid}`;
    const expectBusy = async () => {
      await expectRefused(await remove(`${QUEUES}/sales`, org.apiKey), 409, { code: "in_use" });
      await expectRefused(await remove(path, org.apiKey), 409, { code: "in_use" });
      expect(await get(org, path)).toMatchObject({ status: 200, body: { is_in_call: true } });
    };
    await expectBusy();
    const agents = env.AGENT_QUEUE.getByName(queue.uuid);
    expect(await agents.accept(transferId, Date.now() + 60_000)).toBe(true);
    await expectBusy();
    // A change of presence takes nobody out of their call.
    const offline = await patch(path, org.apiKey, { presence: "offline" });
    expect(await offline.json()).toMatchObject({ presence: "offline", is_in_call: true });
    await agents.release(transferId);
    expect(await get(org, path)).toMatchObject({ body: { is_in_call: false } });
    expect((await remove(path, org.apiKey)).status).toBe(204);
    expect((await remove(`${QUEUES}/sales`, org.apiKey)).status).toBe(204);
  });

  test("is not deleted while a campaign names it", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    await addHuman(org, "sales", { name: "Jo", phone: "+14155550123" });
    const config = { transfer_queue: "sales" };
    const path = await create(org, { kind: "outbound", name: "Winter", config });
    await expectRefused(await remove(`${QUEUES}/sales`, org.apiKey), 409, { code: "in_use" });
    expect(await get(org, `${QUEUES}/sales/agents`)).toMatchObject({ body: { total: 1 } });
    // What another organisation's campaigns name is its own queue.
    const other = await createOrganisation();
    await createQueue(other, { name: "sales" });
    expect((await remove(`${QUEUES}/sales`, other.apiKey)).status).toBe(204);
    expect((await remove(path, org.apiKey)).status).toBe(204);
    expect((await remove(`${QUEUES}/sales`, org.apiKey)).status).toBe(204);
  });

  test("that is deleted while a call is offered to somebody leaves them to that call", async () => {
    const org = await createOrganisation();
    const queue = await createQueue(org, { name: "sales" });
    const phone = "+14155550123";
    await addHuman(org, "sales", { name: "Jo", phone, presence: "available" });
    const agents = env.AGENT_QUEUE.getByName(queue.uuid);
    let transferId = "";
    const deleted = await askWhile(org, "DELETE", `${QUEUES}/sales`, undefined, async () => {
      transferId = await reserve(queue.uuid);
    });
    expect(deleted.status).toBe(204);
    expect(await agents.accept(transferId, Date.now() + 60_000)).toBe(true);
    await agents.release(transferId);
    expect(await agents.listHumans({ limit: 9, offset: 0 })).toMatchObject({ total: 0 });
  });
});
