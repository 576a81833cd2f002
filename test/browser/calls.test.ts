// The list of calls, and one call's page.

import type { Page, Route } from "playwright-core";
import { beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { CallTimeline } from "../../src/contract/call-timeline.ts";
import type { CallRecord } from "../../src/contract/calls.ts";
import type { CallList } from "../../src/contract/call-lists.ts";
import type { WebhookDelivery } from "../../src/contract/webhook-logs.ts";
import { newId } from "../../src/lib/ids.ts";
import { expectAccessible } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

type WebhookLog = { logs: WebhookDelivery[]; total: number };

const DETAILS = {
  extraction: {
    product: "Standing Desk Pro",
    delivery: { city: "Bonn", days: 3 },
    colours: ["oak", "black"],
  },
  "next steps": { order: 20260117, price: 1234.5678 },
  qms_scores: { opening: 4, rapport: { score: 5, why: "Asked after the move" } },
};

/** Another area code than the other tests' calls. */
const number = (behaves: string): string => `+1500731${behaves}`;

/** A campaign of this file alone: lists hold calls of others too. */
let campaignId = "";
/** Places more calls in a minute than a key usually may. */
let key = inject("deployment").fullKey;
/** Talked to its end, and analysed; nobody answered. */
let talked = "";
let busy = "";

const PATIENCE = { timeout: 50_000, interval: 250 };

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { url } = inject("deployment");
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function place(to: string): Promise<string> {
  const body = { to, campaign_id: campaignId, contact_name: "Noa Berg" };
  return (await api<{ call_uuid: string }>("POST", "/v1/calls", body)).call_uuid;
}

async function untilCall(id: string, done: (call: CallRecord) => boolean): Promise<CallRecord> {
  return vi.waitFor(async () => {
    const call = await api<CallRecord>("GET", `/v1/calls/${id}`);
    if (!done(call)) throw new Error(`Not yet: ${JSON.stringify(call)}`);
    return call;
  }, PATIENCE);
}

async function createCampaign(name: string, config: object = {}): Promise<string> {
  const { campaignId: demo } = inject("deployment");
  type Campaign = { uuid: string; voice_agent_id: string; carrier_id: string; phone_number: string };
  const { voice_agent_id, carrier_id, phone_number } = await api<Campaign>("GET", `/v1/campaigns/${demo}`);
  const body = { kind: "outbound", name, status: "active", voice_agent_id, carrier_id, phone_number, config };
  return (await api<Campaign>("POST", "/v1/campaigns", body)).uuid;
}

beforeAll(async () => {
  const scopes = ["voice:calls:read", "voice:calls:write", "voice:campaigns:read", "voice:campaigns:write"];
  const limits = { place_call: 600, default: 6_000 };
  const wanted = {
    name: "Lists",
    scopes: [...scopes, "voice:webhooks:read", "voice:webhooks:write"],
    limits,
  };
  key = (await api<{ key: string }>("POST", "/v1/keys", wanted)).key;
  campaignId = await createCampaign("Autumn desks", { max_duration: 60 });
  talked = await place(number("0030"));
  busy = await place(number("0010"));
  for (let n = 0; n < 26; n += 1) await place(`+1500${740 + n}0001`);
  await untilCall(busy, ({ summary }) => summary !== null);
  await untilCall(talked, ({ summary, recording_url: url }) => summary !== null && url !== null);
  await api("POST", `/api/voice/calls/${talked}/metadata`, { key_details: DETAILS });
  await vi.waitFor(async () => {
    const path = `/v1/calls?campaign_id=${campaignId}&status=ended&limit=1`;
    expect((await api<CallList>("GET", path)).total).toBe(28);
  }, PATIENCE);
}, 120_000);

async function openList(page: Page, query = ""): Promise<void> {
  await page.goto(`/desk/calls?campaign_id=${campaignId}${query}`);
  await page.getByRole("table").waitFor();
}

async function openCall(page: Page, id: string): Promise<void> {
  await page.goto(`/desk/calls/${id}`);
  await page.getByRole("heading", { name: "Timeline" }).waitFor();
  await page.getByRole("list", { name: "What happened" }).waitFor();
}

const rowsOf = (page: Page) => page.getByRole("table").locator("tbody tr");
const totalOf = (page: Page, text: string) =>
  page.getByRole("navigation", { name: "Pages" }).getByText(text, { exact: true }).waitFor();

describe("the list", () => {
  test("is filtered by what is chosen, and its address says so", async () => {
    const page = await atDesk();
    await openList(page);
    await totalOf(page, "1–25 of 28");
    await page.getByLabel("Outcome").selectOption("connected");
    await totalOf(page, "1–1 of 1");
    const row = rowsOf(page).nth(0);
    expect(await rowsOf(page).count()).toBe(1);
    for (const text of [number("0030"), "outbound", "Autumn desks", "connected"]) {
      expect(await row.textContent()).toContain(text);
    }
    expect(page.url()).toContain("outcome=connected");
    await page.reload();
    await totalOf(page, "1–1 of 1");
    await page.getByLabel("Outcome").selectOption("no-answer");
    await rowsOf(page).getByText(number("0010")).waitFor();
    await page.getByLabel("Direction").selectOption("inbound");
    await page.getByText("No call matches these filters.").waitFor();
    await page.getByRole("link", { name: "Clear the filters" }).click();
    await rowsOf(page).nth(0).waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  test("can be narrowed to one contact, found by name, and to days", async () => {
    const page = await atDesk();
    await openList(page);
    await page.getByLabel("Contact", { exact: true }).fill(number("0010"));
    await expect.poll(() => page.locator("#found-contacts option").count()).toBe(1);
    await page.getByLabel("Contact", { exact: true }).press("Enter");
    await totalOf(page, "1–1 of 1");
    await page.getByText(`Noa Berg ${number("0010")}`).waitFor();
    await page.getByLabel("From day").fill("2020-01-01");
    await totalOf(page, "1–1 of 1");
    await page.getByLabel("To day").fill("2020-01-02");
    await page.getByText("No call matches these filters.").waitFor();
    await page.getByLabel("To day").fill("");
    await page.getByRole("button", { name: /^Any contact/ }).click();
    await totalOf(page, "1–25 of 28");
  });

  test("is paged by its buttons and by the browser's own", async () => {
    const page = await atDesk();
    await openList(page);
    const first = await rowsOf(page).locator("a").first().getAttribute("href");
    await page.getByRole("button", { name: "Next" }).click();
    await totalOf(page, "26–28 of 28");
    expect(await rowsOf(page).count()).toBe(3);
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Previous" }).click();
    await totalOf(page, "1–25 of 28");
    await page.goBack();
    await totalOf(page, "26–28 of 28");
    await page.goBack();
    await totalOf(page, "1–25 of 28");
    expect(await rowsOf(page).locator("a").first().getAttribute("href")).toBe(first);
    await page.goForward();
    await totalOf(page, "26–28 of 28");
    // The two that were placed first stand last.
    await rowsOf(page)
      .filter({ hasText: number("0030") })
      .getByText("Autumn desks")
      .click();
    await page.getByRole("heading", { level: 1, name: `Call to ${number("0030")}` }).waitFor();
    await page.goBack();
    await totalOf(page, "26–28 of 28");
  });

  test("keeps what was read while it is asked anew, and says why that failed", async () => {
    const page = await atDesk();
    await openList(page);
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("The server can't be reached.").waitFor();
    expect(await rowsOf(page).count()).toBe(25);
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("The server can't be reached.").waitFor({ state: "detached" });
    expectComplaint(/ERR_INTERNET_DISCONNECTED/);
  });
});

describe("a call's page", () => {
  test("shows its record, transcript, key details and timeline", async () => {
    const page = await atDesk("read");
    await openCall(page, talked);
    const call = await api<CallRecord>("GET", `/v1/calls/${talked}`);
    const said = page.getByRole("region", { name: "What was said" });
    expect(await said.getByRole("button").count()).toBe(call.transcript.length);
    for (const { text } of call.transcript) await said.getByText(text, { exact: true }).first().waitFor();
    await page.getByText(call.summary ?? "no summary", { exact: true }).waitFor();
    for (const text of [call.uuid, call.carrier.carrier_call_id ?? "", "agent hangup", "Noa Berg"]) {
      await page.getByText(text, { exact: true }).first().waitFor();
    }
    const found = page.getByRole("region", { name: "What was found out" });
    await found.getByRole("row", { name: "product Standing Desk Pro" }).waitFor();
    await found.getByRole("row", { name: "city Bonn", exact: true }).waitFor();
    await found.getByRole("row", { name: "colours oak, black" }).waitFor();
    // Numbers as they were written, under a name of any words.
    const steps = page.getByRole("region", { name: "next steps" });
    await steps.getByRole("row", { name: "order 20260117", exact: true }).waitFor();
    await steps.getByRole("row", { name: "price 1234.5678", exact: true }).waitFor();
    await page
      .getByRole("region", { name: "Scores" })
      .getByRole("row", { name: "why Asked after the move", exact: true })
      .waitFor();
    const { events } = await api<CallTimeline>("GET", `/v1/calls/${talked}/events`);
    const happened = page.getByRole("list", { name: "What happened" }).getByRole("listitem");
    expect(await happened.count()).toBe(events.length);
    expect(await happened.allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringContaining("A person answered"),
        expect.stringContaining("Recording began"),
        expect.stringContaining("Call ended agent hangup, connected"),
      ]),
    );
    // There is nothing to do to a call that is over.
    const outside = page.locator("main button:not(.line)");
    expect(await outside.count()).toBe(0);
  });

  test("plays the recording in step with the transcript", async () => {
    const page = await atDesk();
    await openCall(page, talked);
    const call = await api<CallRecord>("GET", `/v1/calls/${talked}`);
    const { events } = await api<CallTimeline>("GET", `/v1/calls/${talked}/events`);
    const offset = events.find((event) => event.type === "recording_started")?.offset ?? 0;
    const seconds = () => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime);
    const ranged = page.waitForResponse((response) => response.url().endsWith("/recording"));
    await page.reload();
    expect((await ranged).status()).toBe(206);
    const lines = page.getByRole("region", { name: "What was said" }).getByRole("button");
    const marked = page.locator('.line[aria-current="true"]');
    const markedText = async () =>
      (await marked.count()) === 1 ? marked.locator(".said").textContent() : null;
    await lines.nth(0).waitFor();
    await expect
      .poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.readyState))
      .toBeGreaterThanOrEqual(1);
    await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.play());
    await expect.poll(seconds).toBeGreaterThan(0.2);
    await expect.poll(markedText).toBe(call.transcript[0]?.text);
    const before = await seconds();
    await expect.poll(seconds).toBeGreaterThan(before);
    await expect.poll(markedText, { timeout: 20_000 }).toBe(call.transcript[1]?.text);
    await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.pause());
    const late = call.transcript.length - 2;
    const start = (call.transcript[late]?.timestamp ?? 0) - offset;
    expect(start).toBeGreaterThan(await seconds());
    await lines.nth(late).focus();
    await page.keyboard.press("Enter");
    await expect.poll(seconds).toBeGreaterThanOrEqual(start);
    await expect.poll(markedText).toBe(call.transcript[late]?.text);
    await lines.nth(0).click();
    await expect.poll(seconds).toBeLessThan(start);
  });

  test("says why there is no recording", async () => {
    const page = await atDesk();
    await openCall(page, busy);
    await page.getByText("Nobody was talked with, so nothing was recorded.").waitFor();
    await page.getByText("Nothing was said in this call.").waitFor();
    const silent = await createCampaign("Unrecorded desks", { record: false });
    const body = { to: "+15007320035", campaign_id: silent };
    const { call_uuid: unrecorded } = await api<{ call_uuid: string }>("POST", "/v1/calls", body);
    await untilCall(unrecorded, ({ summary }) => summary !== null);
    await openCall(page, unrecorded);
    await page.getByText("The campaign does not record its calls.").waitFor();
    const never = await place("+15007330032");
    await untilCall(never, ({ summary }) => summary !== null);
    await openCall(page, never);
    await page.getByText("The contact has opted out: the recording is withheld.").waitFor();
    await page.getByText("Customer opted out").waitFor();
  });

  test("follows a call that lives to its end, and what comes after", async () => {
    const page = await atDesk();
    // They talk until they are hung up on.
    const id = await place("+15007340038");
    await openCall(page, id);
    await page.getByText("this page follows it").waitFor();
    // What is new in a log is read out.
    const log = page.getByRole("log", { name: "What was said" });
    await log.locator(".line").nth(3).waitFor();
    await page.getByText("The recording can be heard once the call is over.").waitFor();
    await api("POST", `/api/voice/calls/${id}/end`, { reason: "workflow_close" });
    await page.getByText("this page follows it").waitFor({ state: "detached" });
    expect(await log.count()).toBe(0);
    await page.getByText("End requested").waitFor();
    await page.getByText("Call ended").waitFor();
    await page.getByText("Recording ready").waitFor();
    await page.locator("audio").waitFor();
    const call = await untilCall(id, ({ summary }) => summary !== null);
    await page.getByText(call.summary ?? "no summary", { exact: true }).waitFor();
    expect(await page.locator(".line").count()).toBe(call.transcript.length);
  });

  test("a record that was read just before the recording came is read again", async () => {
    const page = await atDesk();
    await page.route(`**/v1/calls/${talked}`, late, { times: 1 });
    await openCall(page, talked);
    await page.locator("audio").waitFor();

    async function late(route: Route): Promise<void> {
      const response = await route.fetch();
      const record = (await response.json()) as CallRecord;
      await route.fulfill({ json: { ...record, recording_url: null } });
    }
  });

  test("lists what webhooks were told of it", async () => {
    const { url } = inject("deployment");
    const body = { name: "Ledger", url: `${url}/healthz`, events: ["call.ended", "call.no_answer"] };
    const { uuid } = await api<{ uuid: string }>("POST", "/v1/webhooks", body);
    const id = await place("+15007350010");
    const log = `/v1/webhooks/${uuid}/logs?call_uuid=${id}`;
    await expect.poll(() => api<WebhookLog>("GET", log), PATIENCE).toMatchObject({ total: 2 });
    const page = await atDesk("read");
    let isOnItsWay = true;
    await page.route(`**${log}*`, async (route) => {
      const response = await route.fetch();
      const { logs, total } = (await response.json()) as WebhookLog;
      const [status, next_attempt_at] = isOnItsWay ? ["pending", null] : ["delivered", null];
      await route.fulfill({
        json: { total, logs: logs.map((each) => Object.assign(each, { status, next_attempt_at })) },
      });
    });
    await openCall(page, id);
    const table = page.getByRole("region", { name: "Webhook deliveries" }).getByRole("table");
    await expect.poll(() => table.getByRole("row").filter({ hasText: "Ledger" }).count()).toBe(2);
    await table.getByRole("row").filter({ hasText: "call.no_answer" }).getByText("pending").waitFor();
    isOnItsWay = false;
    await table.getByRole("row").filter({ hasText: "call.no_answer" }).getByText("delivered").waitFor();
    expect(await table.getByRole("link", { name: "Ledger" }).first().getAttribute("href")).toBe(
      `/desk/webhooks/${uuid}`,
    );
  });

  test.for(["cal_none", newId("call"), newId("campaign")])("of %s says that there is none", async (id) => {
    const page = await atDesk();
    await page.goto(`/desk/calls/${id}`);
    await page.getByText("There is no such call.").waitFor();
    expectComplaint(/404/);
  });
});

describe.each(["light", "dark"] as const)("in %s", (theme) => {
  test("list and call are accessible", async () => {
    const page = await atDesk("full", { theme });
    await openList(page);
    await expectAccessible(page, `calls, ${theme}`);
    await page.goto(`/desk/calls?campaign_id=${campaignId}&outcome=voicemail`);
    await page.getByText("No call matches these filters.").waitFor();
    await expectAccessible(page, `no calls, ${theme}`);
    await openCall(page, talked);
    await page.locator("audio").waitFor();
    await page.locator("button.line").nth(0).click();
    await page.locator('.line[aria-current="true"]').waitFor();
    await expectAccessible(page, `a call, ${theme}`);
  });
});

test("on a phone nothing scrolls sideways but tables in their boxes", async () => {
  const page = await atDesk("full", { phone: true });
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await openList(page);
  expect(await overflow()).toBe(0);
  await openCall(page, talked);
  expect(await overflow()).toBe(0);
});
