// GET /v1/contacts (contract, part B).

import { describe, expect, test } from "vitest";
import { type Contact } from "../../src/contract/contacts.ts";
import { request } from "../support/api.ts";
import { PATH, created, list, refusal } from "../support/contacts.ts";
import { createOrganisation } from "../support/organisation.ts";

describe("the list", () => {
  test("is newest first, in pages", async () => {
    const org = await createOrganisation();
    const all: Contact[] = [];
    for (let i = 0; i < 5; i += 1) all.unshift(await created(org, { phone: `+1415555019${i}` }));
    expect((await list(org)).contacts).toEqual(all);
    expect(await list(org, "?limit=2")).toEqual({ contacts: all.slice(0, 2), total: 5 });
    expect(await list(org, "?limit=2&offset=4")).toEqual({ contacts: all.slice(4), total: 5 });
    expect(await list(org, "?offset=1000000")).toEqual({ contacts: [], total: 5 });
  });

  test("finds a part of name, email or phone, whatever its case", async () => {
    const org = await createOrganisation();
    await created(org, { phone: "+14155550101", name: "Jörg Öztürk", email: "joerg@example.com" });
    await created(org, { phone: "+14155550102", name: "100% Ann_e", email: "ann@shop.example" });
    await created(org, { phone: "+14155550103", name: "ÉMILE ZOLA" });
    await created(org, { phone: "+14155550104" });
    const found = async (search: string) =>
      (await list(org, `?search=${encodeURIComponent(search)}`)).contacts
        .map(({ phone }) => phone.slice(-1))
        .toSorted()
        .join("");
    expect(await found("JOERG@")).toBe("1");
    expect(await found("jörg")).toBe("1");
    expect(await found("JÖRG")).toBe("1");
    expect(await found("öztürk")).toBe("1");
    expect(await found("jörg öztürk")).toBe("1");
    expect(await found("émile zola")).toBe("3");
    expect(await found("Émile")).toBe("3");
    expect(await found("example")).toBe("12");
    expect(await found("55501")).toBe("1234");
    expect(await found("+14155550104")).toBe("4");
    // No wildcards.
    expect(await found("%")).toBe("2");
    expect(await found("_")).toBe("2");
    expect(await found("a%e")).toBe("");
    expect(await found("*")).toBe("");
    expect(await found("' OR 1=1 --")).toBe("");
    // D1 knows no LIKE of more than 50 bytes; a search may be longer.
    expect(await found("x".repeat(100))).toBe("");
    expect(await found("ö".repeat(100))).toBe("");
  });

  test("finds who has all of the tags, to the letter", async () => {
    const org = await createOrganisation();
    await created(org, { phone: "+14155550101", tags: ["vip", "north"] });
    await created(org, { phone: "+14155550102", tags: ["vip"] });
    await created(org, { phone: "+14155550103", tags: ["VIP", "north"], name: "Ann" });
    await created(org, { phone: "+14155550104" });
    const found = async (query: string) => {
      const { contacts: page, total } = await list(org, `?${query}`);
      expect(total).toBe(page.length);
      return page
        .map(({ phone }) => phone.slice(-1))
        .toSorted()
        .join("");
    };
    expect(await found("tags=vip")).toBe("12");
    expect(await found("tags=vip,north")).toBe("1");
    expect(await found("tags=north&tags=vip")).toBe("1");
    expect(await found("tags=north,%20vip,vip")).toBe("1");
    expect(await found("tags=north")).toBe("13");
    expect(await found("tags=north&search=ann")).toBe("3");
    expect(await found("tags=vi")).toBe("");
    expect(await found(`tags=${Array.from({ length: 50 }, (_, i) => `t${i}`).join(",")}`)).toBe("");
  });

  test.for([
    ["an empty search", "search="],
    ["a search too long", `search=${"x".repeat(101)}`],
    ["U+0000 in the search", "search=%00"],
    ["an empty tag", "tags=a,,b"],
    ["U+0000 in a tag", "tags=%00"],
    ["too many tags", `tags=${"t,".repeat(50)}t`],
    ["a limit of 0", "limit=0"],
    ["a limit of 101", "limit=101"],
    ["an offset below 0", "offset=-1"],
  ] as const)("refuses %s", async ([, query]) => {
    const org = await createOrganisation();
    expect(await refusal(await request(`${PATH}?${query}`, org.apiKey))).toMatchObject({
      status: 422,
      code: "validation_failed",
    });
  });
});
