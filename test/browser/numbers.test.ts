// The page of numbers, against the calls that are placed here, in a campaign of their own.

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, inject, test, vi } from "vitest";
import { askApi } from "./support/api.ts";
import type { CallList } from "../../src/contract/call-lists.ts";
import type { CallSummary } from "../../src/contract/calls.ts";
import type { Campaign } from "../../src/contract/campaigns.ts";
import { expectAccessible } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

const NAME = "Numbers: autumn desks";
const DAY_MS = 86_400_000;

/** Two who talk, a mailbox, two who are busy, and a number that is none. */
const CALLED = ["0030", "0034", "0020", "0010", "0010", "0002"] as const;

let campaignId = "";
let calls: CallSummary[] = [];

beforeAll(async () => {
  const { campaignId: model } = inject("deployment");
  const { voice_agent_id, carrier_id, phone_number } = await askApi<Campaign>(
    "GET",
    `/v1/campaigns/${model}`,
  );
  const campaign = {
    kind: "outbound",
    name: NAME,
    status: "active",
    voice_agent_id,
    carrier_id,
    phone_number,
  };
  campaignId = (await askApi<Campaign>("POST", "/v1/campaigns", campaign)).uuid;
  for (const [index, behaves] of CALLED.entries()) {
    const to = `+1500${430 + index}${behaves}`;
    await askApi("POST", "/v1/calls", { to, campaign_id: campaignId });
  }
  const settle = async (): Promise<void> => {
    ({ calls } = await askApi<CallList>("GET", `/v1/calls?campaign_id=${campaignId}`));
    // What was said is judged a little after the end.
    const settled = calls.filter(
      (call) => call.status === "ended" && (call.outcome !== "connected" || call.sentiment !== null),
    );
    if (settled.length < CALLED.length) throw new Error(`Not settled yet: ${JSON.stringify(calls)}`);
  };
  await vi.waitFor(settle, { timeout: 55_000, interval: 300 });
});

const CHARTS = [
  "Calls per day by outcome",
  "Connect rate per day",
  "Talk time per day",
  "Sentiment per day",
] as const;

async function openNumbers(page: Page, query = `days=7&campaign_id=${campaignId}`): Promise<void> {
  await page.goto(`/desk/numbers?${query}`);
  await page.getByRole("heading", { level: 1, name: "Numbers" }).waitFor();
}

/** What stands in a chart's table: the columns by day. */
async function tableOf(
  page: Page,
  chart: string,
): Promise<{ columns: string[]; days: Record<string, string[]> }> {
  const section = page.getByRole("region", { name: chart, exact: true });
  const details = section.locator("details");
  if (!(await details.evaluate((element) => (element as HTMLDetailsElement).open))) {
    await section.getByText("Show as table").click();
  }
  const table = section.getByRole("table");
  await table.waitFor();
  return table.evaluate((element) => {
    const text = (cell: Element): string => cell.textContent ?? "";
    const rows = [...element.querySelectorAll("tbody tr")].map((row) => [
      row.querySelector("time")?.dateTime ?? "",
      [...row.querySelectorAll("td")].map(text),
    ]);
    return { columns: [...element.querySelectorAll("thead th")].map(text), days: Object.fromEntries(rows) };
  });
}

async function figureOf(page: Page, name: string): Promise<string> {
  const figure = page.locator(".figure", { has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });
  return (await figure.locator("dd").textContent()) ?? "";
}

const drawn = (page: Page) => page.getByRole("img", { name: /per day/ });

/** How many colours other than nothing a canvas has. */
async function coloursOf(page: Page, chart: string): Promise<string[]> {
  return page.getByRole("img", { name: chart }).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] !== 255) continue;
      const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 20).map(([colour]) => colour);
  });
}

const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Ours of a day; of all days without one. */
function ours(date?: string) {
  const of = calls.filter((call) => date === undefined || call.started_at.startsWith(date));
  const connected = of.filter(({ outcome }) => outcome === "connected");
  const count = (outcome: string): number => of.filter((call) => call.outcome === outcome).length;
  const felt = (sentiment: string): number => connected.filter((call) => call.sentiment === sentiment).length;
  return {
    total: of.length,
    outcomes: [connected.length, count("voicemail"), count("no-answer"), count("failed")],
    rate: of.length === 0 ? "–" : `${Math.round((connected.length / of.length) * 100)}%`,
    talk: connected.reduce((sum, { duration }) => sum + (duration ?? 0), 0),
    connected: connected.length,
    feelings: [felt("positive"), felt("neutral"), felt("negative")],
  };
}

