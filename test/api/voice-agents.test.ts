import { expect, test } from "vitest";
import { createKey, createOrganisation } from "../support/organisation.ts";
import { post, request } from "../support/api.ts";

const send = (method: string, path: string, apiKey: string, body: unknown) =>
  request(path, apiKey, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("a voice agent is created with what it lacks, read, changed, listed and deleted", async () => {
  const org = await createOrganisation();
  const created = await post("/v1/voice-agents", org.apiKey, {
    name: " Ben ",
    voice_config: { speaker: "Joanna" },
  });
  expect(created.status).toBe(201);
  const agent: { uuid: string } = await created.json();
  expect(agent).toEqual({
    uuid: expect.stringMatching(/^agt_/),
    name: "Ben",
    role: null,
    description: null,
    avatar_color: null,
    avatar_initials: null,
    voice_config: { speaker: "Joanna", language_code: "en-US" },
    is_active: true,
    created_at: expect.stringMatching(/Z$/),
  });
  const path = `/v1/voice-agents/${agent.uuid}`;
  expect(created.headers.get("location")).toBe(path);

  const changes = {
    role: "Advisor",
    voice_config: { language_code: "de-DE", speaker: null },
    is_active: false,
  };
  const changed = await send("PATCH", path, org.apiKey, changes);
  expect(changed.status).toBe(200);
  const now = { ...agent, role: "Advisor", voice_config: { language_code: "de-DE" }, is_active: false };
  expect(await changed.json()).toEqual(now);
  expect(await (await request(path, org.apiKey)).json()).toEqual(now);

  const list = await request("/v1/voice-agents?limit=1", org.apiKey);
  expect(await list.json()).toEqual({ voice_agents: [now], total: 2 });

  expect((await request(path, org.apiKey, { method: "DELETE" })).status).toBe(204);
  expect((await request(path, org.apiKey)).status).toBe(404);
  expect(await (await request("/v1/voice-agents", org.apiKey)).json()).toMatchObject({ total: 1 });
});

test("a voice agent that a campaign has is not deleted", async () => {
  const org = await createOrganisation();
  const response = await request(`/v1/voice-agents/${org.agentId}`, org.apiKey, { method: "DELETE" });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "in_use" });
  expect((await request(`/v1/voice-agents/${org.agentId}`, org.apiKey)).status).toBe(200);
});

test("a merged voice_config must be valid as a whole", async () => {
  const org = await createOrganisation();
  const path = `/v1/voice-agents/${org.agentId}`;
  const response = await send("PATCH", path, org.apiKey, { voice_config: { language_code: 7 }, role: "X" });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ errors: [{ path: "voice_config.language_code" }] });
  expect(await (await request(path, org.apiKey)).json()).toMatchObject({ role: null });
});

test("a voice_config deeper than anybody means is refused", async () => {
  const org = await createOrganisation();
  const response = await request(`/v1/voice-agents/${org.agentId}`, org.apiKey, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: `{"voice_config":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
  });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ errors: [{ path: "voice_config" }] });
});

test.for([
  ["an unknown field", { pitch: 2 }],
  ["U+0000", { speaker: "a\u0000" }],
  ["no language", { language_code: "english please" }],
] as const)("a voice_config with %s is refused", async ([, voice_config]) => {
  const org = await createOrganisation();
  const path = `/v1/voice-agents/${org.agentId}`;
  expect((await post("/v1/voice-agents", org.apiKey, { name: "Ben", voice_config })).status).toBe(422);
  expect((await send("PATCH", path, org.apiKey, { voice_config })).status).toBe(422);
});

test("changes at the same time are all merged", async () => {
  const org = await createOrganisation();
  const path = `/v1/voice-agents/${org.agentId}`;
  const parts = [{ provider: "Google" }, { model: "m-1" }, { speaker: "Joanna" }];
  const answers = await Promise.all(
    parts.map((voice_config) => send("PATCH", path, org.apiKey, { voice_config })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await (await request(path, org.apiKey)).json()).toMatchObject({
    voice_config: { provider: "Google", model: "m-1", speaker: "Joanna", language_code: "en-US" },
  });
});

test("the headers tell the bucket, and the 21st create of a minute is refused", async () => {
  const org = await createOrganisation();
  const key = await createKey(org.orgId, ["voice:campaigns:write"]);
  const answers: Response[] = [];
  for (let i = 0; i < 21; i += 1) answers.push(await post("/v1/voice-agents", key, { name: `Agent ${i}` }));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  const last = answers.at(-1);
  expect(last?.status).toBe(429);
  expect(last?.headers.get("ratelimit-policy")).toBe('"create_voice_agent";q=20;w=60');
  expect(last?.headers.get("ratelimit")).toMatch(/^"create_voice_agent";r=0;t=[1-3]$/);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
});
