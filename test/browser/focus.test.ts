// Where the focus is for somebody who works by keys, when what had it changes or goes.

import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import type { Contact } from "../../src/contract/contacts.ts";
import { askApi } from "./support/api.ts";
import { atDesk } from "./support/visitor.ts";

const hasFocus = (place: Locator) => place.evaluate((element) => element === document.activeElement);
const makeContact = (phone: string, name: string) =>
  askApi<Contact>("POST", "/v1/contacts", { phone, name, overwrite: true });

test("paging leaves it on the button, and the page that was left stays until the next is there", async () => {
  const contact = await makeContact("+14155557201", "Fay Focus");
  let answer = (): void => {};
  const page = await atDesk();
  await page.route("**/v1/contacts?*", async (route) => {
    const offset = Number(new URL(route.request().url()).searchParams.get("offset"));
    if (offset > 0) await new Promise<void>((resume) => (answer = resume));
    const contacts = [{ ...contact, name: `Contact ${offset}` }];
    await route.fulfill({ json: { contacts, total: 120 } });
  });
  await page.goto("/desk/contacts");
  const next = page.getByRole("button", { name: "Next" });
  for (const [before, after] of [
    [0, 50],
    [50, 100],
  ]) {
    await page.getByRole("row", { name: `Contact ${before}` }).waitFor();
    await next.focus();
    await page.keyboard.press("Enter");
    await page.locator('.shown[aria-busy="true"]').getByText(`Contact ${before}`, { exact: true }).waitFor();
    await page.getByText(`${Number(before) + 1}–${after} of 120`).waitFor();
    answer();
    await page.getByRole("row", { name: `Contact ${after}` }).waitFor();
    expect(await page.locator('.shown[aria-busy="true"]').count()).toBe(0);
    expect(await hasFocus(next)).toBe(true);
  }
  await page.getByText("101–120 of 120").waitFor();
  expect(await next.isDisabled()).toBe(true);
  await page.keyboard.press("Enter");
  expect(new URL(page.url()).searchParams.get("offset")).toBe("100");
});

test("it goes to the heading when its row is deleted", async () => {
  await makeContact("+14155557202", "Dee Deleted");
  const page = await atDesk();
  await page.goto("/desk/contacts?search=Dee%20Deleted");
  await page.getByRole("button", { name: "Delete Dee Deleted" }).focus();
  await page.keyboard.press("Enter");
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Delete" });
  await confirm.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Nobody matches.").waitFor();
  await expect.poll(() => hasFocus(page.getByRole("heading", { level: 1 }))).toBe(true);
});