test("the figures and the charts' tables say what the calls amounted to", async () => {
  expect(ours()).toMatchObject({ total: 6, outcomes: [2, 1, 2, 1] });
  const page = await atDesk();
  await openNumbers(page);
  await drawn(page).first().waitFor();
  expect(await figureOf(page, "Calls")).toBe("6");
  expect(await figureOf(page, "Connected")).toBe("2");
  expect(await figureOf(page, "Connect rate")).toBe("33%");
  expect(await figureOf(page, "Talk time")).toBe(clock(ours().talk));
  expect(await figureOf(page, "Average duration")).toBe(clock(Math.round(ours().talk / 2)));
  const [positive, neutral, negative] = ours().feelings;
  expect(await figureOf(page, "Sentiment")).toBe(
    `${positive} positive${neutral} neutral${negative} negative`,
  );

  const outcomes = await tableOf(page, "Calls per day by outcome");
  expect(outcomes.columns).toEqual(["Day (UTC)", "Connected", "Voicemail", "No answer", "Failed"]);
  const dates = Object.keys(outcomes.days);
  expect(dates).toHaveLength(7);
  const [rates, talk, feelings] = [
    await tableOf(page, "Connect rate per day"),
    await tableOf(page, "Talk time per day"),
    await tableOf(page, "Sentiment per day"),
  ];
  for (const date of dates) {
    const expected = ours(date);
    expect(outcomes.days[date], date).toEqual(expected.outcomes.map(String));
    expect(rates.days[date], date).toEqual([expected.rate]);
    expect(talk.days[date], date).toEqual([clock(expected.talk)]);
    expect(feelings.days[date], date).toEqual(expected.feelings.map(String));
  }
});

test("another range, and other campaigns, change the address and the numbers", async () => {
  const page = await atDesk();
  await openNumbers(page);
  await drawn(page).first().waitFor();
  await page.getByRole("button", { name: "90 days" }).click();
  await page.waitForURL((url) => url.searchParams.get("days") === "90");
  await expect.poll(async () => Object.keys((await tableOf(page, CHARTS[0])).days).length).toBe(90);
  expect(await page.getByRole("button", { name: "90 days" }).getAttribute("aria-pressed")).toBe("true");

  const yesterday = isoDate(Date.parse(calls[0]?.started_at ?? "") - 2 * DAY_MS);
  await page.getByLabel("From").fill(isoDate(Date.parse(yesterday) - DAY_MS));
  await page.getByLabel("To", { exact: true }).fill(yesterday);
  await page.getByText("No calls ended in this range.").waitFor();
  const address = new URL(page.url()).searchParams;
  expect(Object.fromEntries(address)).toEqual({
    date_from: isoDate(Date.parse(yesterday) - DAY_MS),
    date_to: yesterday,
    campaign_id: campaignId,
  });
  await page.reload();
  await page.getByText("No calls ended in this range.").waitFor();
  expect(await page.getByLabel("To", { exact: true }).inputValue()).toBe(yesterday);

  await page.getByRole("button", { name: "7 days" }).click();
  await expect.poll(() => figureOf(page, "Calls")).toBe("6");
  expect(await page.getByLabel("Campaign").locator("option:checked").textContent()).toBe(NAME);
  await page.getByLabel("Campaign").selectOption({ label: "All campaigns" });
  await page.waitForURL((url) => !url.searchParams.has("campaign_id"));
  await expect.poll(async () => Number(await figureOf(page, "Calls"))).toBeGreaterThanOrEqual(6);
  await page.getByLabel("Campaign").selectOption({ label: NAME });
  await page.waitForURL((url) => url.searchParams.get("campaign_id") === campaignId);
});

