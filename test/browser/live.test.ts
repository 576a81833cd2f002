import type { Page, WebSocketRoute } from "playwright-core";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { SALES_QUEUE } from "../../src/cli/demo-queues.ts";
import { actOn, callInTyped, type Sandbox } from "../../src/cli/sandbox-calls.ts";
import { expectAccessible } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

/** Never stops talking. */
const TALKATIVE = "0038";
/** A human of a queue who is busy whenever they are rung. */
const BUSY = "+15006210092";

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000 });

let calls = 300;

/** A number of nobody else's, of somebody who behaves like this. */
function newNumber(behaves: string): string {
  calls += 1;
  return `+1500${calls}${behaves}`;
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const { url, fullKey } = inject("deployment");
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${fullKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<T>;
}

/** A call to somebody of this name; it is ended when the test is over. */
async function place(name: string, behaves = TALKATIVE): Promise<string> {
  const { campaignId } = inject("deployment");
  const body = { to: newNumber(behaves), campaign_id: campaignId, contact_name: name };
  const { call_uuid: id } = await api<{ call_uuid: string }>("POST", "/v1/calls", body);
  endLater(id);
  return id;
}

function endLater(id: string): void {
  // Most have ended by then.
  onTestFinished(async () => {
    await api("POST", `/api/voice/calls/${id}/end`, { reason: "workflow_close" }).catch(() => null);
  });
}

function rowOf(page: Page, name: string) {
  return page.getByRole("region", { name: "Live calls" }).getByRole("row").filter({ hasText: name });
}

function panelOf(page: Page) {
  return page.getByRole("region", { name: "Chosen call" });
}

async function choose(page: Page, name: string): Promise<void> {
  await rowOf(page, name).getByRole("button").click();
  await panelOf(page).getByRole("heading", { name }).waitFor();
}

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
    await api("POST", `/api/voice/calls/${id}/end`, { reason: "workflow_close" });
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
    await api("POST", "/v1/queues", { name: queue });
    const human = { name: "Bo Busy", phone: BUSY, presence: "available" };
    await api("POST", `/v1/queues/${queue}/agents`, human);
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
    expect(await api("GET", `/v1/calls/${id}`)).toMatchObject({ status: "in_progress" });
    await press();
    await dialog.getByText("Nothing else follows from it.").waitFor();
    await dialog.getByLabel("Reason").selectOption("They want no more calls");
    await dialog.getByText("opted out at once").waitFor();
    await dialog.getByRole("button", { name: "End call" }).click();
    await panel.getByText(/The call has ended.*connected, dnc request/).waitFor();
    await rowOf(page, "Finn Falk").waitFor({ state: "detached" });
    expect(await panel.getByRole("button", { name: "End call" }).count()).toBe(0);
    const record = await api<{ to_number: string }>("GET", `/v1/calls/${id}`);
    expect(record).toMatchObject({ status: "ended", ended_reason: "dnc_request" });
    const found = await api("GET", `/v1/contacts?search=Finn%20Falk`);
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

describe("a socket that is lost", () => {
  test("comes back with what was missed, and with nothing else", async () => {
    const [sockets, greetings]: [WebSocketRoute[], string[]] = [[], []];
    let letIn = (): void => {};
    const page = await atDesk();
    await page.routeWebSocket(/\/ws\/board/, async (socket) => {
      sockets.push(socket);
      if (sockets.length === 2) await new Promise<void>((resume) => (letIn = resume));
      const server = socket.connectToServer();
      server.onMessage((message) => {
        greetings.push(String(message));
        socket.send(message);
      });
    });
    await page.reload();
    const gone = await place("Ida Ivers");
    await rowOf(page, "Ida Ivers").waitFor();
    await page.getByText("Live", { exact: true }).last().waitFor();
    await sockets[0]?.close({ code: 1012, reason: "A deploy" });
    await page.getByText("Connection lost – trying again…").waitFor();
    await eventually(() => sockets.length).toBe(2);
    await api("POST", `/api/voice/calls/${gone}/end`, { reason: "workflow_close" });
    await place("Jo Jansen");
    await eventually(() => api("GET", `/v1/calls/${gone}`)).toMatchObject({ status: "ended" });
    expect(await rowOf(page, "Ida Ivers").count()).toBe(1);
    greetings.length = 0;
    letIn();
    await rowOf(page, "Jo Jansen").waitFor();
    await rowOf(page, "Ida Ivers").waitFor({ state: "detached" });
    expect(sockets[1]?.url()).toMatch(/cursor=\d+/);
    expect(greetings.filter((message) => message.includes('"snapshot"'))).toEqual([]);
    expect(await page.getByText("Connection lost").count()).toBe(0);
  });

  test("is noticed though nobody says so", async () => {
    const page = await atDesk();
    let isDead = false;
    let count = 0;
    await page.routeWebSocket(/\/ws\/board/, (socket) => {
      count += 1;
      const server = socket.connectToServer();
      const mayPass = count > 1;
      server.onMessage((message) => {
        if (mayPass || !isDead) socket.send(message);
      });
    });
    await page.reload();
    await page.getByLabel("Show").or(page.getByText("No calls live")).first().waitFor();
    isDead = true;
    await place("Kim Karlsen");
    // What else a machine's network does comes with this, and so is asked after.
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    await rowOf(page, "Kim Karlsen").waitFor();
    expect(count).toBe(2);
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
    await choose(page, name);
    await page.getByRole("log").getByRole("listitem").first().waitFor();
    const [width, top] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.querySelector(".live-panel")?.getBoundingClientRect().top ?? 0,
    ]);
    expect(width).toBeLessThanOrEqual(390);
    expect(top).toBeLessThan(844);
    await expectAccessible(page, `on a phone, ${theme}`);
  });
});

/** Somebody whose words are ours calls in. */
async function callIn() {
  const { url, carrier } = inject("deployment");
  const sandbox: Sandbox = { url, ...carrier };
  const caller = newNumber("0080");
  const sid = await callInTyped(sandbox, caller, carrier.number);
  const act = async (...given: Parameters<typeof actOn>[2]): Promise<void> => {
    // Nobody hears it before the call is connected.
    await eventually(() => actOn(sandbox, sid, given)).toBe(true);
  };
  onTestFinished(async () => {
    await actOn(sandbox, sid, ["hang-up"]);
  });
  return { caller, hear: (text: string) => act("say", { text }), hangUp: () => act("hang-up") };
}
