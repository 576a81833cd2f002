import type { Page } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { SALES_QUEUE } from "../../src/cli/demo-queues.ts";
import type { BoardMessage, LiveCall } from "../../src/contract/live.ts";
import { expectAccessible } from "./support/judges.ts";
import { askApi } from "./support/api.ts";
import { choose, endCall, eventually, panelOf, peopleFrom, rowOf } from "./support/live-calls.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

/** A human of a queue who is busy whenever they are rung. */
const BUSY = "+15006210092";

const { place, callIn } = peopleFrom(300);

async function seconds(page: Page, name: string): Promise<number> {
  const text = (await rowOf(page, name).locator(".live-elapsed").textContent()) ?? "";
  return text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

describe("the list", () => {
  test("a call appears, says who it is with and for what, runs, and vanishes", async () => {
    const page = await atDesk();
    const id = await place("Ada Aalto");
    const row = rowOf(page, "Ada Aalto");
    await row.getByText("Basket follow-up").waitFor();
    await row.getByText("Outbound").waitFor();
    await row.getByText("in progress").waitFor();
    const before = await seconds(page, "Ada Aalto");
    await eventually(() => seconds(page, "Ada Aalto")).toBeGreaterThan(before + 1);
    await endCall(id);
    await row.waitFor({ state: "detached" });
  });

  test("somebody calls in, and what is shown can be chosen by direction", async () => {
    const page = await atDesk();
    await place("Bea Berg");
    await rowOf(page, "Bea Berg").waitFor();
    const { caller } = await callIn();
    const inbound = rowOf(page, caller);
    await inbound.getByText("Front desk").waitFor();
    await page.getByLabel("Show").selectOption("Inbound");
    await rowOf(page, "Bea Berg").waitFor({ state: "detached" });
    await page.reload();
    await inbound.waitFor();
    expect(await rowOf(page, "Bea Berg").count()).toBe(0);
  });

  test("the newest comes first, or the oldest", async () => {
    const page = await atDesk();
    await place("Cleo First");
    await place("Cleo Second");
    const order = async () =>
      (await page.locator(".live-name").allTextContents()).filter((name) => name.startsWith("Cleo"));
    await eventually(order).toEqual(["Cleo Second", "Cleo First"]);
    await page.getByLabel("Order").selectOption("Oldest first");
    await eventually(order).toEqual(["Cleo First", "Cleo Second"]);
  });
});

test("of hundreds of calls, only those in view are asked for their names", async () => {
  const page = await atDesk();
  let asked = 0;
  await page.route("**/v1/contacts/*", (route) => {
    asked += 1;
    const uuid = new URL(route.request().url()).pathname.split("/").at(-1);
    return route.fulfill({ json: { uuid, name: `Name of ${uuid}` } });
  });
  await page.routeWebSocket(/\/ws\/board/, (socket) => {
    const calls = Array.from({ length: 300 }, (_, index) => liveCallOf(index, `cst_${index}`));
    socket.send(JSON.stringify({ type: "snapshot", cursor: 1, calls }));
  });
  await page.reload();
  await rowOf(page, "Name of cst_299").waitFor();
  expect(asked).toBeLessThan(60);
  await rowOf(page, "+14155550000").scrollIntoViewIfNeeded();
  await rowOf(page, "Name of cst_0").waitFor();
  expect(asked).toBeLessThan(150);
});

test("a contact's name is asked for anew when they are called again, and after a failure of ours", async () => {
  const page = await atDesk();
  let name = "";
  await page.route("**/v1/contacts/*", (route) =>
    name === ""
      ? route.fulfill({ status: 503, json: { code: "unavailable", detail: "Not now." } })
      : route.fulfill({ json: { uuid: "cst_1", name } }),
  );
  let tell: (message: BoardMessage) => void = () => {};
  await page.routeWebSocket(/\/ws\/board/, (socket) => {
    tell = (message) => socket.send(JSON.stringify(message));
    tell({ type: "snapshot", cursor: 1, calls: [liveCallOf(1, "cst_1")] });
  });
  const failed = page.waitForResponse((response) => response.status() === 503);
  await page.reload();
  await failed;
  name = "Old name";
  await rowOf(page, "Old name").waitFor();
  name = "New name";
  tell({ type: "call", cursor: 2, call: liveCallOf(2, "cst_1") });
  await rowOf(page, "New name").nth(1).waitFor();
  expect(await rowOf(page, "Old name").count()).toBe(0);
  expectComplaint(/503/);
});

function liveCallOf(index: number, contactId: string | null): LiveCall {
  return {
    uuid: `cal_${String(index).padStart(26, "0")}`,
    call_type: "outbound",
    campaign_uuid: inject("deployment").campaignId,
    contact_uuid: contactId,
    from_number: "+15550010000",
    to_number: `+1415555${String(index).padStart(4, "0")}`,
    status: "ringing",
    started_at: new Date().toISOString(),
    answered_at: null,
    ended_at: null,
    duration: null,
    duration_formatted: null,
    outcome: null,
    sentiment: null,
    summary: null,
    recording_url: null,
  };
}

describe("a call that was chosen", () => {
  test("is read line by line, as it is spoken, and stays to be read when it has ended", async () => {
    const page = await atDesk();
    const { caller, hear, hangUp } = await callIn();
    await choose(page, caller);
    const log = page.getByRole("log", { name: "Transcript" });
    await log.getByText("This call is recorded.").waitFor();
    await hear("I am looking for a green armchair.");
    await log.getByText("I am looking for a green armchair.").waitFor();
    const before = await log.getByRole("listitem").count();
    await hear("It should be there by Friday.");
    await log.getByText("It should be there by Friday.").waitFor();
    expect(await log.getByRole("listitem").count()).toBeGreaterThan(before);
    expect(await log.getByText("I am looking for a green armchair.").count()).toBe(1);
    await hangUp();
    await panelOf(page).getByText("The call has ended").waitFor();
    await rowOf(page, caller).waitFor({ state: "detached" });
    await log.getByText("It should be there by Friday.").waitFor();
    await page.reload();
    await log.getByText("It should be there by Friday.").waitFor();
    await panelOf(page).getByText("customer hangup").waitFor();
    await panelOf(page).getByRole("link", { name: "Open the call's page" }).click();
    await eventually(() => new URL(page.url()).pathname).toMatch(/^\/desk\/calls\/cal_/);
  });

  test("is handed to somebody of a queue, who takes it", async () => {
    const page = await atDesk();
    await place("Dora Diaz");
    await choose(page, "Dora Diaz");
    const panel = panelOf(page);
    await panel.getByText("in progress").waitFor();
    await panel.getByRole("button", { name: "Transfer" }).click();
    const dialog = page.getByRole("dialog");
    // What its campaign names.
    await eventually(() => dialog.getByLabel("Queue").inputValue()).toBe(SALES_QUEUE);
    await dialog.getByText("Somebody is available · no calls waiting").waitFor();
    const brief = dialog.getByLabel("Brief");
    await brief.fill(`${"x".repeat(280)}!`);
    await dialog.getByText("281 / 280").waitFor();
    await dialog.getByRole("button", { name: "Transfer" }).click();
    expect(await dialog.count()).toBe(1);
    await brief.fill("Wants the green one 🪑");
    await dialog.getByText("21 / 280").waitFor();
    await dialog.getByRole("button", { name: "Transfer" }).click();
    await dialog.waitFor({ state: "detached" });
    await panel.getByText(/took the call and talks with the customer/).waitFor();
    await panel.getByText("bridged", { exact: true }).waitFor();
    await rowOf(page, "Dora Diaz").getByText("bridged").waitFor();
    expect(await panel.getByRole("button", { name: "Transfer" }).isDisabled()).toBe(true);
  });

  test("goes on with the agent when nobody takes it", async () => {
    const queue = "desk_busy_people";
    await askApi("POST", "/v1/queues", { name: queue });
    const human = { name: "Bo Busy", phone: BUSY, presence: "available" };
    await askApi("POST", `/v1/queues/${queue}/agents`, human);
    const page = await atDesk();
    await place("Eli Ek");
    await choose(page, "Eli Ek");
    const panel = panelOf(page);
    await panel.getByText("in progress").waitFor();
    await panel.getByRole("button", { name: "Transfer" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Queue").selectOption(queue);
    await dialog.getByText("Somebody is available").waitFor();
    await dialog.getByRole("button", { name: "Transfer" }).click();
    await panel.getByText(`Nobody in ${queue} took the call. The voice agent goes on.`).waitFor();
    await panel.getByText("in progress").waitFor();
  });

  test("is not handed over where nobody is available", async () => {
    const queue = "desk_nobody";
    await askApi("POST", "/v1/queues", { name: queue });
    const page = await atDesk();
    await place("Edda Ek");
    await choose(page, "Edda Ek");
    await panelOf(page).getByText("in progress").waitFor();
    await panelOf(page).getByRole("button", { name: "Transfer" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Queue").selectOption(queue);
    await dialog.getByText("Nobody is available now").waitFor();
    await dialog.getByRole("button", { name: "Transfer" }).click();
    await dialog.getByRole("alert").getByText("Nobody in the queue is available now.").waitFor();
    expectComplaint(/503/);
  });

  test("may be handed to any queue, however many there are", async () => {
    const page = await atDesk();
    await page.route("**/v1/queues?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
      const all = Array.from({ length: 230 }, (_, index) => ({ name: `queue_${index}` }));
      return route.fulfill({ json: { queues: all.slice(offset, offset + limit), total: all.length } });
    });
    await place("Ebba Ek");
    await choose(page, "Ebba Ek");
    await panelOf(page).getByText("in progress").waitFor();
    await panelOf(page).getByRole("button", { name: "Transfer" }).click();
    const options = page.getByRole("dialog").getByLabel("Queue").getByRole("option");
    await eventually(() => options.count()).toBe(230);
    // No queue is called so: nobody can say who is free.
    await page.getByRole("dialog").getByRole("status").getByText(/queue/).waitFor();
    expectComplaint(/404/);
  });

  test("is ended for a reason, which is said before and after", async () => {
    const page = await atDesk();
    const id = await place("Finn Falk");
    await choose(page, "Finn Falk");
    const panel = panelOf(page);
    await panel.getByText("in progress").waitFor();
    const press = () => panel.getByRole("button", { name: "End call" }).click();
    await press();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await askApi("GET", `/v1/calls/${id}`)).toMatchObject({ status: "in_progress" });
    await press();
    await dialog.getByText("Nothing else follows from it.").waitFor();
    await dialog.getByLabel("Reason").selectOption("They want no more calls");
    await dialog.getByText("opted out at once").waitFor();
    await dialog.getByRole("button", { name: "End call" }).click();
    await panel.getByText(/The call has ended.*connected, dnc request/).waitFor();
    await rowOf(page, "Finn Falk").waitFor({ state: "detached" });
    expect(await panel.getByRole("button", { name: "End call" }).count()).toBe(0);
    const heading = page.getByRole("heading", { level: 1 });
    const isAtHeading = () => heading.evaluate((element) => element === document.activeElement);
    await eventually(isAtHeading).toBe(true);
    // Its row, where the focus came from, is gone too.
    await panel.getByRole("button", { name: "Close" }).focus();
    await page.keyboard.press("Enter");
    await panel.waitFor({ state: "detached" });
    await eventually(isAtHeading).toBe(true);
    const record = await askApi<{ to_number: string }>("GET", `/v1/calls/${id}`);
    expect(record).toMatchObject({ status: "ended", ended_reason: "dnc_request" });
    const found = await askApi("GET", `/v1/contacts?search=Finn%20Falk`);
    expect(found).toMatchObject({ contacts: [{ opted_out_at: expect.any(String) }] });
  });

  test("is reached and left by keys alone", async () => {
    const page = await atDesk();
    await place("Gil Gran");
    const button = rowOf(page, "Gil Gran").getByRole("button");
    await button.focus();
    await page.keyboard.press("Enter");
    await panelOf(page).getByRole("heading", { name: "Gil Gran" }).waitFor();
    await eventually(() => panelOf(page).evaluate((panel) => panel === document.activeElement)).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await panelOf(page).waitFor({ state: "detached" });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test("that there is none of is said", async () => {
    const page = await atDesk();
    await page.goto("/desk?call=cal_01k4v4n5r7f0a9d8c3b2e1h6jm");
    await panelOf(page).getByRole("alert").waitFor();
    expectComplaint(/404/);
  });

  test("can only be looked at with a key that may only read", async () => {
    const page = await atDesk("read");
    await place("Hal Holm");
    await choose(page, "Hal Holm");
    await panelOf(page).getByText("in progress").waitFor();
    await page.getByRole("log").getByRole("listitem").first().waitFor();
    expect(await panelOf(page).getByRole("button").allTextContents()).toEqual(["Close"]);
  });
});

describe.for(["light", "dark"] as const)("in the %s", (theme) => {
  test("it is accessible with a call open, and with its dialogs", async () => {
    const page = await atDesk("full", { theme });
    await place(`Lea ${theme}`);
    await expectAccessible(page, `the list, ${theme}`);
    await choose(page, `Lea ${theme}`);
    await panelOf(page).getByText("in progress").waitFor();
    await page.getByRole("log").getByRole("listitem").nth(1).waitFor();
    await expectAccessible(page, `a call, ${theme}`);
    for (const name of ["Transfer", "End call"]) {
      await panelOf(page).getByRole("button", { name }).click();
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page, `${name}, ${theme}`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  test("on a phone it fits, and a chosen call comes into view", async () => {
    const page = await atDesk("full", { theme, phone: true });
    const name = `Mia with quite a long name ${theme}`;
    await place(name);
    await page.routeWebSocket(/\/ws\/board/, (socket) => {
      socket.connectToServer().onMessage((text) => {
        const message: BoardMessage = JSON.parse(String(text));
        // Enough to push all that follows them out of view.
        const others = Array.from({ length: 100 }, (_, index) => liveCallOf(index, null));
        if (message.type === "snapshot") message.calls.push(...others);
        socket.send(JSON.stringify(message));
      });
    });
    await page.reload();
    await rowOf(page, "+14155550099").waitFor();
    await choose(page, name);
    await page.getByRole("log").getByRole("listitem").first().waitFor();
    const [width, top] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.querySelector(".live-panel h2")?.getBoundingClientRect().top,
    ]);
    expect(width).toBeLessThanOrEqual(390);
    expect(top).toBeLessThan(844);
    await expectAccessible(page, `on a phone, ${theme}`);
  });
});
