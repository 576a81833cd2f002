import { createExecutionContext, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { AgentQueue } from "../../src/objects/agent-queue.ts";
import worker from "../../src/index.ts";
import { newId } from "../../src/lib/ids.ts";
import { BASE_URL, post, request } from "../support/api.ts";
import { expectRefused, patch, remove } from "../support/json.ts";
import { createKey, createOrganisation, type Organisation } from "../support/organisation.ts";
import { addHuman, createQueue, QUEUES } from "../support/human-queues.ts";

const get = async (org: Organisation, path: string) => {
  const response = await request(path, org.apiKey);
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

type Agents = Pick<AgentQueue, "addHuman" | "findHuman" | "removeHuman">;
type Asked = { [M in keyof Agents]: (...args: Parameters<Agents[M]>) => Promise<ReturnType<Agents[M]>> };

/** Adds Jo to `sales`, by an object of the test's own. */
async function addThrough(org: Organisation, agents: Asked): Promise<Response> {
  const AGENT_QUEUE = new Proxy(env.AGENT_QUEUE, {
    get: (target, name) => (name === "getByName" ? () => agents : Reflect.get(target, name)),
  });
  const headers = { authorization: `Bearer ${org.apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "Jo", phone: "+14155550123" });
  return worker.fetch(
    new Request(`${BASE_URL}${QUEUES}/sales/agents`, { method: "POST", headers, body }),
    { ...env, AGENT_QUEUE },
    createExecutionContext(),
  );
}

describe("a queue", () => {
  test("is created, read, changed, listed and deleted with who is in it", async () => {
    const org = await createOrganisation();
    const created = await post(QUEUES, org.apiKey, { name: "sales_specialist" });
    expect([created.status, created.headers.get("location")]).toEqual([201, `${QUEUES}/sales_specialist`]);
    const queue = await created.json<{ uuid: string }>();
    expect(queue).toEqual({
      uuid: expect.stringMatching(/^que_/),
      name: "sales_specialist",
      accept: "key",
      created_at: expect.stringMatching(/Z$/),
    });
    const path = `${QUEUES}/sales_specialist`;
    expect(await get(org, path)).toEqual({ status: 200, body: queue });
    expect(await (await patch(path, org.apiKey, {})).json()).toEqual(queue);
    const changed = await patch(path, org.apiKey, { accept: "auto" });
    expect([changed.status, await changed.json()]).toEqual([200, { ...queue, accept: "auto" }]);
    const other = await createQueue(org, { name: "2nd-line", accept: "auto" });
    expect(await get(org, QUEUES)).toMatchObject({
      body: { queues: [{ uuid: other.uuid }, { ...queue, accept: "auto" }], total: 2 },
    });
    expect(await get(org, `${QUEUES}?limit=1&offset=1`)).toMatchObject({
      body: { queues: [{ name: "sales_specialist" }], total: 2 },
    });
    await addHuman(org, "sales_specialist", { name: "Jo", phone: "+14155550123" });
    expect((await remove(path, org.apiKey)).status).toBe(204);
    for (const gone of [path, `${path}/agents`]) expect((await get(org, gone)).status).toBe(404);
    expect(await env.AGENT_QUEUE.getByName(queue.uuid).listHumans({ limit: 9, offset: 0 })).toMatchObject({
      total: 0,
    });
    // The name is free again, for a queue of its own.
    await createQueue(org, { name: "sales_specialist" });
    expect(await get(org, `${path}/agents`)).toMatchObject({ body: { agents: [], total: 0 } });
  });

  test.for([
    ["no name", {}, "name"],
    ["a name of capitals", { name: "Sales" }, "name"],
    ["a name that begins with a dash", { name: "-sales" }, "name"],
    ["a name with a blank", { name: "sales team" }, "name"],
    ["a name with a line end", { name: "sales\n" }, "name"],
    ["a name with U+0000", { name: "sales\u0000" }, "name"],
    ["a name too long", { name: "x".repeat(65) }, "name"],
    ["an unknown way to accept", { name: "sales", accept: "shout" }, "accept"],
    ["an unknown field", { name: "sales", colour: "red" }, "colour"],
  ] as const)("is not created with %s", async ([, body, path]) => {
    const org = await createOrganisation();
    await expectRefused(await post(QUEUES, org.apiKey, body), 422, {
      code: "validation_failed",
      errors: [{ path }],
    });
    expect(await get(org, QUEUES)).toMatchObject({ body: { total: 0 } });
  });

  test("has its name alone in the organisation, also when two ask at once, and for good", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    const answers = await Promise.all(
      [1, 2, 3].map(() => post(QUEUES, org.apiKey, { name: "x".repeat(64) })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const refused = answers.filter(({ ok }) => !ok);
    for (const answer of refused) await expectRefused(answer, 409, { code: "already_exists" });
    await createQueue(other, { name: "x".repeat(64) });
    const renamed = await patch(`${QUEUES}/${"x".repeat(64)}`, org.apiKey, { name: "y" });
    await expectRefused(renamed, 422, { errors: [{ path: "name" }] });
  });

  test("of another organisation is not there, nor is what can't be", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    await createQueue(other, { name: "sales" });
    const human = await addHuman(other, "sales", { name: "Jo", phone: "+14155550123" });
    const path = `${QUEUES}/sales`;
    const answers = [
      request(path, org.apiKey),
      patch(path, org.apiKey, { nonsense: 1 }),
      remove(path, org.apiKey),
      request(`${path}/agents`, org.apiKey),
      post(`${path}/agents`, org.apiKey, { nonsense: 1 }),
      request(`${path}/agents/${human.uuid}`, org.apiKey),
      patch(`${path}/agents/${human.uuid}`, org.apiKey, { name: "X" }),
      remove(`${path}/agents/${human.uuid}`, org.apiKey),
    ];
    for (const answer of answers) await expectRefused(await answer, 404, { code: "not_found" });
    // With a queue of that name of its own, the other's people are still not in it.
    await createQueue(org, { name: "sales" });
    expect((await get(org, `${path}/agents/${human.uuid}`)).status).toBe(404);
    for (const name of ["Sales", "%00", "a%20b", "x".repeat(65), "%F0%9F", "que_1"]) {
      expect((await get(org, `${QUEUES}/${name}`)).status).toBe(404);
    }
    expect(await get(other, `${path}/agents`)).toMatchObject({
      body: { total: 1, agents: [{ name: "Jo" }] },
    });
  });

  test("that is deleted while somebody is added keeps nobody behind", async () => {
    const org = await createOrganisation();
    const queue = await createQueue(org, { name: "sales" });
    const agents = env.AGENT_QUEUE.getByName(queue.uuid);
    const added = await addThrough(org, {
      // The deletion comes after the queue was found, and before the person is in it.
      addHuman: async (human) => {
        expect((await remove(`${QUEUES}/sales`, org.apiKey)).status).toBe(204);
        return agents.addHuman(human);
      },
      findHuman: (id) => agents.findHuman(id),
      removeHuman: (id) => agents.removeHuman(id),
    });
    await expectRefused(added, 404, { code: "not_found" });
    expect(await agents.listHumans({ limit: 9, offset: 0 })).toMatchObject({ total: 0 });
  });
});

test("queues and their people need their scopes and draw on their buckets", async () => {
  const org = await createOrganisation();
  await createQueue(org, { name: "sales" });
  const human = await addHuman(org, "sales", { name: "Jo", phone: "+14155550123" });
  const [path, agents] = [`${QUEUES}/sales`, `${QUEUES}/sales/agents`];
  const reads = (key: string | null) =>
    [QUEUES, path, agents, `${agents}/${human.uuid}`].map((p) => request(p, key));
  const writes = (key: string | null) => [
    post(QUEUES, key, { name: "other" }),
    post(agents, key, { name: "Bo", phone: "+14155550124" }),
    patch(path, key ?? "", { accept: "auto" }),
    patch(`${agents}/${human.uuid}`, key ?? "", { name: "Jo Park" }),
    remove(`${agents}/${newId("human")}`, key ?? ""),
  ];
  const statuses = async (answers: Promise<Response>[]) =>
    (await Promise.all(answers)).map(({ status }) => status);
  const reader = await createKey(org.orgId, ["voice:queues:read"]);
  const writer = await createKey(org.orgId, ["voice:queues:write"]);
  expect(await statuses([...reads(null), ...writes(null)])).toEqual(Array(9).fill(401));
  expect(await statuses(reads(reader))).toEqual(Array(4).fill(200));
  expect(await statuses(writes(reader))).toEqual(Array(5).fill(403));
  expect(await statuses(reads(writer))).toEqual(Array(4).fill(403));
  expect(await statuses(writes(writer))).toEqual([201, 201, 200, 200, 404]);
  for (const [to, bucket] of [
    [QUEUES, "create_queue"],
    [agents, "create_human_agent"],
  ] as const) {
    const refused = await post(to, writer, {});
    expect(refused.headers.get("ratelimit-policy")).toBe(`"${bucket}";q=20;w=60`);
  }
  expect((await request(path, reader)).headers.get("ratelimit-policy")).toBe('"default";q=600;w=60');
});

describe("a human agent", () => {
  test("is added, read, changed, listed and removed", async () => {
    const org = await createOrganisation();
    const queue = await createQueue(org, { name: "sales" });
    const agents = `${QUEUES}/sales/agents`;
    const added = await post(agents, org.apiKey, { name: " Jo ", phone: "+14155550123" });
    expect(added.status).toBe(201);
    const human = await added.json<{ uuid: string }>();
    expect(human).toEqual({
      uuid: expect.stringMatching(/^hum_/),
      queue: "sales",
      name: "Jo",
      phone: "+14155550123",
      sip: null,
      presence: "offline",
      is_in_call: false,
      created_at: expect.stringMatching(/Z$/),
    });
    const path = `${agents}/${human.uuid}`;
    expect(added.headers.get("location")).toBe(path);
    expect(await get(org, path)).toEqual({ status: 200, body: human });
    expect(await (await patch(path, org.apiKey, {})).json()).toEqual(human);
    const sip = "sips:jo.park@pbx.example.com:5061;transport=tls";
    const changed = await patch(path, org.apiKey, { sip, presence: "busy", name: "Jo Park" });
    const now = { ...human, name: "Jo Park", phone: null, sip, presence: "busy" };
    expect([changed.status, await changed.json()]).toEqual([200, now]);
    await evictDurableObject(env.AGENT_QUEUE.getByName(queue.uuid));
    expect(await get(org, path)).toEqual({ status: 200, body: now });

    const second = await addHuman(org, "sales", { name: "Bo", phone: "+14155550123", presence: "available" });
    expect(await get(org, agents)).toEqual({ status: 200, body: { agents: [now, second], total: 2 } });
    expect(await get(org, `${agents}?limit=1&offset=1`)).toMatchObject({
      body: { agents: [{ uuid: second.uuid }], total: 2 },
    });
    for (const query of ["limit=0", "offset=x"])
      expect((await get(org, `${agents}?${query}`)).status).toBe(422);
    expect((await remove(path, org.apiKey)).status).toBe(204);
    for (const id of [human.uuid, newId("human"), newId("queue"), "nonsense", "%00"]) {
      expect((await get(org, `${agents}/${id}`)).status).toBe(404);
    }
    expect((await remove(path, org.apiKey)).status).toBe(404);
    expect(await get(org, agents)).toMatchObject({ body: { total: 1 } });
  });

  test("has one address: a new one of either kind takes the old one's place", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    const { uuid } = await addHuman(org, "sales", { name: "Jo", phone: "+14155550123" });
    const path = `${QUEUES}/sales/agents/${uuid}`;
    const steps = [
      [{ phone: null }, 422, "+14155550123", null],
      [{ sip: null }, 200, "+14155550123", null],
      [{ phone: null, sip: null }, 422, "+14155550123", null],
      [{ phone: "+14155550124", sip: "sip:a@b" }, 422, "+14155550123", null],
      [{ phone: null, sip: "sip:a@b" }, 200, null, "sip:a@b"],
      [{ phone: null }, 200, null, "sip:a@b"],
      [{ sip: null }, 422, null, "sip:a@b"],
      [{ sip: "sip:c@d" }, 200, null, "sip:c@d"],
      [{ phone: "+14155550125" }, 200, "+14155550125", null],
    ] as const;
    for (const [change, status, phone, sip] of steps) {
      expect((await patch(path, org.apiKey, change)).status).toBe(status);
      expect(await get(org, path)).toMatchObject({ body: { phone, sip } });
    }
  });

  test("whose address changes in two ways at once has one in the end", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    const { uuid } = await addHuman(org, "sales", { name: "Jo", sip: "sip:a@b" });
    const path = `${QUEUES}/sales/agents/${uuid}`;
    const answers = await Promise.all([
      patch(path, org.apiKey, { phone: "+14155550123" }),
      patch(path, org.apiKey, { phone: null }),
      patch(path, org.apiKey, { name: "Jo Park" }),
      patch(path, org.apiKey, { presence: "available" }),
    ]);
    expect(answers.every(({ status }) => status === 200 || status === 422)).toBe(true);
    expect(await get(org, path)).toMatchObject({
      body: { name: "Jo Park", presence: "available", phone: "+14155550123", sip: null },
    });
  });

  test.for([["US", "IN"], null])(
    "is rung in no country but those that calls may go to: %j",
    async (countries) => {
      const org = await createOrganisation({ allowedCountries: countries });
      await createQueue(org, { name: "sales" });
      const { uuid } = await addHuman(org, "sales", { name: "Jo", phone: "+14155550123" });
      const agents = `${QUEUES}/sales/agents`;
      for (const phone of ["+447911123456", "+88213300000"]) {
        for (const response of [
          await post(agents, org.apiKey, { name: "Bo", phone }),
          await patch(`${agents}/${uuid}`, org.apiKey, { phone, name: "Bo" }),
        ]) {
          await expectRefused(response, 422, { code: "destination_not_allowed" });
        }
      }
      expect(await get(org, agents)).toMatchObject({
        body: { total: 1, agents: [{ name: "Jo", phone: "+14155550123" }] },
      });
      // A SIP address has no country.
      expect((await patch(`${agents}/${uuid}`, org.apiKey, { sip: "sip:jo@pbx.example.com" })).status).toBe(
        200,
      );
    },
  );

  test("has an address of their own in the queue", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    await createQueue(org, { name: "support" });
    const agents = `${QUEUES}/sales/agents`;
    const answers = await Promise.all(
      [1, 2, 3].map(() => post(agents, org.apiKey, { name: "Jo", phone: "+14155550123" })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const other = await addHuman(org, "sales", { name: "Bo", sip: "sip:bo@pbx.example.com" });
    for (const response of [
      await post(agents, org.apiKey, { name: "Jo", sip: "sip:bo@pbx.example.com" }),
      await patch(`${agents}/${other.uuid}`, org.apiKey, { phone: "+14155550123" }),
    ]) {
      await expectRefused(response, 409, { code: "already_exists" });
    }
    expect(await get(org, `${agents}/${other.uuid}`)).toMatchObject({
      body: { sip: "sip:bo@pbx.example.com" },
    });
    // Another queue may have them too.
    await addHuman(org, "support", { name: "Jo", phone: "+14155550123" });
  });

  test.for([
    "sip:jo@pbx.example.com",
    "sips:jo@pbx.example.com",
    "sip:+14155550123@10.0.0.1:5060;transport=tcp;user=phone",
    "sip:jo@[2001:db8::1]:5060",
    "sip:jo_1.x-y%20z@host;lr",
  ])("may be at %s", async (sip) => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    expect(await addHuman(org, "sales", { name: "Jo", sip })).toMatchObject({ sip, phone: null });
  });

  test.for([
    ["no address", {}, "phone"],
    ["two addresses", { phone: "+14155550123", sip: "sip:a@b" }, "phone"],
    ["a phone that is none", { phone: "4155550123" }, "phone"],
    ["a phone with U+0000", { phone: "+14155550123\u0000" }, "phone"],
    ["a SIP address without a scheme", { sip: "jo@pbx.example.com" }, "sip"],
    ["a SIP address of nobody", { sip: "sip:pbx.example.com" }, "sip"],
    ["a SIP address with a blank", { sip: "sip:jo park@pbx.example.com" }, "sip"],
    ["a SIP address with a line end", { sip: "sip:jo@pbx.example.com\n" }, "sip"],
    ["a SIP address with headers", { sip: "sip:jo@pbx.example.com?Subject=x" }, "sip"],
    ["a SIP address with markup", { sip: "sip:jo@pbx.example.com;a=<Hangup/>" }, "sip"],
    ["a SIP address with a password", { sip: "sip:jo:secret@pbx.example.com" }, "sip"],
    ["a SIP address at no port", { sip: "sip:jo@pbx.example.com:65536" }, "sip"],
    ["two SIP addresses in one", { sip: "sip:a@b,sip:c@d" }, "sip"],
    ["a SIP address too long", { sip: `sip:${"x".repeat(250)}@b` }, "sip"],
    ["a name of two lines", { name: "Jo\nPark", phone: "+14155550123" }, "name"],
    ["a name with a lone surrogate", { name: "\ud800", phone: "+14155550123" }, "name"],
    ["an unknown presence", { phone: "+14155550123", presence: "asleep" }, "presence"],
    ["an unknown field", { phone: "+14155550123", queue: "support" }, "queue"],
  ] as const)("is not added with %s", async ([, body, path]) => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    const agents = `${QUEUES}/sales/agents`;
    const response = await post(agents, org.apiKey, { name: "Jo", ...body });
    await expectRefused(response, 422, { code: "validation_failed", errors: [{ path }] });
    expect(await get(org, agents)).toMatchObject({ body: { total: 0 } });
  });

  test("whose object was restarted before it answered is added once", async () => {
    const org = await createOrganisation();
    const agents = env.AGENT_QUEUE.getByName((await createQueue(org, { name: "sales" })).uuid);
    let asked = 0;
    const added = await addThrough(org, {
      addHuman: async (human) => {
        const result = await agents.addHuman(human);
        asked += 1;
        if (asked === 1) throw new Error("The object was restarted");
        return result;
      },
      findHuman: (id) => agents.findHuman(id),
      removeHuman: (id) => agents.removeHuman(id),
    });
    expect([added.status, asked]).toEqual([201, 2]);
    const human = await added.json();
    expect(await get(org, `${QUEUES}/sales/agents`)).toMatchObject({ body: { agents: [human], total: 1 } });
  });

  test("is added once by an Idempotency-Key", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "sales" });
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "human-1" },
      body: JSON.stringify({ name: "Jo", phone: "+14155550123" }),
    };
    const path = `${QUEUES}/sales/agents`;
    const [first, again] = [await request(path, org.apiKey, init), await request(path, org.apiKey, init)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.json()).toEqual(await first.json());
  });
});
