// A session that ends, or becomes another's, while somebody is at work.

import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { askApi } from "./support/api.ts";
import { expectAccessible } from "./support/judges.ts";
import { atDesk, endSession, expectSignedIn, expectSignedOut } from "./support/visitor.ts";

async function signInAgain(page: Page, key: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("API key").fill(key);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
  expectSignedIn(page);
}

/** A contact that is filled in, and whose creation finds the session ended. */
async function fillInAndEnd(page: Page, name: string, phone: string): Promise<void> {
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("button", { name: "New contact" }).click();
  const dialog = page.getByRole("dialog", { name: "New contact" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Phone").fill(phone);
  await endSession(page);
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await page.getByText("The session has ended").waitFor();
}

const named = (name: string) =>
  askApi<{ total: number }>("GET", `/v1/contacts?search=${encodeURIComponent(name)}`);

test("who is signed out while typing signs in again and loses nothing", async () => {
  const page = await atDesk();
  await fillInAndEnd(page, "Sina Session", "+14155557701");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByText("The session has ended").waitFor();
  await expectAccessible(page, "sign in again");
  await signInAgain(page, inject("deployment").fullKey);
  const dialog = page.getByRole("dialog", { name: "New contact" });
  expect(await dialog.getByLabel("Name").inputValue()).toBe("Sina Session");
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await page.getByRole("row", { name: /Sina Session/ }).waitFor();
});

test("what could not be read while nobody was signed in is read once somebody is", async () => {
  const page = await atDesk();
  await endSession(page);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByText("The session has ended").waitFor();
  await signInAgain(page, inject("deployment").fullKey);
  await page.getByLabel("Pages").or(page.getByText("There is no contact yet.")).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("another key finds nothing of what was there before", async () => {
  const page = await atDesk();
  await fillInAndEnd(page, "Sonja Session", "+14155557702");
  await signInAgain(page, inject("deployment").readKey);
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await page.getByRole("button", { name: "New contact" }).count()).toBe(0);
  expect((await named("Sonja Session")).total).toBe(0);
});

test("a tab shows whose session it has, though another tab changed it", async () => {
  const page = await atDesk();
  const other = await page.context().newPage();
  await other.goto("/desk");
  await other.getByRole("link", { name: "Keys" }).waitFor();
  expectSignedOut(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await other.getByLabel("API key").waitFor();
  await page.getByLabel("API key").fill(inject("deployment").readKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("link", { name: "Contacts" }).waitFor();
  expect(await other.getByRole("link", { name: "Keys" }).count()).toBe(0);
});

test("who comes back to a tab finds whose session it is now", async () => {
  const page = await atDesk();
  await page.getByRole("link", { name: "Keys" }).waitFor();
  const { url, readKey } = inject("deployment");
  expectSignedOut(page);
  // As another window does that can't tell.
  await page.request.post(`${url}/desk/session`, { data: { key: readKey }, headers: { origin: url } });
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByRole("link", { name: "Keys" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Contacts" }).waitFor();
});

test("a session that ends soon is said to", async () => {
  const page = await atDesk();
  const warning = page.getByText("Your session ends at");
  expect(await warning.count()).toBe(0);
  await page.route("**/desk/session", async (route) => {
    const response = await route.fetch();
    const expires_at = new Date(Date.now() + 300_000).toISOString();
    await route.fulfill({ response, json: { ...(await response.json()), expires_at } });
  });
  await page.reload();
  await warning.waitFor();
  await expectAccessible(page, "a session that ends soon");
});
