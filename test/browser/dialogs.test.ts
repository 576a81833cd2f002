// What a dialog does with a server that is slow, or whose answer is lost.

import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { askApi } from "./support/api.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

async function fillIn(page: Page, name: string, phone: string) {
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("button", { name: "New contact" }).click();
  const dialog = page.getByRole("dialog", { name: "New contact" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Phone").fill(phone);
  return dialog;
}

test("what was done though its answer was lost is not done twice", async () => {
  const page = await atDesk();
  const dialog = await fillIn(page, "Lotte Lost", "+14155557711");
  const keys: (string | undefined)[] = [];
  await page.route("**/v1/contacts", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    expect((await route.fetch()).status()).toBe(201);
    return route.abort();
  });
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.getByText("It is not known whether this was done; trying again is safe.").waitFor();
  expectComplaint(/ERR_FAILED/);
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(keys[0]).toMatch(/./);
  expect(keys[1]).toBe(keys[0]);
  expect(await askApi("GET", "/v1/contacts?search=Lotte")).toMatchObject({ total: 1 });
  // What is asked for anew is another wish, and refused: the number has its contact.
  await fillIn(page, "Lotte Lost", "+14155557711");
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.getByRole("alert").waitFor();
  expect(keys[2]).not.toBe(keys[0]);
  expectComplaint(/409/);
});

test("a dialog that works can't be escaped from, and says what came of it", async () => {
  const page = await atDesk();
  const dialog = await fillIn(page, "Esra Escape", "+14155557712");
  let letThrough = (): void => {};
  await page.route("**/v1/contacts", async (route) => {
    await new Promise<void>((resume) => (letThrough = resume));
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.getByText("Working…").waitFor();
  for (let pressed = 0; pressed < 4; pressed += 1) await page.keyboard.press("Escape");
  await dialog.getByText("Working…").waitFor();
  letThrough();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /Esra Escape/ }).waitFor();
  await page.getByRole("button", { name: "New contact" }).click();
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});
