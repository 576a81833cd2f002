// The IncomingPhoneNumbers resource. https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource

import { Hono } from "hono";
import type { SandboxEnv } from "./authenticate.ts";
import { numberQuery } from "./number-book.ts";
import { readNumberForm } from "./number-form.ts";
import { pagedBody } from "./paging.ts";
import { reachOf, readForm, readQuery } from "./read-request.ts";
import { accountOf } from "./stubs.ts";
import { refused } from "./twilio-error.ts";

export const numbers = new Hono<SandboxEnv>()
  .post("/IncomingPhoneNumbers.json", async (c) => {
    const order = readNumberForm(await readForm(c), reachOf(c));
    if (!order.ok) throw refused(order.error);
    return c.json(await accountOf(c).putNumber(c.get("accountSid"), order.value), 201);
  })
  .get("/IncomingPhoneNumbers.json", async (c) => {
    const { query, search } = readQuery(c, numberQuery);
    const found = await accountOf(c).findNumbers(query);
    const path = `/2010-04-01/Accounts/${c.get("accountSid")}/IncomingPhoneNumbers.json`;
    return c.json(pagedBody("incoming_phone_numbers", path, search, query.paging, found));
  });