describe("the charts", () => {
  test("are drawn in their own colours, and told in words", async () => {
    const page = await atDesk();
    await openNumbers(page);
    await expect.poll(() => drawn(page).count()).toBe(4);
    const light = await coloursOf(page, CHARTS[0]);
    const tones = await page
      .getByRole("region", { name: CHARTS[0], exact: true })
      .locator("li .tone")
      .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark).backgroundColor));
    expect(tones).toHaveLength(4);
    expect(light).toEqual(expect.arrayContaining(tones));
    for (const chart of CHARTS) expect((await coloursOf(page, chart)).length, chart).toBeGreaterThan(0);
    expect(await page.getByRole("img", { name: CHARTS[0] }).getAttribute("aria-label")).toMatch(
      /Connected: 2, Voicemail: 1, No answer: 2, Failed: 1 in all\. The most on .*: [3-6]\.$/,
    );
    await page.emulateMedia({ colorScheme: "dark" });
    await expect
      .poll(async () => (await coloursOf(page, CHARTS[0])).filter((colour) => tones.includes(colour)))
      .toEqual([]);
    expect((await coloursOf(page, CHARTS[0])).length).toBeGreaterThanOrEqual(4);
  });

  test("say the values of the day that the pointer is at, all of them", async () => {
    const page = await atDesk();
    await openNumbers(page, `days=7&campaign_id=${campaignId}`);
    await expect.poll(() => drawn(page).count()).toBe(4);
    const section = page.getByRole("region", { name: CHARTS[0], exact: true });
    const [legend, day] = [section.locator(".legend"), section.locator(".chart-head .hint")];
    expect(await legend.textContent()).toMatch(/Connected 2.*No answer 2/);
    expect(await day.textContent()).toBe("All days");
    const over = page.locator(".u-over").first();
    const box = await over.boundingBox();
    expect(box?.width).toBeGreaterThan(300);
    const { days } = await tableOf(page, CHARTS[0]);
    const dates = Object.keys(days).toSorted();
    await over.hover({ position: { x: 10, y: 100 } });
    await expect.poll(() => legend.textContent()).toMatch(/Connected 0.*No answer 0/);
    expect(await day.textContent()).toMatch(/^\w{3}, /);
    await over.hover({ position: { x: (box?.width ?? 0) - 10, y: 100 } });
    const [connected] = days[dates.at(-1) ?? ""] ?? [];
    await expect.poll(() => legend.textContent()).toContain(`Connected ${connected} `);
    expect(await page.locator(".chart-head .hint").allTextContents()).not.toContain("All days");
    await page.getByRole("heading", { level: 1 }).hover();
    await expect.poll(() => day.textContent()).toBe("All days");
    expect(await legend.textContent()).toMatch(/Connected 2.*No answer 2/);
  });

  test("are as wide as there is room", async () => {
    const page = await atDesk();
    await openNumbers(page);
    await expect.poll(() => drawn(page).count()).toBe(4);
    const widthOf = async () => (await drawn(page).first().boundingBox())?.width ?? 0;
    const wide = await widthOf();
    await page.setViewportSize({ width: 1_100, height: 800 });
    await expect.poll(widthOf).toBeLessThan(wide);
  });

  test("that can't be loaded leave their numbers, and are tried again", async () => {
    const page = await atDesk();
    await page.route("**/draw-*.js", (route) => route.abort());
    await openNumbers(page);
    const alert = page.getByRole("alert").first();
    await alert.getByText("The chart could not be loaded.").waitFor();
    expect(Object.keys((await tableOf(page, CHARTS[0])).days)).toHaveLength(7);
    await page.unroute("**/draw-*.js");
    await alert.getByRole("button", { name: "Try again" }).click();
    await drawn(page).first().waitFor();
    expectComplaint(/console: Failed to load resource/);
  });
});

test("what the server refuses is said, and asked again", async () => {
  const page = await atDesk();
  await openNumbers(page, "date_from=2024-01-01&date_to=2026-01-01");
  await page.getByRole("alert").getByText("at most 366 days").waitFor();
  expectComplaint(/422/);
  await page.route("**/v1/calls/stats/daily*", (route) => route.abort());
  await openNumbers(page);
  await page.getByRole("alert").getByText("The server can't be reached.").waitFor();
  await page.unroute("**/v1/calls/stats/daily*");
  await page.getByRole("button", { name: "Try again" }).click();
  await drawn(page).first().waitFor();
  const asked = ["/v1/calls/stats", "/v1/calls/stats/daily"].map((path) =>
    page.waitForResponse((response) => new URL(response.url()).pathname === path),
  );
  await page.getByRole("button", { name: "Refresh" }).click();
  await Promise.all(asked);
  await page.route(/\/v1\/calls\/stats\?/, (route) => route.abort());
  await openNumbers(page);
  await page.getByRole("alert").getByText("The server can't be reached.").waitFor();
  await drawn(page).first().waitFor();
  expectComplaint(/console: Failed to load resource/);
});

test.for(["light", "dark"] as const)("accessible, %s", async (theme) => {
  const page = await atDesk("read", { theme });
  await openNumbers(page);
  await expect.poll(() => drawn(page).count()).toBe(4);
  for (const chart of CHARTS) await tableOf(page, chart);
  await expectAccessible(page, `numbers, ${theme}`);
});

test("on a phone nothing is wider than the screen", async () => {
  const page = await atDesk("read", { phone: true });
  await openNumbers(page, `days=90&campaign_id=${campaignId}`);
  await expect.poll(() => drawn(page).count()).toBe(4);
  for (const chart of CHARTS) await tableOf(page, chart);
  // The longest words that stand above a chart.
  await page.locator(".u-over").first().hover();
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(widths).toEqual([390, 390]);
});

test("who may only read sees the same", async () => {
  const page = await atDesk("read");
  await openNumbers(page);
  await drawn(page).first().waitFor();
  expect(await figureOf(page, "Calls")).toBe("6");
  expect(await page.getByLabel("Campaign").locator("option:checked").textContent()).toBe(NAME);
});
