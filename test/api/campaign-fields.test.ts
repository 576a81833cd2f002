import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "../../src/db/client.ts";
import * as tables from "../../src/db/schema.ts";
import { newId } from "../../src/lib/ids.ts";
import { post, request } from "../support/api.ts";
import { addNumber, create, PATH, read, whole } from "../support/campaigns.ts";
import { createQueue, QUEUES } from "../support/human-queues.ts";
import { expectRefused, patch, remove } from "../support/json.ts";
import { createOrganisation, FROM } from "../support/organisation.ts";
import { askWhile } from "../support/overtaken.ts";

const db = openDb(env.DB);
const window = (changes: Record<string, unknown>) => ({
  time_window: { start: "09:00", end: "17:00", timezone: "Europe/Berlin", ...changes },
});

const INVALID: [what: string, body: Record<string, unknown>, path: string][] = [
  ["an unknown field", { colour: "red" }, "colour"],
  ["a name of blanks", { name: "  " }, "name"],
  ["a name with U+0000", { name: "a\u0000b" }, "name"],
  ["a name with a lone surrogate", { name: "a\ud800" }, "name"],
  ["a name too long", { name: "x".repeat(201) }, "name"],
  ["an unknown status", { status: "archived" }, "status"],
  ["an agent's id of the wrong kind", { voice_agent_id: newId("campaign") }, "voice_agent_id"],
  ["an agent's id of no form", { voice_agent_id: "agt_1" }, "voice_agent_id"],
  ["an agent that nobody has", { voice_agent_id: newId("agent") }, "voice_agent_id"],
  ["a carrier's id of the wrong kind", { carrier_id: newId("agent") }, "carrier_id"],
  ["a carrier that nobody has", { carrier_id: newId("carrier"), phone_number: null }, "carrier_id"],
  ["a number that is none", { phone_number: "0049301234567" }, "phone_number"],
  ["a number that the carrier account lacks", { phone_number: "+15550010001" }, "phone_number"],
  ["a number without a carrier account", { carrier_id: null }, "phone_number"],
  ["branches that are no list", { branches: "vip" }, "branches"],
  ["a branch that no contact's tag can be", { branches: ["vip,north"] }, "branches.0"],
  ["a branch that is longer than a tag", { branches: ["x".repeat(51)] }, "branches.0"],
  ["a branch with a control character", { branches: ["a\u0007"] }, "branches.0"],
  ["more branches than 100", { branches: Array.from({ length: 101 }, (_, i) => `t${i}`) }, "branches"],
  ["no branches", { branches: null }, "branches"],
  ["a date that is none", { start_date: "2026-02-29" }, "start_date"],
  ["a date with a time", { end_date: "2026-05-12T00:00:00Z" }, "end_date"],
  ["an end before the start", { start_date: "2026-05-13", end_date: "2026-05-12" }, "end_date"],
  ["an hour that is none", window({ start: "24:00" }), "time_window.start"],
  ["an hour of one digit", window({ end: "9:00" }), "time_window.end"],
  ["a window of no length", window({ end: "09:00" }), "time_window.end"],
  ["a time zone that is none", window({ timezone: "Europe/Atlantis" }), "time_window.timezone"],
  ["an offset for a time zone", window({ timezone: "+05:30" }), "time_window.timezone"],
  ["a time zone with U+0000", window({ timezone: "UTC\u0000" }), "time_window.timezone"],
  [
    "a window that lacks its zone",
    { time_window: { start: "09:00", end: "17:00", timezone: null } },
    "time_window.timezone",
  ],
  ["an unknown field of the window", window({ days: [1] }), "time_window.days"],
  ["a config that is no object", { config: "none" }, "config"],
  ["an unknown field of the config", { config: { tone: "warm" } }, "config.tone"],
  ["a prompt too long", { config: { persona_prompt: "x".repeat(20_001) } }, "config.persona_prompt"],
  ["a prompt with U+0000", { config: { persona_prompt: "a\u0000" } }, "config.persona_prompt"],
  ["a guardrail with a lone surrogate", { config: { guardrails: ["\udfff"] } }, "config"],
  ["a ring timeout beyond reason", { config: { ring_timeout: 601 } }, "config.ring_timeout"],
  ["half a second", { config: { max_duration: 5.5 } }, "config.max_duration"],
  ["a bridge of a moment", { config: { bridge_max_duration: 59 } }, "config.bridge_max_duration"],
  ["a bridge of more than a day", { config: { bridge_max_duration: 86_401 } }, "config.bridge_max_duration"],
  ["a queue that nobody has", { config: { transfer_queue: "sales_team" } }, "config.transfer_queue"],
  ["a queue that can't be", { config: { transfer_queue: "Sales Team" } }, "config.transfer_queue"],
];

