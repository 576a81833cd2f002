import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import worker from "../../src/index.ts";
import { BASE_URL, request } from "../support/api.ts";
import { addHuman, createQueue, QUEUES, reserve } from "../support/human-queues.ts";
import { expectRefused, patch, remove } from "../support/json.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";

const PATH = "/api/voice/calls/agent-availability";

async function ask(org: Organisation, target: string) {
  const response = await request(`${PATH}?target=${target}`, org.apiKey);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return response.json();
}

test("a queue tells whether somebody is free, and how many calls it is offered", async () => {
  const org = await createOrganisation();
  const queue = await createQueue(org, { name: "sales_specialist" });
  expect(await ask(org, "sales_specialist")).toEqual({
    target: "sales_specialist",
    available: false,
    queue_depth: 0,
    checked_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const jo = await addHuman(org, "sales_specialist", { name: "Jo", phone: "+14155550123" });
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: false });
  await patch(`${QUEUES}/sales_specialist/agents/${jo.uuid}`, org.apiKey, { presence: "available" });
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: true, queue_depth: 0 });
  const first = await reserve(queue.uuid);
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: false, queue_depth: 1 });
  await addHuman(org, "sales_specialist", {
    name: "Bo",
    sip: "sip:bo@pbx.example.com",
    presence: "available",
  });
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: true, queue_depth: 1 });
  const second = await reserve(queue.uuid);
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: false, queue_depth: 2 });
  // Who talks is not free, and their call waits no more.
  const agents = env.AGENT_QUEUE.getByName(queue.uuid);
  await agents.accept(first, Date.now() + 60_000);
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: false, queue_depth: 1 });
  await agents.release(second);
  expect(await ask(org, "sales_specialist")).toMatchObject({ available: true, queue_depth: 0 });
});

test("a target that is unknown, gone, another organisation's or impossible is 404, and a missing one 422", async () => {
  const [org, other] = [await createOrganisation(), await createOrganisation()];
  await createQueue(other, { name: "sales" });
  await createQueue(org, { name: "gone" });
  await remove(`${QUEUES}/gone`, org.apiKey);
  for (const target of ["sales", "gone", "Sales", "%00", "a%20b", "x".repeat(3_000), "%F0%9F"]) {
    const response = await request(`${PATH}?target=${target}`, org.apiKey);
    expect(response.headers.get("cache-control")).toBe("no-store");
    await expectRefused(response, 404, { code: "queue_not_found" });
  }
  for (const query of ["", "?target=", "?target=a&target=b", "?queue=sales"]) {
    const wanted = { code: "validation_failed", errors: [{ path: "target" }] };
    await expectRefused(await request(`${PATH}${query}`, org.apiKey), 422, wanted);
  }
});

test("needs voice:calls:read, and answers 30 times a minute", async () => {
  const org = await createOrganisation();
  await createQueue(org, { name: "sales" });
  const path = `${PATH}?target=sales`;
  expect((await request(path, null)).status).toBe(401);
  const stranger = await createKey(org.orgId, ["voice:queues:read", "voice:calls:write"]);
  expect((await request(path, stranger)).status).toBe(403);
  const key = await createKey(org.orgId, ["voice:calls:read"]);
  const answers = await Promise.all(Array.from({ length: 31 }, () => request(path, key)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get("ratelimit-policy")).toBe('"agent_availability";q=30;w=60');
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("an object that was just restarted is asked anew", async () => {
  const org = await createOrganisation();
  await createQueue(org, { name: "sales" });
  let asked = 0;
  const AGENT_QUEUE = new Proxy(env.AGENT_QUEUE, {
    get: (target, name) =>
      name === "getByName"
        ? (id: string) => {
            asked += 1;
            if (asked > 1) return target.getByName(id);
            return { availability: () => Promise.reject(new Error("The object was restarted")) };
          }
        : Reflect.get(target, name),
  });
  const response = await worker.fetch(
    new Request(`${BASE_URL}${PATH}?target=sales`, { headers: { authorization: `Bearer ${org.apiKey}` } }),
    { ...env, AGENT_QUEUE },
    createExecutionContext(),
  );
  expect([response.status, asked]).toEqual([200, 2]);
});
