import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import type { Campaign } from "../../src/contract/campaigns.ts";
import { askApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

async function atCampaigns(...who: Parameters<typeof atDesk>): Promise<Page> {
  const page = await atDesk(...who);
  await page.getByRole("link", { name: "Campaigns", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
  await page.getByRole("row", { name: /Basket follow-up/ }).waitFor();
  return page;
}

const namedCampaign = async (name: string) =>
  (await askApi<{ campaigns: Campaign[] }>("GET", "/v1/campaigns?limit=100")).campaigns.find(
    (campaign) => campaign.name === name,
  );

async function makeCampaign(name: string): Promise<Campaign> {
  const { campaignId } = inject("deployment");
  const { voice_agent_id, carrier_id, phone_number, config } = await askApi<Campaign>(
    "GET",
    `/v1/campaigns/${campaignId}`,
  );
  const body = { kind: "outbound", status: "active", name, voice_agent_id, carrier_id, phone_number, config };
  return askApi("POST", "/v1/campaigns", body);
}

test("a campaign is created, edited, paused and activated, and deleted", async () => {
  const page = await atCampaigns();
  await page.getByRole("button", { name: "New campaign" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Winter desks");
  await dialog.getByLabel("Status").selectOption("active");
  await dialog.getByLabel("Voice agent").selectOption({ label: "Aria" });
  await dialog.getByLabel("Number").selectOption({ label: "+15550010000 · Sandbox" });
  await dialog.getByLabel("From", { exact: true }).fill("09:00");
  await dialog.getByLabel("Until").fill("17:30");
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await dialog.getByLabel("Persona").fill("You are Aria.\nBe brief.");
  await dialog.getByLabel("Guardrails").fill("Never promise a discount.\n\nBe kind.");
  await dialog.getByLabel("Details").fill("delivery_date: when they want it\ncolour");
  await dialog.getByRole("button", { name: "Create campaign" }).click();
  const row = page.getByRole("row", { name: /Winter desks/ });
  await row.getByText("09:00–17:30 Europe/Berlin").waitFor();
  expect(await namedCampaign("Winter desks")).toMatchObject({
    kind: "outbound",
    status: "active",
    phone_number: "+15550010000",
    config: {
      persona_prompt: "You are Aria.\nBe brief.",
      guardrails: ["Never promise a discount.", "Be kind."],
      extraction: [{ name: "delivery_date", description: "when they want it" }, { name: "colour" }],
      record: true,
    },
  });

  // Only what was changed is sent.
  await row.getByRole("button", { name: "Edit Winter desks" }).click();
  await dialog.getByLabel("Longest talk, in seconds").fill("90");
  await dialog.getByLabel("Until").fill("18:00");
  await dialog.getByLabel("Persona").fill("");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  expect((await sent).postDataJSON()).toEqual({
    time_window: { end: "18:00" },
    config: { persona_prompt: null, max_duration: 90 },
  });
  await row.getByText("09:00–18:00 Europe/Berlin").waitFor();

  for (const [verb, status] of [
    ["Pause", "paused"],
    ["Activate", "active"],
  ] as const) {
    await row.getByRole("button", { name: `${verb} Winter desks` }).click();
    await dialog.getByRole("button", { name: verb }).click();
    await row.getByText(status, { exact: true }).waitFor();
    expect((await namedCampaign("Winter desks"))?.status).toBe(status);
  }

  await row.getByRole("button", { name: "Delete Winter desks" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  expect(await namedCampaign("Winter desks")).toBeUndefined();
});

test("what the API refuses is said in the dialog, which stays", async () => {
  const page = await atCampaigns();
  await page.getByRole("button", { name: "New campaign" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Half a campaign");
  await dialog.getByLabel("Status").selectOption("active");
  await dialog.getByRole("button", { name: "Create campaign" }).click();
  await dialog
    .getByRole("alert")
    .getByText(/needs voice_agent_id, carrier_id, phone_number/)
    .waitFor();
  expectComplaint(/409/);
  await dialog.getByLabel("Status").selectOption("draft");
  await dialog.getByLabel("From", { exact: true }).fill("09:00");
  await dialog.getByLabel("Time zone").fill("Nowhere/Here");
  await dialog.getByRole("button", { name: "Create campaign" }).click();
  const alert = dialog.getByRole("alert");
  await alert.getByText("time_window.timezone", { exact: true }).waitFor();
  await alert.getByText("time_window.end", { exact: true }).waitFor();
  expectComplaint(/422/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await namedCampaign("Half a campaign")).toBeUndefined();
});

test("a test call is placed, and its page comes", async () => {
  await makeCampaign("Try the line");
  const page = await atCampaigns();
  await page.getByRole("button", { name: "Place a test call, Try the line" }).click();
  const dialog = page.getByRole("dialog");
  const number = dialog.getByRole("textbox", { name: "Number", exact: true });
  await expect.poll(() => number.inputValue()).toBe("+15005550030");
  await dialog.getByLabel("Who is called").selectOption("+15005550010");
  await number.fill("+15006660010");
  await dialog.getByLabel("Contact's name").fill("Test Caller");
  await dialog.getByRole("button", { name: "Place the call" }).click();
  await page.waitForURL(/\/desk\/calls\/cal_[0-9a-z]{26}$/);
  const callId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const call = () => askApi<CallRecord>("GET", `/v1/calls/${callId}`);
  expect(await call()).toMatchObject({ to_number: "+15006660010", call_type: "outbound" });
  await expect.poll(async () => (await call()).ended_reason, { timeout: 20_000 }).toBe("busy");
});

test("the list is filtered, and the address keeps it", async () => {
  await makeCampaign("Filtered away");
  const page = await atCampaigns();
  const row = page.getByRole("row", { name: /Filtered away/ });
  await row.waitFor();
  await page.getByLabel("Kind").selectOption("inbound");
  await row.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /Front desk/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?kind=inbound");
  await page.reload();
  await page.getByRole("row", { name: /Front desk/ }).waitFor();
  expect(await row.count()).toBe(0);
  await page.getByLabel("Status").selectOption("completed");
  await page.getByText("No campaign matches.").waitFor();
});

test("who may only read sees the whole campaign, and no action", async () => {
  const page = await atCampaigns("read");
  const actions = page.getByRole("button", { name: /New|Edit|Pause|Activate|Delete|test call/ });
  expect(await actions.count()).toBe(0);
  await page.getByRole("button", { name: "Basket follow-up" }).click();
  await page.getByText("Never ask for payment details.").waitFor();
  expect(await actions.count()).toBe(0);
});

test.for(["light", "dark"] as const)("campaigns are accessible, %s", async (theme) => {
  const page = await atCampaigns("full", { theme });
  await page.getByRole("button", { name: "Basket follow-up", exact: true }).click();
  await page.getByText("Never ask for payment details.").waitFor();
  await expectAccessible(page, `campaigns, ${theme}`);
  await page.getByRole("button", { name: "New campaign" }).click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible(page, `a new campaign, ${theme}`);
});

test("on a phone nothing scrolls sideways but the table", async () => {
  const page = await atCampaigns("full", { phone: true });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "New campaign" }).click();
  await page.getByRole("dialog").waitFor();
  await expectNoSidewaysScroll(page);
});
