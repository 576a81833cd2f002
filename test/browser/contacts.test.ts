import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import type { Contact } from "../../src/contract/contacts.ts";
import { askApi } from "./support/api.ts";
import { expectAccessible, expectNoSidewaysScroll } from "./support/judges.ts";
import { atDesk, expectComplaint } from "./support/visitor.ts";

async function atContacts(...who: Parameters<typeof atDesk>): Promise<Page> {
  const page = await atDesk(...who);
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
  return page;
}

const makeContact = (phone: string, name: string, rest: object = {}) =>
  askApi<Contact>("POST", "/v1/contacts", { phone, name, overwrite: true, ...rest });

const readContact = ({ uuid }: Contact) => askApi<Contact>("GET", `/v1/contacts/${uuid}`);

test("a contact is searched for, opted out with a reason, and back", async () => {
  const contact = await makeContact("+14155557001", "Odette Optout", { tags: ["vip", "south"] });
  await makeContact("+14155557002", "Oscar Other", { tags: ["vip"] });
  const page = await atContacts();
  const row = page.getByRole("row", { name: /Odette Optout/ });
  const other = page.getByRole("row", { name: /Oscar Other/ });
  await other.waitFor();
  await page.getByLabel("Search").fill("oDETTE");
  await other.waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("?search=oDETTE");

  await row.getByRole("button", { name: "Opt out Odette Optout" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Asked by letter");
  await dialog.getByRole("button", { name: "Opt out" }).click();
  await row.getByText("opted out").waitFor();
  expect((await readContact(contact)).opted_out_at).not.toBeNull();

  await row.getByRole("button", { name: "Take back the opt-out of Odette Optout" }).click();
  await dialog.getByText("“Asked by letter”").waitFor();
  await dialog.getByLabel("Reason").fill("Asked in the shop");
  await dialog.getByRole("button", { name: "Take it back" }).click();
  await row.getByText("yes").waitFor();
  expect((await readContact(contact)).opted_out_at).toBeNull();

  await page.getByLabel("Search").fill("");
  await page.getByLabel("Tags").fill("vip,");
  await other.waitFor();
  await page.getByLabel("Tags").fill("vip, south,");
  await other.waitFor({ state: "detached" });
  await row.waitFor();
  expect(await page.getByLabel("Tags").inputValue()).toBe("vip, south,");
  expect(new URL(page.url()).search).toBe("?tags=vip%2Csouth");
  await page.getByLabel("Search").fill("nobody is called this");
  await page.getByText("Nobody matches.").waitFor();
});

test("a contact is created, edited by what was changed alone, and deleted", async () => {
  const page = await atContacts();
  await page.getByRole("button", { name: "New contact" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Phone").fill("+14155557010");
  await dialog.getByLabel("Name").fill("Nora New");
  await dialog.getByLabel("Tags").fill("north, vip");
  await dialog.getByLabel("Metadata").fill('{ "plan": "pro", "seats": 3');
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.getByText("The metadata is no JSON object").waitFor();
  await dialog.getByLabel("Metadata").fill('{ "plan": "pro", "seats": 3 }');
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByLabel("Search").fill("Nora New");
  const row = page.getByRole("row", { name: /Nora New/ });

  await row.getByRole("button", { name: "Edit Nora New" }).click();
  await dialog.getByLabel("E-mail").fill("nora@example.com");
  await dialog.getByLabel("Metadata").fill('{ "plan": "pro", "desk": { "height": 70 } }');
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  expect((await sent).postDataJSON()).toEqual({
    email: "nora@example.com",
    metadata: { seats: null, desk: { height: 70 } },
  });
  await row.getByText("nora@example.com").waitFor();

  await row.getByRole("button", { name: "Edit Nora New" }).click();
  await dialog.getByLabel("Language").fill("no such language");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await dialog.getByRole("alert").getByText("preferred_language", { exact: true }).waitFor();
  expectComplaint(/422/);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  // The focus goes back to where it came from.
  const opener = row.getByRole("button", { name: "Edit Nora New" });
  await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);

  await row.getByRole("button", { name: "Delete Nora New" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nobody matches.").waitFor();
});

test("a contact's calls are one step away", async () => {
  const { campaignId } = inject("deployment");
  const contact = await makeContact("+15007770010", "Cally Called");
  await askApi("POST", "/v1/calls", { to: contact.phone, campaign_id: campaignId });
  const page = await atContacts();
  await page.getByLabel("Search").fill("Cally");
  await page.getByRole("link", { name: "1 calls with Cally Called" }).click();
  await page.waitForURL(new RegExp(`/desk/calls\\?contact_id=${contact.uuid}$`));
});

test("long lists are read page by page, and the address keeps where", async () => {
  await Promise.all(
    Array.from({ length: 51 }, (_, index) =>
      makeContact(`+1415556${7000 + index}`, `Paged ${index}`, { tags: ["paged"] }),
    ),
  );
  const page = await atContacts();
  await page.getByLabel("Tags").fill("paged");
  await page.getByText("1–50 of 51").waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("51–51 of 51").waitFor();
  await page.reload();
  await page.getByText("51–51 of 51").waitFor();
  expect(await page.getByRole("row", { name: /Paged/ }).count()).toBe(1);
});

test("who may only read sees no action", async () => {
  await makeContact("+14155557030", "Rita Read");
  const page = await atContacts("read");
  await page.getByRole("row", { name: /Rita Read/ }).waitFor();
  expect(await page.getByRole("button", { name: /New|Edit|Opt|Take|Delete/ }).count()).toBe(0);
});

test.for(["light", "dark"] as const)("contacts are accessible, %s", async (theme) => {
  await makeContact("+14155557040", "Anna Axe", { tags: ["vip"], email: "anna@example.com" });
  await makeContact("+14155557041", "Otto Out");
  await askApi("POST", "/v1/opt-outs", { phone: "+14155557041" });
  const page = await atContacts("full", { theme });
  await page.getByRole("row", { name: /Otto Out/ }).waitFor();
  await expectAccessible(page, `contacts, ${theme}`);
  await page.getByRole("button", { name: "Edit Anna Axe" }).click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible(page, `a contact, ${theme}`);
});

test("on a phone nothing scrolls sideways but the table", async () => {
  const contact = await makeContact("+14155557050", "Pia Phone", {
    email: `${"long".repeat(12)}@example.com`,
  });
  const page = await atContacts("full", { phone: true });
  await page.getByRole("row", { name: /Pia Phone/ }).waitFor();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: `Edit ${contact.name}` }).click();
  await page.getByRole("dialog").waitFor();
  await expectNoSidewaysScroll(page);
});
