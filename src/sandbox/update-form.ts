// The form of `POST Calls/{Sid}.json`: end or cancel the call, replace what it runs, or limit its length.
// https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource

import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import { isReachable, type Reach } from "./callback-url.ts";
import type { CallChange } from "./call-machine.ts";
import type { Refusal } from "./create-form.ts";

const updateForm = z.object({
  Status: z.enum(["completed", "canceled"]).optional(),
  Url: z.string().optional(),
  Method: z.enum(["GET", "POST"]).default("POST"),
  Twiml: z.string().max(4000).optional(),
  TimeLimit: z.coerce.number().int().min(1).max(86_400).optional(),
});

const REFUSALS: Readonly<Record<string, Refusal>> = {
  Method: { code: 21209, message: "Invalid Method" },
  Twiml: { code: 32018, message: "Twiml size exceeded maximum allowed value" },
  TimeLimit: { code: 13216, message: "Invalid timeLimit value" },
};

export function readUpdateForm(form: URLSearchParams, reach: Reach): Result<CallChange[], Refusal> {
  const parsed = updateForm.safeParse(Object.fromEntries([...form].filter(([, value]) => value !== "")));
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    return err(REFUSALS[name] ?? { code: 20001, message: `Invalid parameter ${name}` });
  }
  const { Status, Url, Method, Twiml, TimeLimit } = parsed.data;
  if (Url !== undefined && !isReachable(Url, reach)) {
    return err({ code: 21205, message: `Url is not a valid URL: ${Url}` });
  }
  const changes: CallChange[] = [];
  if (TimeLimit !== undefined) changes.push({ kind: "limit", seconds: TimeLimit });
  if (Status !== undefined) changes.push({ kind: Status === "completed" ? "end" : "cancel" });
  else if (Url !== undefined) changes.push({ kind: "redirect", to: { url: Url, method: Method } });
  else if (Twiml !== undefined) changes.push({ kind: "replace", twiml: Twiml });
  return ok(changes);
}
