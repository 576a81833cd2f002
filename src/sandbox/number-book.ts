// The numbers of an account, and what is done about calls to them.

import { z } from "zod";
import { newSid } from "./formats.ts";
import { type NumberOrder, type NumberSettings, numberSettings } from "./number-form.ts";
import { numberResource, type NumberResource } from "./number-resource.ts";
import { type Filter, optionalText, type Page, pagingFields, pagingOf, selectPage } from "./paging.ts";

export const numberQuery = z
  .object({ PhoneNumber: optionalText, FriendlyName: optionalText, ...pagingFields })
  .transform((query) => ({
    phone: query.PhoneNumber,
    friendlyName: query.FriendlyName,
    paging: pagingOf(query),
  }));
export type NumberQuery = z.infer<typeof numberQuery>;

export class NumberBook {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** All numbers are the sandbox's to give, so one that the account has already is only set anew. */
  put(accountSid: string, { phone, settings }: NumberOrder, nowMs: number): NumberResource {
    const [known] = this.#sql
      .exec<{ sid: string; created_ms: number }>("SELECT sid, created_ms FROM numbers WHERE phone = ?", phone)
      .toArray();
    const sid = known?.sid ?? newSid("PN");
    const createdAtMs = known?.created_ms ?? nowMs;
    const resource = numberResource(accountSid, { sid, phone, settings, createdAtMs, updatedAtMs: nowMs });
    this.#sql.exec(
      `INSERT INTO numbers (sid, phone, friendly_name, created_ms, settings, resource) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (sid) DO UPDATE SET
         friendly_name = excluded.friendly_name, settings = excluded.settings, resource = excluded.resource`,
      sid,
      phone,
      settings.friendlyName,
      createdAtMs,
      JSON.stringify(settings),
      JSON.stringify(resource),
    );
    return resource;
  }

  settingsOf(phone: string): NumberSettings | undefined {
    const [row] = this.#sql
      .exec<{ settings: string }>("SELECT settings FROM numbers WHERE phone = ?", phone)
      .toArray();
    return row && numberSettings.parse(JSON.parse(row.settings));
  }

  /** A number may be given in part, with `*` for any digit. */
  find({ phone, friendlyName, paging }: NumberQuery): Page {
    const filters: Filter[] = [
      ["phone GLOB ?", phone && `*${phone.replace(/[^+\d*]/g, "").replaceAll("*", "?")}*`],
      ["friendly_name = ?", friendlyName],
    ];
    return selectPage(this.#sql, "numbers", filters, paging);
  }
}
