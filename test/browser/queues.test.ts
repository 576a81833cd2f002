import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Human } from "../../src/contract/queues.ts";
import { tryApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

/** A queue of one's own, with somebody in it. */
async function makeQueue(name: string, phone: string): Promise<void> {
  expect((await tryApi("POST", "/v1/queues", { body: { name } })).status).toBe(201);
  const body = { name: `Jo of ${name}`, phone, presence: "offline" };
  expect((await tryApi("POST", `/v1/queues/${name}/agents`, { body })).status).toBe(201);
}

async function peopleOf(name: string): Promise<Human[]> {
  const { json } = await tryApi("GET", `/v1/queues/${name}/agents`);
  return (json as { agents: Human[] }).agents;
}

async function goToQueue(page: Page, name: string): Promise<Locator> {
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Queues" }).click();
  const queue = page.getByRole("region", { name, exact: true });
  await queue.waitFor();
  return queue;
}

test("a presence is toggled: it shows at once, and the API has it", async () => {
  await makeQueue("toggles", "+15005810090");
  const queue = await goToQueue(await atDesk(), "toggles");
  await queue.getByText("nobody is free").waitFor();
  const presence = queue.getByRole("group", { name: "Presence of Jo of toggles" });
  await presence.getByRole("button", { name: "available", pressed: false }).click();
  await presence.getByRole("button", { name: "available", pressed: true }).waitFor();
  await expect.poll(async () => (await peopleOf("toggles"))[0]?.presence).toBe("available");
  await queue.getByText("somebody is free").waitFor();
  // The last click counts, however fast they come.
  await presence.getByRole("button", { name: "busy" }).click();
  await presence.getByRole("button", { name: "offline" }).click();
  await expect.poll(async () => (await peopleOf("toggles"))[0]?.presence).toBe("offline");
  await presence.getByRole("button", { name: "offline", pressed: true }).waitFor();
});

test("a presence that is refused is taken back, with the reason", async () => {
  await makeQueue("refusals", "+15005820090");
  const page = await atDesk();
  const queue = await goToQueue(page, "refusals");
  await page.route("**/v1/queues/refusals/agents/*", (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "unavailable", detail: "The queue does not answer." }),
    }),
  );
  const presence = queue.getByRole("group", { name: "Presence of Jo of refusals" });
  await presence.getByRole("button", { name: "busy" }).click();
  await queue.getByText("Jo of refusals stays offline: The queue does not answer.").waitFor();
  await presence.getByRole("button", { name: "offline", pressed: true }).waitFor();
  expect((await peopleOf("refusals"))[0]?.presence).toBe("offline");
  expectComplaint(/console: .*503/);
});

