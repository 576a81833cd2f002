import type { Page } from "playwright-core";
import { beforeEach, expect, inject, test } from "vitest";
import type { CallRecord } from "../../src/contract/calls.ts";
import type { Campaign } from "../../src/contract/campaigns.ts";
import type { VoiceAgent } from "../../src/contract/voice-agents.ts";
import { askApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

async function atAgents(...who: Parameters<typeof atDesk>): Promise<Page> {
  const page = await atDesk(...who);
  await page.getByRole("link", { name: "Voice agents" }).click();
  await page.getByRole("heading", { level: 1, name: "Voice agents" }).waitFor();
  await page.getByRole("row", { name: /Aria/ }).waitFor();
  return page;
}

/** Whoever is typed in one talk is free for the next. */
beforeEach(async () => {
  const live = async () =>
    (await askApi<{ calls: CallRecord[] }>("GET", "/v1/calls?limit=100")).calls.filter(
      ({ to_number: to, status }) => to === "+15005550080" && status !== "ended",
    ).length;
  await expect.poll(live, { timeout: 30_000 }).toBe(0);
});

/** An agent of the test's own, with a campaign that may talk for long. */
async function makeAgent(name: string): Promise<VoiceAgent> {
  const agent = await askApi<VoiceAgent>("POST", "/v1/voice-agents", {
    name,
    role: "Sales",
    avatar_color: "#e8c547",
  });
  const { campaignId } = inject("deployment");
  const { carrier_id, phone_number } = await askApi<Campaign>("GET", `/v1/campaigns/${campaignId}`);
  await askApi("POST", "/v1/campaigns", {
    kind: "outbound",
    status: "active",
    name: `Talks of ${name}`,
    voice_agent_id: agent.uuid,
    carrier_id,
    phone_number,
    config: { max_duration: 300 },
  });
  return agent;
}

test("an agent is tried: two lines are typed, it answers each, and is hung up on", async () => {
  await makeAgent("Tessa");
  const page = await atAgents();
  await page.getByRole("button", { name: "Try it: Tessa" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Campaign").selectOption({ label: "Talks of Tessa" });
  const placed = page.waitForResponse((response) => response.url().endsWith("/v1/calls"));
  await dialog.getByRole("button", { name: "Start the talk" }).click();
  const { call_uuid: callId } = await (await placed).json();
  const ofAgent = dialog.locator(".said-agent");
  const ofCustomer = dialog.locator(".said-customer");
  await ofAgent.first().waitFor();
  for (const [index, line] of ["Yes, go ahead.", "I want a desk for my home office."].entries()) {
    const before = await ofAgent.count();
    await dialog.getByLabel("What you say").fill(line);
    await dialog.getByRole("button", { name: "Say" }).click();
    await ofCustomer.nth(index).getByText(line).waitFor();
    await expect.poll(() => ofAgent.count(), { timeout: 20_000 }).toBeGreaterThan(before);
    await expect.poll(() => dialog.getByLabel("What you say").inputValue()).toBe("");
  }
  await dialog.getByLabel("Keys").fill("12#");
  await dialog.getByRole("button", { name: "Press" }).click();
  await dialog.getByText("[pressed 1 2 #]").waitFor();
  await dialog.getByRole("button", { name: "Hang up" }).click();
  await dialog.getByText(/The call has ended .*customer hangup/).waitFor();
  const call = await askApi<CallRecord>("GET", `/v1/calls/${callId}`);
  expect(call).toMatchObject({ status: "ended", outcome: "connected", ended_reason: "customer_hangup" });
  expect(call.transcript.filter(({ speaker }) => speaker === "customer").map(({ text }) => text)).toEqual([
    "Yes, go ahead.",
    "I want a desk for my home office.",
    "[pressed 1 2 #]",
  ]);
  await dialog.getByRole("link", { name: "See the call" }).click();
  await page.waitForURL(new RegExp(`/desk/calls/${callId}$`));
});

test("who closes the talk hangs up", async () => {
  await makeAgent("Clara");
  const page = await atAgents();
  await page.getByRole("button", { name: "Try it: Clara" }).click();
  const dialog = page.getByRole("dialog");
  const placed = page.waitForResponse((response) => response.url().endsWith("/v1/calls") && response.ok());
  await dialog.getByRole("button", { name: "Start the talk" }).click();
  const { call_uuid: callId } = await (await placed).json();
  await dialog.locator(".said-agent").first().waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const status = async () => (await askApi<CallRecord>("GET", `/v1/calls/${callId}`)).ended_reason;
  await expect.poll(status, { timeout: 20_000 }).toBe("customer_hangup");
});

test("who is slow to type is not taken for gone", async () => {
  await makeAgent("Sloane");
  const page = await atAgents();
  await page.getByRole("button", { name: "Try it: Sloane" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start the talk" }).click();
  await dialog.locator(".said-agent").first().waitFor();
  await dialog.getByLabel("What you say").fill("Well, let me");
  const isSign = (data: unknown) => JSON.stringify(data) === '{"talk_on":"Well, let me"}';
  const sign = await page.waitForResponse((response) => isSign(response.request().postDataJSON()));
  expect(sign.status()).toBe(200);
  // It is no line of the talk.
  expect(await dialog.locator(".said-customer").count()).toBe(0);
  await dialog.getByRole("button", { name: "Close" }).click();
  const opener = page.getByRole("button", { name: "Try it: Sloane" });
  await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);
});

test("what is typed while the last words are sent stays", async () => {
  await makeAgent("Tilda");
  const page = await atAgents();
  await page.getByRole("button", { name: "Try it: Tilda" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start the talk" }).click();
  await dialog.locator(".said-agent").first().waitFor();
  let letThrough = (): void => {};
  await page.route("**/typed", async (route) => {
    if (route.request().postDataJSON().say !== undefined) {
      await new Promise<void>((resume) => (letThrough = resume));
    }
    await route.continue();
  });
  const say = dialog.getByRole("button", { name: "Say" });
  await dialog.getByLabel("What you say").fill("Yes.");
  await say.click();
  await expect.poll(() => say.isDisabled()).toBe(true);
  await dialog.getByLabel("What you say").fill("And one thing more");
  letThrough();
  await expect.poll(() => say.isDisabled()).toBe(false);
  expect(await dialog.getByLabel("What you say").inputValue()).toBe("And one thing more");
  await dialog.getByRole("button", { name: "Hang up" }).click();
  await dialog.getByText("The call has ended").waitFor();
});

test("what an agent lacks for a talk is said", async () => {
  await askApi("POST", "/v1/voice-agents", { name: "Lone" });
  await askApi("POST", "/v1/voice-agents", { name: "Idle", is_active: false });
  const page = await atAgents();
  const dialog = page.getByRole("dialog");
  for (const [name, said] of [
    ["Lone", /No active outbound campaign uses Lone/],
    ["Idle", /Idle is inactive/],
  ] as const) {
    await page.getByRole("button", { name: `Try it: ${name}` }).click();
    await dialog.getByText(said).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
  }
});

test("an agent is created, edited by what was changed alone, deactivated, and deleted if nothing uses it", async () => {
  const page = await atAgents();
  await page.getByRole("button", { name: "New voice agent" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Ben");
  await dialog.getByLabel("Role").fill("Support");
  await dialog.getByLabel("Colour").fill("#0b6b3a");
  await dialog.getByRole("button", { name: "Create agent" }).click();
  const row = page.getByRole("row", { name: /Ben/ });
  await row.getByText("Support").waitFor();
  await row.getByRole("button", { name: "Edit Ben" }).click();
  await dialog.getByLabel("Language").fill("pt-BR");
  await dialog.getByLabel("Role").fill("");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  expect((await sent).postDataJSON()).toEqual({ role: null, voice_config: { language_code: "pt-BR" } });
  await row.getByText("pt-BR").waitFor();
  await row.getByRole("button", { name: "Deactivate Ben" }).click();
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await row.getByText("inactive").waitFor();
  await row.getByRole("button", { name: "Delete Ben" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Delete Aria" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("alert").waitFor();
  expectComplaint(/409/);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("row", { name: /Aria/ }).waitFor();
});

test("who may only read sees no action", async () => {
  const page = await atAgents("read");
  expect(await page.getByRole("button", { name: /New|Try|Edit|Activate|Deactivate|Delete/ }).count()).toBe(0);
});

test.for(["light", "dark"] as const)("voice agents are accessible, %s", async (theme) => {
  const name = theme === "light" ? "Lucy" : "Dora";
  await makeAgent(name);
  const page = await atAgents("full", { theme });
  await expectAccessible(page, `voice agents, ${theme}`);
  await page.getByRole("button", { name: `Try it: ${name}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start the talk" }).click();
  await dialog.locator(".said-agent").first().waitFor();
  await dialog.getByLabel("What you say").fill("Yes.");
  await dialog.getByRole("button", { name: "Say" }).click();
  await dialog.locator(".said-customer").first().waitFor();
  await expectAccessible(page, `a talk, ${theme}`);
  await dialog.getByRole("button", { name: "Hang up" }).click();
  await dialog.getByText("The call has ended").waitFor();
});

test("on a phone nothing scrolls sideways but the table", async () => {
  await makeAgent("Philippa");
  const page = await atAgents("full", { phone: true });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Try it: Philippa" }).click();
  await page.getByRole("button", { name: "Start the talk" }).waitFor();
  await expectNoSidewaysScroll(page);
});
