// What Twilio's forms have in common: repeated fields, methods, URLs, and a code of its own for each field that is
// wrong. Fields that are not known here are ignored.

import { z } from "zod";
import { isReachable, type Reach } from "./callback-url.ts";
import type { Destination } from "./verbs.ts";

export type Refusal = { code: number; message: string };
/** What is wrong with a field, by its name; any other is 20001. */
export type Refusals = Readonly<Record<string, (value: string) => Refusal>>;

const MAX_URL_CHARS = 4000;
const MAX_SHOWN_CHARS = 100;

export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/);
export const method = z.enum(["GET", "POST"]).default("POST");
export const flag = z.enum(["true", "false"]).default("false");

export function reachableUrl(reach: Reach) {
  return z
    .string()
    .max(MAX_URL_CHARS)
    .refine((text) => isReachable(text, reach));
}

/** The fields that are not empty; of a repeated one the last, unless it is named among the `lists`. */
export function fieldsOf(
  form: URLSearchParams,
  lists: readonly string[] = [],
): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of form) if (value !== "") fields[name] = value;
  for (const name of lists) if (form.has(name)) fields[name] = form.getAll(name);
  return fields;
}

/** The refusal of the first field that is wrong. */
export function refusalOf(error: z.ZodError, form: URLSearchParams, refusals: Refusals): Refusal {
  const name = String(error.issues[0]?.path[0]);
  const refuse = refusals[name];
  const value = (form.get(name) ?? "").slice(0, MAX_SHOWN_CHARS);
  return refuse?.(value) ?? { code: 20001, message: `Invalid parameter ${name}` };
}

export function destinationOf(url: string | undefined, verb: "GET" | "POST"): Destination | null {
  return url === undefined ? null : { url, method: verb };
}

export function invalidMethod(value: string): Refusal {
  return { code: 21209, message: `Invalid Method: ${value}` };
}

export function invalidUrl(name: string): (value: string) => Refusal {
  return (value) => ({ code: 21205, message: `${name} is not a valid URL: ${value}` });
}

export function invalidStatusCallback(value: string): Refusal {
  return { code: 21609, message: `The StatusCallback URL ${value} is not a valid URL.` };
}