test("a queue is made and people come and go; what is refused is said", async () => {
  const page = await atDesk();
  await page.goto("/desk/queues");
  await page.getByRole("button", { name: "New queue" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("by-hand");
  await dialog.getByRole("button", { name: "Create queue" }).click();
  const queue = page.getByRole("region", { name: "by-hand", exact: true });
  await queue.getByText("Nobody is in this queue").waitFor();

  await queue.getByRole("button", { name: "Add person" }).click();
  await dialog.getByLabel("Name").fill("Sam Lee");
  await dialog.getByLabel("Phone number").fill("0123");
  await dialog.getByRole("button", { name: "Add person" }).click();
  await dialog.getByText("must be a possible phone number").waitFor();
  await dialog.getByLabel("Phone number").fill("+15005830090");
  await dialog.getByRole("button", { name: "Add person" }).click();
  await queue.getByRole("cell", { name: "Sam Lee", exact: true }).waitFor();
  expect(await peopleOf("by-hand")).toMatchObject([{ phone: "+15005830090", presence: "available" }]);

  await queue.getByRole("button", { name: "Add person" }).click();
  await dialog.getByLabel("Name").fill("Twin");
  await dialog.getByLabel("Phone number").fill("+15005830090");
  await dialog.getByRole("button", { name: "Add person" }).click();
  await dialog.getByText("Somebody of this queue has this phone or SIP address.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await queue.getByRole("button", { name: "Change Sam Lee" }).click();
  await dialog.getByLabel("Reached by").selectOption("SIP");
  await dialog.getByLabel("SIP address").fill("sip:sam@pbx.example.com");
  await dialog.getByRole("button", { name: "Save" }).click();
  await queue.getByRole("cell", { name: "sip:sam@pbx.example.com" }).waitFor();
  expect(await peopleOf("by-hand")).toMatchObject([{ phone: null, sip: "sip:sam@pbx.example.com" }]);

  await queue.getByRole("button", { name: "Remove Sam Lee" }).click();
  await dialog.getByRole("button", { name: "Remove person" }).click();
  await queue.getByText("Nobody is in this queue").waitFor();
  expect(await peopleOf("by-hand")).toEqual([]);
  expectComplaint(/console: .*422/);
  expectComplaint(/console: .*409/);
});

test("a queue that a campaign names stays; another one can go", async () => {
  await makeQueue("kept", "+15005840090");
  const campaign = await tryApi("POST", "/v1/campaigns", {
    body: { kind: "outbound", name: "Names a queue", status: "draft", config: { transfer_queue: "kept" } },
  });
  expect(campaign.status).toBe(201);
  const page = await atDesk();
  const queue = await goToQueue(page, "kept");
  await queue.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Who is in it goes with it: 1 person.").waitFor();
  await dialog.getByRole("button", { name: "Delete queue" }).click();
  await dialog.getByText("A campaign transfers its calls to this queue.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expectComplaint(/console: .*409/);
  const { uuid } = campaign.json as { uuid: string };
  expect((await tryApi("DELETE", `/v1/campaigns/${uuid}`)).status).toBe(204);
  await queue.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByRole("button", { name: "Delete queue" }).click();
  await queue.waitFor({ state: "detached" });
  expect((await tryApi("GET", "/v1/queues/kept")).status).toBe(404);
});

test("who may only look is offered nothing", async () => {
  const page = await atDesk("read");
  const queue = await goToQueue(page, "sales_specialist");
  await queue.getByRole("cell", { name: "Maya Lindqvist", exact: true }).waitFor();
  expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
});

test.for(["light", "dark"] as const)("queues are accessible, %s", async (theme) => {
  const page = await atDesk("full", { theme });
  const queue = await goToQueue(page, "sales_specialist");
  await queue.getByRole("cell", { name: "Maya Lindqvist", exact: true }).waitFor();
  await queue.getByText("somebody is free").waitFor();
  await expectAccessible(page, `queues, ${theme}`);
  await queue.getByRole("button", { name: "Add person" }).click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible(page, `adding a person, ${theme}`);
});

test("on a phone nothing scrolls sideways", async () => {
  const page = await atDesk("full", { phone: true });
  const queue = await goToQueue(page, "sales_specialist");
  await queue.getByRole("cell", { name: "Maya Lindqvist", exact: true }).waitFor();
  await expectNoSidewaysScroll(page);
});

test("who is free is unknown while it can't be asked", async () => {
  await makeQueue("unknowns", "+15005870090");
  const page = await atDesk();
  let isAnswered = true;
  await page.route("**/agent-availability?target=unknowns", (route) =>
    isAnswered ? route.continue() : route.abort(),
  );
  const queue = await goToQueue(page, "unknowns");
  await queue.getByText("nobody is free").waitFor();
  isAnswered = false;
  // Asked anew with every change.
  await queue.getByRole("button", { name: "busy" }).click();
  await queue.getByText("availability unknown").waitFor();
  expect(await queue.getByText("nobody is free").count()).toBe(0);
  isAnswered = true;
  await queue.getByRole("button", { name: "offline" }).click();
  await queue.getByText("nobody is free").waitFor();
  expectComplaint(/Failed to load resource/);
});
