import { describe, expect, test } from "vitest";
import { newId } from "../../src/lib/ids.ts";
import { place, post, request } from "../support/api.ts";
import { addNumber, create, PATH, read, whole } from "../support/campaigns.ts";
import { twilio } from "../support/carrier-accounts.ts";
import { createQueue } from "../support/human-queues.ts";
import { callIn, createDesk } from "../support/inbound.ts";
import { expectRefused, patch, remove } from "../support/json.ts";
import { createKey, createOrganisation, FROM } from "../support/organisation.ts";
import { askWhile } from "../support/overtaken.ts";

describe("a campaign", () => {
  test("is created with what it lacks, read, changed, listed and deleted", async () => {
    const org = await createOrganisation();
    const created = await post(PATH, org.apiKey, { kind: "outbound", name: " Winter " });
    expect(created.status).toBe(201);
    const campaign = await created.json<{ uuid: string; config: object }>();
    expect(campaign).toEqual({
      uuid: expect.stringMatching(/^flw_/),
      kind: "outbound",
      name: "Winter",
      status: "draft",
      voice_agent_id: null,
      carrier_id: null,
      phone_number: null,
      branches: [],
      start_date: null,
      end_date: null,
      time_window: null,
      config: {
        guardrails: [],
        extraction: [],
        record: true,
        voicemail: "hang_up",
        ring_timeout: 30,
        max_duration: 600,
        bridge_max_duration: 14_400,
      },
      created_at: expect.stringMatching(/Z$/),
    });
    const path = `${PATH}/${campaign.uuid}`;
    expect(created.headers.get("location")).toBe(path);

    await createQueue(org, { name: "sales_specialist" });
    const changes = {
      name: "Spring",
      status: "active",
      voice_agent_id: org.agentId,
      carrier_id: org.carrierId,
      phone_number: FROM,
      branches: ["vip", "north", "vip"],
      start_date: "2026-03-01",
      end_date: "2026-03-01",
      time_window: { start: "22:00", end: "06:00", timezone: "Asia/Kolkata" },
      config: { persona_prompt: "Be\nbrief.", transfer_queue: "sales_specialist", ring_timeout: 20 },
    };
    const changed = await patch(path, org.apiKey, changes);
    expect(changed.status).toBe(200);
    const now = {
      ...campaign,
      ...changes,
      branches: ["vip", "north"],
      config: { ...campaign.config, ...changes.config },
    };
    expect(await changed.json()).toEqual(now);
    expect(await read(org, path)).toEqual(now);
    expect(await read(org, `${PATH}?limit=1`)).toEqual({ campaigns: [now], total: 2 });

    const merge = {
      time_window: { start: "08:30", end: "18:00" },
      config: { ring_timeout: null, transfer_queue: null, record: false },
      start_date: null,
    };
    expect(await (await patch(path, org.apiKey, merge)).json()).toEqual({
      ...now,
      start_date: null,
      time_window: { start: "08:30", end: "18:00", timezone: "Asia/Kolkata" },
      config: { ...campaign.config, persona_prompt: "Be\nbrief.", record: false },
    });
    expect(await (await patch(path, org.apiKey, { time_window: null })).json()).toMatchObject({
      time_window: null,
      name: "Spring",
    });

    expect((await remove(path, org.apiKey)).status).toBe(204);
    for (const gone of [request(path, org.apiKey), patch(path, org.apiKey, {}), remove(path, org.apiKey)]) {
      expect((await gone).status).toBe(404);
    }
    expect(await read(org, PATH)).toMatchObject({ total: 1 });
  });

  test("is created whole in one go, and read back as it was sent", async () => {
    const org = await createOrganisation();
    await createQueue(org, { name: "support_team" });
    const body = {
      ...whole(org, {
        status: "active",
        branches: ["vip"],
        start_date: "2028-02-29",
        end_date: "2028-03-01",
      }),
      time_window: { start: "00:00", end: "23:59", timezone: "UTC" },
      config: {
        persona_prompt: "You are Aria.",
        recording_disclosure: "This call is recorded.",
        guardrails: ["Never promise a discount."],
        record: false,
        voicemail: "leave_message",
        voicemail_message: "Call us back.",
        ring_timeout: 5,
        max_duration: 14_400,
        transfer_queue: "support_team",
        bridge_max_duration: 60,
      },
    };
    expect(await read(org, await create(org, body))).toMatchObject(body);
  });

  test("an empty change changes nothing", async () => {
    const org = await createOrganisation();
    const path = `${PATH}/${org.campaignId}`;
    const before = await read(org, path);
    const response = await patch(path, org.apiKey, {});
    expect([response.status, await response.json()]).toEqual([200, before]);
  });

  test("lists are filtered by status and kind, newest first", async () => {
    const org = await createOrganisation();
    const paused = await create(org, { kind: "inbound", name: "A", status: "paused" });
    const draft = await create(org, { kind: "inbound", name: "B" });
    const ids = async (query: string) => {
      const list = await (
        await request(`${PATH}?${query}`, org.apiKey)
      ).json<{
        campaigns: { uuid: string }[];
        total: number;
      }>();
      return [list.campaigns.map(({ uuid }) => `${PATH}/${uuid}`), list.total];
    };
    const first = `${PATH}/${org.campaignId}`;
    expect(await ids("")).toEqual([[draft, paused, first], 3]);
    expect(await ids("limit=1&offset=1")).toEqual([[paused], 3]);
    expect(await ids("kind=inbound")).toEqual([[draft, paused], 2]);
    expect(await ids("status=paused")).toEqual([[paused], 1]);
    expect(await ids("status=active&kind=inbound")).toEqual([[], 0]);
    for (const query of ["status=gone", "kind=both", "limit=0", "limit=101", "offset=-1"]) {
      expect((await request(`${PATH}?${query}`, org.apiKey)).status).toBe(422);
    }
  });

  test("of another organisation is not there", async () => {
    const [org, other] = [await createOrganisation(), await createOrganisation()];
    const path = `${PATH}/${other.campaignId}`;
    const answers = [
      request(path, org.apiKey),
      patch(path, org.apiKey, { name: "X" }),
      // What is wrong with the body is not said of what is not there.
      patch(path, org.apiKey, { nonsense: 1 }),
      remove(path, org.apiKey),
    ];
    for (const answer of answers) await expectRefused(await answer, 404, { code: "not_found" });
    expect(await read(other, path)).toMatchObject({ name: "Standing desks", status: "active" });
    for (const id of ["nonsense", newId("agent"), newId("campaign"), "%00", "%F0%9F"]) {
      expect((await request(`${PATH}/${id}`, org.apiKey)).status).toBe(404);
    }
  });

  test("needs its scope, and the 21st create of a minute is refused", async () => {
    const org = await createOrganisation();
    const reader = await createKey(org.orgId, ["voice:campaigns:read"]);
    const writer = await createKey(org.orgId, ["voice:campaigns:write"]);
    const path = `${PATH}/${org.campaignId}`;
    const statuses = async (key: string | null) => [
      (await request(PATH, key)).status,
      (await request(path, key)).status,
      (await post(PATH, key, { kind: "outbound", name: "X" })).status,
      (await patch(path, key ?? "", { name: "Y" })).status,
    ];
    expect(await statuses(null)).toEqual([401, 401, 401, 401]);
    expect(await statuses(reader)).toEqual([200, 200, 403, 403]);
    expect(await statuses(writer)).toEqual([403, 403, 201, 200]);
    for (let i = 0; i < 19; i += 1) {
      expect((await post(PATH, writer, { kind: "outbound", name: `Campaign ${i}` })).status).toBe(201);
    }
    const last = await post(PATH, writer, { kind: "outbound", name: "One too many" });
    expect([last.status, last.headers.get("ratelimit-policy")]).toEqual([429, '"create_campaign";q=20;w=60']);
  });

  test("is created once by an Idempotency-Key", async () => {
    const org = await createOrganisation();
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "campaign-1" },
      body: JSON.stringify({ kind: "outbound", name: "Once" }),
    };
    const [first, second] = [await request(PATH, org.apiKey, init), await request(PATH, org.apiKey, init)];
    expect([first.status, second.status, second.headers.get("idempotent-replayed")]).toEqual([
      201,
      201,
      "true",
    ]);
    expect(await second.json()).toEqual(await first.json());
    expect(await read(org, PATH)).toMatchObject({ total: 2 });
  });
});

