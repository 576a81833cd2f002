import { expect, inject, onTestFinished, test } from "vitest";
import type { WebhookWithSecret } from "../../src/contract/webhooks.ts";
import type { CallEventName, WebhookStatus } from "../../src/domain/webhook.ts";
import { tryApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { openReceiver } from "./support/receiver.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

/** A webhook of one's own; gone when the test is over, for an organisation may have only so many. */
async function makeWebhook(
  name: string,
  url: string,
  events: CallEventName[] = ["call.transferred"],
  status: WebhookStatus = "active",
): Promise<string> {
  const made = await tryApi("POST", "/v1/webhooks", { body: { name, url, events, status } });
  expect(made.status).toBe(201);
  const { uuid } = made.json as WebhookWithSecret;
  onTestFinished(() => tryApi("DELETE", `/v1/webhooks/${uuid}`).then(() => undefined));
  return uuid;
}

test("a webhook is made, tested, replayed, paused, given a new secret, and deleted", async () => {
  const receiver = await openReceiver();
  const page = await atDesk();
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("CRM of the test");
  await dialog.getByLabel("URL").fill("http://10.0.0.7/hooks");
  await dialog.getByLabel("Summary and details are written").check();
  await dialog.getByRole("button", { name: "Add a header" }).click();
  await dialog.getByLabel("Header name").fill("X-Tenant");
  await dialog.getByLabel("Value").fill("seven");
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await dialog.getByText("must be https").waitFor();
  expectComplaint(/console: .*422/);
  await dialog.getByLabel("URL").fill(receiver.url);
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  const secret = await dialog.getByLabel("Signing secret").inputValue();
  expect(secret).toMatch(/^whsec_/);
  await dialog.getByRole("button", { name: "I have stored it" }).click();

  await page.getByRole("link", { name: "CRM of the test" }).click();
  await page.getByText("Nothing was sent yet.").waitFor();
  expect(await page.content()).not.toContain("seven");
  await page.getByRole("button", { name: "Send test" }).click();
  await dialog.getByLabel("Event").selectOption("call.analyzed");
  await dialog.getByRole("button", { name: "Send test" }).click();
  const result = page.getByRole("region", { name: "Result of the test" });
  await result.getByText("delivered").waitFor();
  await result.getByText("taken, thank you").waitFor();
  expect(receiver.received).toMatchObject([{ event: "call.analyzed", tenant: "seven" }]);

  const row = page.getByRole("row").filter({ hasText: "call.analyzed" });
  await row.getByText(/^200 in \d+ ms$/).waitFor();
  await row.getByRole("button", { name: "Details" }).click();
  await page.getByText("What is sent").click();
  await page.getByRole("region", { name: "What is sent" }).getByText('"test": true').waitFor();
  await row.getByRole("button", { name: "Replay" }).click();
  await dialog.getByRole("button", { name: "Replay" }).click();
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(receiver.received[1]?.id).toBe(receiver.received[0]?.id);
  await row.getByRole("cell", { name: "2", exact: true }).waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await dialog.getByRole("button", { name: "Pause" }).click();
  await page.getByText("paused by somebody here").waitFor();
  await row.getByRole("button", { name: "Replay" }).click();
  await dialog.getByRole("button", { name: "Replay" }).click();
  await dialog.getByText("make it active first").waitFor();
  expectComplaint(/console: .*409/);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Activate" }).click();
  await dialog.getByRole("button", { name: "Activate" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();

  await page.getByRole("button", { name: "Rotate secret" }).click();
  await dialog.getByRole("button", { name: "Rotate secret" }).click();
  const rotated = await dialog.getByLabel("Signing secret").inputValue();
  expect(rotated).toMatch(/^whsec_/);
  expect(rotated).not.toBe(secret);
  await dialog.getByRole("button", { name: "I have stored it" }).click();
  await page.getByText("signs too until").waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page.getByRole("link", { name: "CRM of the test" }).waitFor({ state: "detached" });
});

test("the log is filtered and paged by the address", async () => {
  const receiver = await openReceiver();
  const id = await makeWebhook("Was down", receiver.url);
  receiver.answers(500);
  const TESTS = 27;
  for (let sent = 0; sent < TESTS; sent += 1) {
    const event = sent === 0 ? "call.voicemail" : "call.ended";
    if (sent === TESTS - 1) receiver.answers(200);
    expect((await tryApi("POST", `/v1/webhooks/${id}/test`, { body: { event } })).status).toBe(200);
  }
  const page = await atDesk();
  await page.goto(`/desk/webhooks/${id}`);
  await page.getByText(`1–25 of ${TESTS}`).waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText(`26–${TESTS} of ${TESTS}`).waitFor();
  await page.reload();
  await page.getByText(`26–${TESTS} of ${TESTS}`).waitFor();
  await page.getByRole("combobox", { name: "Event" }).selectOption("call.voicemail");
  await page.getByText("1–1 of 1").waitFor();
  await page
    .getByRole("region", { name: "Deliveries" })
    .getByText(/^500 in \d+ ms$/)
    .waitFor();
  await page.getByRole("combobox", { name: "Status" }).selectOption("delivered");
  await page.getByText("Nothing in the log is like that.").waitFor();
  expect(new URL(page.url()).searchParams.get("status")).toBe("delivered");
  await page.getByRole("combobox", { name: "Event" }).selectOption("");
  await page.getByText("1–1 of 1").waitFor();
});

test("what was missed while a webhook was paused is sent again, with progress", async () => {
  const receiver = await openReceiver();
  const id = await makeWebhook("Was away", receiver.url, ["call.ended"], "paused");
  const { campaignId } = inject("deployment");
  for (const to of ["+15007110010", "+15007120010"]) {
    const placed = await tryApi("POST", "/v1/calls", { body: { to, campaign_id: campaignId } });
    expect(placed.status).toBe(201);
  }
  const log = `/v1/webhooks/${id}/logs?status=skipped`;
  await expect
    .poll(async () => ((await tryApi("GET", log)).json as { total: number }).total, { timeout: 30_000 })
    .toBe(2);
  await tryApi("PATCH", `/v1/webhooks/${id}`, { body: { status: "active" } });
  const page = await atDesk();
  await page.goto(`/desk/webhooks/${id}`);
  // Others wait for their next try, for hours: the replay does not wait for them.
  await page.route("**/logs?*status=pending*", async (route) => {
    const response = await route.fetch();
    const waiting = (await response.json()) as { total: number };
    expect(new URL(route.request().url()).searchParams.get("date_to")).toMatch(/Z$/);
    await route.fulfill({ json: { ...waiting, total: waiting.total + 3 } });
  });
  await page.getByRole("button", { name: "Replay a span" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Replay the span" }).click();
  const progress = page.getByRole("region", { name: "Replay" });
  await progress.getByText("Sent again: 2 events.").waitFor();
  expect(receiver.received).toMatchObject([{ event: "call.ended" }, { event: "call.ended" }]);
  await page.getByRole("region", { name: "Deliveries" }).getByText("delivered").nth(1).waitFor();
  await page.getByRole("button", { name: "Replay a span" }).click();
  await dialog.getByRole("button", { name: "Replay the span" }).click();
  await progress.getByText("Nothing in this span was to be sent again.").waitFor();
});

test("who may only look is offered nothing", async () => {
  const receiver = await openReceiver();
  const id = await makeWebhook("Looked at", receiver.url);
  expect((await tryApi("POST", `/v1/webhooks/${id}/test`, { body: {} })).status).toBe(200);
  const page = await atDesk("read");
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("link", { name: "Looked at" }).waitFor();
  expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
  await page.getByRole("link", { name: "Looked at" }).click();
  await page.getByRole("button", { name: "Details" }).waitFor();
  const offered = await page.getByRole("main").getByRole("button").allInnerTexts();
  expect(offered.map((text) => text.split(/\s/)[0])).toEqual(["Refresh", "Details", "Previous", "Next"]);
});

test("a webhook that is not there is said not to be, and can be asked for again", async () => {
  const page = await atDesk();
  await page.goto("/desk/webhooks/wbh_01k4v4n5r7f0a9d8c3b2e1h6jm");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).waitFor();
  expectComplaint(/console: .*404/);
});

test.for(["light", "dark"] as const)("webhooks are accessible, %s", async (theme) => {
  const receiver = await openReceiver();
  const id = await makeWebhook("Seen", receiver.url);
  expect((await tryApi("POST", `/v1/webhooks/${id}/test`, { body: {} })).status).toBe(200);
  const page = await atDesk("full", { theme });
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("link", { name: "Seen" }).waitFor();
  await expectAccessible(page, `webhooks, ${theme}`);
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Add a header" }).click();
  await expectAccessible(page, `a new webhook, ${theme}`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Seen" }).click();
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByText("What is sent").click();
  await page.getByText('"test": true').waitFor();
  await expectAccessible(page, `one webhook, ${theme}`);
});

test("on a phone nothing scrolls sideways", async () => {
  const receiver = await openReceiver();
  const id = await makeWebhook("Small", receiver.url);
  expect((await tryApi("POST", `/v1/webhooks/${id}/test`, { body: {} })).status).toBe(200);
  const page = await atDesk("full", { phone: true });
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("link", { name: "Small" }).waitFor();
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: "Small" }).click();
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByText("What is sent").click();
  await page.getByText('"test": true').waitFor();
  await expectNoSidewaysScroll(page);
});
