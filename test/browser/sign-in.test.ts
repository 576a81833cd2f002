import { expect, inject, test } from "vitest";
import { expectAccessible } from "./support/judges.ts";
import { atDesk, expectComplaint, expectSignedOut, visit } from "./support/visitor.ts";

test("a wrong key is refused, and nothing else is shown", async () => {
  const page = await visit();
  await page.goto("/desk/keys");
  await page.getByLabel("API key").fill("tl_k_not-a-key");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("This is no valid API key.").waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
  expect(await page.context().cookies()).toEqual([]);
  // The browser itself reports a 401, where the page only says it.
});

test("who signs in stays signed in, and who signs out is out everywhere", async () => {
  const page = await atDesk();
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Live calls" }).waitFor();
  const { url } = inject("deployment");
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
  expect((await fetch(`${url}/v1/campaigns`, { headers })).status).toBe(200);
  expectSignedOut(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API key").waitFor();
  expect((await fetch(`${url}/v1/campaigns`, { headers })).status).toBe(401);
});

test("who has only keys skips to the content", async () => {
  const page = await atDesk();
  await page.goto("/desk/contacts?search=nobody");
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
  // Where somebody is who comes from the browser's own bar.
  await page.evaluate(() => {
    const start = document.createElement("a");
    start.href = "#";
    document.body.prepend(start);
    start.focus();
  });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
  expect(new URL(page.url()).search).toBe("?search=nobody");
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
});

test.for(["light", "dark"] as const)("signing in is accessible, %s", async (theme) => {
  const page = await visit({ theme });
  await page.goto("/desk");
  await page.getByLabel("API key").waitFor();
  await expectAccessible(page, `sign in, ${theme}`);
});

test("what the browser complains of is seen", async () => {
  const page = await atDesk();
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "https://elsewhere.example/x.png";
    document.body.append(image);
    return new Promise((resume) => image.addEventListener("error", resume));
  });
  expectComplaint(/policy: img-src/);
  expectComplaint(/request to https:\/\/elsewhere/);
  expectComplaint(/console/);
});