describe("an active campaign", () => {
  test.for(["voice_agent_id", "carrier_id", "phone_number"])("needs its %s", async (field) => {
    const org = await createOrganisation();
    const lacking = whole(org, {
      [field]: null,
      ...(field === "carrier_id" ? { phone_number: null } : {}),
    });
    const refused = await post(PATH, org.apiKey, { ...lacking, status: "active" });
    await expectRefused(refused, 409, {
      code: "campaign_incomplete",
      detail: expect.stringContaining(field),
    });
    const path = await create(org, lacking);
    const activated = await patch(path, org.apiKey, { status: "active" });
    await expectRefused(activated, 409, {
      code: "campaign_incomplete",
      detail: expect.stringContaining(field),
    });
    expect(await read(org, path)).toMatchObject({ status: "draft" });

    const active = `${PATH}/${org.campaignId}`;
    const before = await read(org, active);
    const cleared = await patch(active, org.apiKey, { [field]: null });
    await expectRefused(cleared, 409, {
      code: "campaign_incomplete",
      detail: expect.stringContaining(field),
    });
    expect(await read(org, active)).toEqual(before);
    // Paused in the same breath it may.
    const nothing = { status: "paused", [field]: null, phone_number: null };
    expect((await patch(active, org.apiKey, nothing)).status).toBe(200);
  });

  test("says all that it lacks", async () => {
    const org = await createOrganisation();
    const refused = await post(PATH, org.apiKey, { kind: "inbound", name: "X", status: "active" });
    const detail = "To be active the campaign needs voice_agent_id, carrier_id, phone_number.";
    await expectRefused(refused, 409, { code: "campaign_incomplete", detail });
  });

  test("that comes in has its number alone; outbound ones share it", async () => {
    const org = await createOrganisation();
    await addNumber(org, "+15550010002");
    const first = await create(org, whole(org, { status: "active" }));
    const second = await create(org, whole(org));
    const third = await create(org, whole(org, { status: "active", phone_number: "+15550010002" }));
    for (const response of [
      await post(PATH, org.apiKey, whole(org, { status: "active" })),
      await patch(second, org.apiKey, { status: "active" }),
      await patch(third, org.apiKey, { phone_number: FROM, name: "Renamed" }),
    ]) {
      await expectRefused(response, 409, { code: "number_in_use" });
    }
    expect(await read(org, second)).toMatchObject({ status: "draft" });
    expect(await read(org, third)).toMatchObject({ phone_number: "+15550010002", name: "Front desk" });
    await create(org, whole(org, { kind: "outbound", status: "active" }));
    await patch(first, org.apiKey, { status: "paused" });
    expect((await patch(second, org.apiKey, { status: "active" })).status).toBe(200);
    await expectRefused(await patch(first, org.apiKey, { status: "active" }), 409, { code: "number_in_use" });
    // A deleted one takes up no number.
    expect((await remove(second, org.apiKey)).status).toBe(204);
    expect((await patch(first, org.apiKey, { status: "active" })).status).toBe(200);
  });

  test("that comes in has its number alone also among carrier accounts", async () => {
    const org = await createOrganisation();
    const account = twilio({ numbers: [FROM] });
    const other = await (await post("/v1/carriers", org.apiKey, account)).json<{ uuid: string }>();
    await create(org, whole(org, { status: "active" }));
    const second = whole(org, { status: "active", carrier_id: other.uuid });
    await expectRefused(await post(PATH, org.apiKey, second), 409, { code: "number_in_use" });
    await create(org, { ...second, status: "paused" });
    const stranger = await createOrganisation();
    await create(stranger, whole(stranger, { status: "active" }));
  });

  test("of two that are activated at once on one number one wins", async () => {
    const org = await createOrganisation();
    const paths = [await create(org, whole(org)), await create(org, whole(org))];
    const answers = await Promise.all([
      ...paths.map((path) => patch(path, org.apiKey, { status: "active" })),
      post(PATH, org.apiKey, whole(org, { status: "active" })),
    ]);
    const refused = answers.filter(({ ok }) => !ok);
    expect(refused).toHaveLength(2);
    for (const response of refused) await expectRefused(response, 409, { code: "number_in_use" });
    expect(await read(org, `${PATH}?kind=inbound&status=active`)).toMatchObject({ total: 1 });
  });
});