describe("a campaign is refused for", () => {
  test.for(INVALID)("%s, when it is created and when it is changed", async ([, body, field]) => {
    const org = await createOrganisation();
    const path = await create(org, whole(org));
    const before = await read(org, path);
    for (const response of [
      await post(PATH, org.apiKey, whole(org, body)),
      await patch(path, org.apiKey, body),
    ]) {
      expect(response.status).toBe(422);
      const refusal = await response.json<{ code: string; errors: { path: string }[] }>();
      expect(refusal.code).toBe("validation_failed");
      expect(refusal.errors.some((error) => error.path.startsWith(field))).toBe(true);
    }
    expect(await read(org, path)).toEqual(before);
    expect(await read(org, PATH)).toMatchObject({ total: 2 });
  });

  test("parts deeper than anybody means", async () => {
    const org = await createOrganisation();
    const deep = `${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`;
    const headers = { "content-type": "application/json" };
    for (const part of ["config", "time_window"]) {
      const created = `{"kind":"inbound","name":"X","${part}":${deep}}`;
      const posted = await request(PATH, org.apiKey, { method: "POST", headers, body: created });
      await expectRefused(posted, 422, { code: "validation_failed" });
      const path = `${PATH}/${org.campaignId}`;
      const patched = await request(path, org.apiKey, {
        method: "PATCH",
        headers,
        body: `{"${part}":${deep}}`,
      });
      await expectRefused(patched, 422, { errors: [{ path: part }] });
    }
  });

  test("a kind that is missing, unknown, or changed", async () => {
    const org = await createOrganisation();
    await expectRefused(await post(PATH, org.apiKey, { name: "X" }), 422, { errors: [{ path: "kind" }] });
    const unknown = await post(PATH, org.apiKey, { name: "X", kind: "both" });
    await expectRefused(unknown, 422, { errors: [{ path: "kind" }] });
    const changed = await patch(`${PATH}/${org.campaignId}`, org.apiKey, { kind: "inbound" });
    await expectRefused(changed, 422, { errors: [{ path: "kind" }] });
  });

  test("an agent, a carrier, a number or a queue of another organisation", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    await addNumber(other, "+15550010077");
    await createQueue(other, { name: "theirs" });
    const path = await create(org, whole(org));
    for (const [body, field] of [
      [{ voice_agent_id: other.agentId }, "voice_agent_id"],
      [{ carrier_id: other.carrierId }, "carrier_id"],
      [{ phone_number: "+15550010077" }, "phone_number"],
      [{ config: { transfer_queue: "theirs" } }, "config.transfer_queue"],
    ] as const) {
      const wanted = { code: "validation_failed", errors: [{ path: field }] };
      await expectRefused(await post(PATH, org.apiKey, whole(org, body)), 422, wanted);
      await expectRefused(await patch(path, org.apiKey, body), 422, wanted);
      // What it refers to is checked before what it lacks.
      const incomplete = { kind: "inbound", name: "X", status: "active", carrier_id: org.carrierId, ...body };
      await expectRefused(await post(PATH, org.apiKey, incomplete), 422, wanted);
    }
  });

  test("an agent that was deleted, also one that is deleted at that very moment", async () => {
    const org = await createOrganisation();
    const created = await post("/v1/voice-agents", org.apiKey, { name: "Ben" });
    const { uuid } = await created.json<{ uuid: string }>();
    const path = await create(org, whole(org));
    const [deleted, posted, patched] = await Promise.all([
      remove(`/v1/voice-agents/${uuid}`, org.apiKey),
      post(PATH, org.apiKey, whole(org, { voice_agent_id: uuid })),
      patch(path, org.apiKey, { voice_agent_id: uuid }),
    ]);
    const taken = [posted.status === 201, patched.status === 200];
    expect(deleted.status).toBe(taken.includes(true) ? 409 : 204);
    for (const [i, response] of [posted, patched].entries()) {
      if (taken[i] === false) await expectRefused(response, 422, { errors: [{ path: "voice_agent_id" }] });
    }
    const agent = await request(`/v1/voice-agents/${uuid}`, org.apiKey);
    expect(agent.status).toBe(taken.includes(true) ? 200 : 404);
  });

  test("a number that went away between reading and writing", async () => {
    const org = await createOrganisation();
    await addNumber(org, "+15550010042");
    const path = await create(org, whole(org));
    const gone = async () => {
      await db.delete(tables.carrierNumbers).where(eq(tables.carrierNumbers.phone, "+15550010042"));
    };
    const response = await askWhile(org, "PATCH", path, { phone_number: "+15550010042" }, gone);
    await expectRefused(response, 422, { errors: [{ path: "phone_number" }] });
    expect(await read(org, path)).toMatchObject({ phone_number: FROM });
  });

  test("a queue that went away between reading and writing", async () => {
    const org = await createOrganisation();
    const path = await create(org, whole(org));
    const config = { transfer_queue: "sales" };
    for (const [method, to, body, kept] of [
      ["POST", PATH, whole(org, { config }), 2],
      ["PATCH", path, { config }, 2],
    ] as const) {
      await createQueue(org, { name: "sales" });
      const gone = async () => {
        expect((await remove(`${QUEUES}/sales`, org.apiKey)).status).toBe(204);
      };
      const response = await askWhile(org, method, to, body, gone);
      await expectRefused(response, 422, { errors: [{ path: "config.transfer_queue" }] });
      expect(await read(org, PATH)).toMatchObject({ total: kept });
    }
    expect(await read(org, path)).toMatchObject({ config: { max_duration: 600 } });
  });
});
