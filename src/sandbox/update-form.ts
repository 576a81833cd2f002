// The form of `POST Calls/{Sid}.json`: end or cancel the call, replace what it runs, limit its length, or say where
// it reports to. https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import type { Reach } from "./callback-url.ts";
import type { CallChange } from "./changes.ts";
import {
  fieldsOf,
  invalidMethod,
  invalidStatusCallback,
  invalidUrl,
  method,
  reachableUrl,
  type Refusal,
  refusalOf,
  type Refusals,
} from "./form-fields.ts";

function updateForm(reach: Reach) {
  const url = reachableUrl(reach);
  return z.object({
    Status: z.enum(["completed", "canceled"]).optional(),
    Url: url.optional(),
    Method: method,
    Twiml: z.string().max(4000).optional(),
    FallbackUrl: url.optional(),
    FallbackMethod: method,
    StatusCallback: url.optional(),
    StatusCallbackMethod: method,
    TimeLimit: z.coerce.number().int().min(1).max(86_400).optional(),
  });
}

const REFUSALS: Refusals = {
  Url: invalidUrl("Url"),
  Method: invalidMethod,
  FallbackUrl: invalidUrl("FallbackUrl"),
  FallbackMethod: invalidMethod,
  StatusCallback: invalidStatusCallback,
  StatusCallbackMethod: invalidMethod,
  Twiml: () => ({ code: 32018, message: "Twiml size exceeded maximum allowed value" }),
  TimeLimit: () => ({ code: 13216, message: "Invalid timeLimit value" }),
};

/** In the order in which they take effect: an end is reported to where the same update says. */
export function readUpdateForm(form: URLSearchParams, reach: Reach): Result<CallChange[], Refusal> {
  const parsed = updateForm(reach).safeParse(fieldsOf(form));
  if (!parsed.success) return err(refusalOf(parsed.error, form, REFUSALS));
  const { Status, Url, Twiml, FallbackUrl, StatusCallback, TimeLimit, ...methods } = parsed.data;
  const changes: CallChange[] = [];
  if (StatusCallback !== undefined) {
    changes.push({ kind: "report", to: { url: StatusCallback, method: methods.StatusCallbackMethod } });
  }
  if (FallbackUrl !== undefined) {
    changes.push({ kind: "fall-back", to: { url: FallbackUrl, method: methods.FallbackMethod } });
  }
  if (TimeLimit !== undefined) changes.push({ kind: "limit", seconds: TimeLimit });
  if (Status !== undefined) changes.push({ kind: Status === "completed" ? "end" : "cancel" });
  else if (Url !== undefined) changes.push({ kind: "redirect", to: { url: Url, method: methods.Method } });
  else if (Twiml !== undefined) changes.push({ kind: "replace", twiml: Twiml });
  return ok(changes);
}