describe("changes at the same time", () => {
  test("are all merged", async () => {
    const org = await createOrganisation();
    const path = await create(org, whole(org));
    const changes = [
      { name: "Renamed" },
      { config: { record: false } },
      { config: { guardrails: ["Be kind."] } },
      { config: { ring_timeout: 12 } },
      { branches: ["vip"] },
      { time_window: { start: "09:00", end: "17:00", timezone: "UTC" } },
      { end_date: "2027-01-01" },
    ];
    const answers = await Promise.all(changes.map((change) => patch(path, org.apiKey, change)));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    expect(await read(org, path)).toMatchObject({
      name: "Renamed",
      config: { record: false, guardrails: ["Be kind."], ring_timeout: 12 },
      branches: ["vip"],
      time_window: { timezone: "UTC" },
      end_date: "2027-01-01",
    });
  });

  test("are judged together: what one took away the other can't need", async () => {
    const org = await createOrganisation();
    const path = await create(org, whole(org));
    const [cleared, activated] = await Promise.all([
      patch(path, org.apiKey, { phone_number: null }),
      patch(path, org.apiKey, { status: "active" }),
    ]);
    const codes = [cleared, activated].map(({ status }) => status).toSorted();
    expect(codes).toEqual([200, 409]);
    const { status, phone_number } = await read(org, path);
    expect(status === "active").toBe(phone_number !== null);
  });

  test("a change that meets another is merged into it, and one that meets a deletion is 404", async () => {
    const org = await createOrganisation();
    const path = await create(org, whole(org));
    const rival = { config: { ring_timeout: 9 }, start_date: "2026-06-01" };
    const merged = await askWhile(org, "PATCH", path, { config: { record: false } }, async () => {
      expect((await patch(path, org.apiKey, rival)).status).toBe(200);
    });
    expect(await merged.json()).toMatchObject({
      config: { record: false, ring_timeout: 9 },
      start_date: "2026-06-01",
    });
    const unfit = await askWhile(org, "PATCH", path, { end_date: "2026-06-30" }, async () => {
      expect((await patch(path, org.apiKey, { start_date: "2026-07-01" })).status).toBe(200);
    });
    await expectRefused(unfit, 422, { errors: [{ path: "end_date" }] });
    const gone = await askWhile(org, "PATCH", path, { name: "Too late" }, async () => {
      expect((await remove(path, org.apiKey)).status).toBe(204);
    });
    await expectRefused(gone, 404, { code: "not_found" });
  });
});

describe("a deleted campaign", () => {
  test("makes no call and takes none; its calls stay", async () => {
    const org = await createDesk({}, { campaignConfig: { max_duration: 8 } });
    const callId = await place({ ...org }, "+15005550010");
    expect((await callIn(org)).status).toBe(200);
    for (const id of [org.campaignId, org.inboundId]) {
      expect((await remove(`${PATH}/${id}`, org.apiKey)).status).toBe(204);
    }
    const refused = await post("/v1/calls", org.apiKey, { to: "+15005550030", campaign_id: org.campaignId });
    await expectRefused(refused, 404, { code: "campaign_not_found" });
    expect(await (await callIn(org)).text()).toContain("not in service");
    expect(await (await request(`/v1/calls/${callId}`, org.apiKey)).json()).toMatchObject({
      campaign_uuid: org.campaignId,
    });
    // Nobody speaks for it any more, so its agent may go too.
    expect((await remove(`/v1/voice-agents/${org.agentId}`, org.apiKey)).status).toBe(204);
  });
});
