// Addresses of pages of a list that are no such pages.

import { expect, test } from "vitest";
import { askApi } from "./support/api.ts";
import { atDesk } from "./support/visitor.ts";

const LISTS = ["calls", "campaigns", "voice-agents", "contacts", "queues", "keys"];

test("an offset that is no number is the beginning", async () => {
  const page = await atDesk();
  for (const list of LISTS) {
    const answered = page.waitForResponse((response) => response.url().includes(`/v1/${list}?`));
    await page.goto(`/desk/${list}?offset=x`);
    expect((await answered).status(), list).toBe(200);
    expect(await page.getByRole("alert").count(), list).toBe(0);
  }
});

test("who is past the end of a list is brought to its last page", async () => {
  const contact = { phone: "+14155557721", name: "Paula Paging", overwrite: true };
  await askApi("POST", "/v1/contacts", contact);
  const page = await atDesk();
  for (const list of LISTS) {
    await page.goto(`/desk/${list}?offset=900000`);
    await expect.poll(() => new URL(page.url()).search, { message: list }).not.toContain("900000");
  }
  await page.goto("/desk/contacts?search=Paula&offset=50");
  await page.getByRole("row", { name: /Paula Paging/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?search=Paula");
  await page.goto("/desk/contacts?search=Nobody+of+this+name&offset=50");
  await page.getByText("Nobody matches.").waitFor();
  await expect.poll(() => new URL(page.url()).search).not.toContain("offset");
});

test("who is past the end of the calls goes back to where they were before", async () => {
  const page = await atDesk();
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "/desk/calls?offset=900000";
    document.body.append(link);
    link.click();
  });
  await expect.poll(() => page.url()).toMatch(/\/desk\/calls(\?offset=(?!900000)\d+)?$/);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
});

test("who is past the end of a webhook's log sees its end", async () => {
  const body = { name: "Paged", url: "http://127.0.0.1:45454/hook", events: ["call.transferred"] };
  const { uuid } = await askApi<{ uuid: string }>("POST", "/v1/webhooks", body);
  const page = await atDesk();
  await page.goto(`/desk/webhooks/${uuid}?offset=25`);
  await page.getByText("Nothing was sent yet.").waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe("");
  await askApi("DELETE", `/v1/webhooks/${uuid}`);
});
