import type { Route } from "playwright-core";
import { expect, test } from "vitest";
import { tryApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { atDesk, expectComplaint, signIn, visit } from "./support/visitor.ts";
import type { CreatedKey } from "../../src/contract/keys.ts";

test("a key is made, works for what it may, and is revoked", async () => {
  const page = await atDesk();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Wallboard of the test");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("Choose at least one thing").waitFor();
  await dialog.getByLabel("See contacts and opt-outs").check();
  await dialog.getByLabel("Change contacts and opt-outs").check();
  await dialog.getByLabel("Expires").fill("2038-01-19T03:14");
  await dialog.getByText("Limits (optional)").click();
  await dialog.getByLabel("write contact").fill("33");
  await dialog.getByRole("button", { name: "Create key" }).click();

  const key = await dialog.getByLabel("API key").inputValue();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  for (let times = 0; times < 3; times += 1) await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "I have stored it" }).click();
  expect(await page.content()).not.toContain(key);

  const row = page.getByRole("row").filter({ hasText: "Wallboard of the test" });
  await row.getByText("Contacts: see, change").waitFor();
  await row.getByText("write contact 33/min").waitFor();
  await row.getByText("2038").waitFor();
  expect((await tryApi("GET", "/v1/contacts?limit=1", { key })).status).toBe(200);
  expect((await tryApi("GET", "/v1/calls?limit=1", { key })).status).toBe(403);

  await row.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByRole("button", { name: "Revoke key" }).click();
  await row.getByText("revoked").waitFor();
  expect(await row.getByRole("button").count()).toBe(0);
  await expect.poll(async () => (await tryApi("GET", "/v1/contacts?limit=1", { key })).status).toBe(401);
});

test("a key whose answer was lost is there once, and its secret is nobody's", async () => {
  const page = await atDesk();
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Lost on its way");
  await dialog.getByLabel("See contacts and opt-outs").check();
  await page.route("**/v1/keys", lose, { times: 1 });
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("It is not known whether this was done; trying again is safe.").waitFor();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("Revoke this key, and create another.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("row").filter({ hasText: "Lost on its way" }).waitFor();
  expect(await page.getByRole("row").filter({ hasText: "Lost on its way" }).count()).toBe(1);
  expectComplaint(/ERR_FAILED/);
});

async function lose(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

test("who revokes the key they are signed in with is warned, and signed out", async () => {
  const body = { name: "Cuts its own branch", scopes: ["voice:admin", "voice:calls:read"] };
  const made = (await tryApi("POST", "/v1/keys", { body })).json as CreatedKey;
  const page = await visit();
  await signIn(page, made.key ?? "");
  await page.getByRole("link", { name: "Keys" }).click();
  const row = page.getByRole("row").filter({ hasText: "Cuts its own branch" });
  await row.getByText("you are signed in with it").waitFor();
  await row.getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("signs you out of the desk now").waitFor();
  await dialog.getByRole("button", { name: "Revoke and sign out" }).click();
  await page.getByRole("heading", { name: "Trunkline desk" }).waitFor();
  await expect.poll(async () => (await tryApi("GET", "/v1/keys", { key: made.key ?? "" })).status).toBe(401);
});

test("there is no room for keys for who may not administer", async () => {
  const page = await atDesk("read");
  expect(await page.getByRole("link", { name: "Keys" }).count()).toBe(0);
  await page.goto("/desk/keys");
  await page.getByText("voice:admin").waitFor();
  expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
});

test.for(["light", "dark"] as const)("keys are accessible, %s", async (theme) => {
  const page = await atDesk("full", { theme });
  await page.goto("/desk/keys");
  await page.getByText("you are signed in with it").waitFor();
  await expectAccessible(page, `keys, ${theme}`);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("dialog").getByText("Limits (optional)").click();
  await expectAccessible(page, `a new key, ${theme}`);
});

test("on a phone nothing scrolls sideways", async () => {
  const page = await atDesk("full", { phone: true });
  await page.goto("/desk/keys");
  await page.getByText("you are signed in with it").waitFor();
  await expectNoSidewaysScroll(page);
});
