// The Calls resource. https://www.twilio.com/docs/voice/api/call-resource

import { type Context, Hono } from "hono";
import type { SandboxEnv } from "./authenticate.ts";
import { behavesOf, behaviourOf, faultsOf } from "./behaviours.ts";
import { callQuery } from "./call-list.ts";
import type { CallResource } from "./call-resource.ts";
import type { CallOrder } from "./call-state.ts";
import { readCreateForm } from "./create-form.ts";
import { newCallSid } from "./formats.ts";
import { pagedBody } from "./paging.ts";
import { reachOf, readForm, readQuery } from "./read-request.ts";
import { accountOf, callOf, holderOf } from "./stubs.ts";
import { notFound, refused, TwilioError } from "./twilio-error.ts";
import { readUpdateForm } from "./update-form.ts";

const CREATE_REFUSALS: Readonly<Record<number, string>> = {
  20500: "Internal Server Error",
  21214: "The 'To' phone number cannot be reached",
  21216: "Call blocked by Twilio blocklist",
  21217: "Phone number does not appear to be valid",
};

/** Longer than any client waits for an answer that does not come. */
const UNANSWERED_MS = 35_000;

const FILE = ":file{CA[0-9a-f]{32}\\.json}";

export const calls = new Hono<SandboxEnv>()
  .post("/Calls.json", async (c) => {
    const order = readCreateForm(await readForm(c), reachOf(c));
    if (!order.ok) throw refused(order.error);
    return c.json(await createCall(c, order.value), 201);
  })
  .get("/Calls.json", async (c) => {
    const { query, search } = readQuery(c, callQuery);
    const found = await accountOf(c).findCalls(query);
    const path = `/2010-04-01/Accounts/${c.get("accountSid")}/Calls.json`;
    return c.json(pagedBody("calls", path, search, query.paging, found));
  })
  .get(`/Calls/${FILE}`, async (c) => {
    const sid = sidOf(c.req.param("file"));
    const resource = await holderOf(c, sid).read(c.get("accountSid"), sid);
    if (resource === undefined) throw notFound(c.req.path);
    return c.json(resource);
  })
  .post(`/Calls/${FILE}`, async (c) => {
    const changes = readUpdateForm(await readForm(c), reachOf(c));
    if (!changes.ok) throw refused(changes.error);
    const sid = sidOf(c.req.param("file"));
    const updated = await holderOf(c, sid).update(c.get("accountSid"), sid, changes.value);
    if (updated.ok) return c.json(updated.value);
    if (updated.error === 20404) throw notFound(c.req.path);
    throw new TwilioError(400, 21220, "Call is not in-progress. Cannot redirect.");
  })
  .delete(`/Calls/${FILE}`, async (c) => {
    const sid = sidOf(c.req.param("file"));
    const removed = await holderOf(c, sid).remove(c.get("accountSid"), sid);
    if (removed.ok) return c.body(null, 204);
    if (removed.error === 20404) throw notFound(c.req.path);
    throw new TwilioError(400, 20009, "Cannot delete this resource before it is complete");
  });

/** `file` is a SID and an extension. */
function sidOf(file: string): string {
  return file.slice(0, 34);
}

/** Places the call, unless its number is one whose create fails, or has its answer lost. */
async function createCall(c: Context<SandboxEnv>, order: CallOrder): Promise<CallResource> {
  const behaves = behavesOf(order.to);
  const behaviour = behaviourOf(behaves);
  if (behaviour.kind === "refused") {
    throw new TwilioError(behaviour.status, behaviour.code, CREATE_REFUSALS[behaviour.code] ?? "Refused");
  }
  const fault = faultsOf(behaves).create;
  if (fault === "throttled" && (await accountOf(c).throttles(order.to, order.from))) {
    c.header("Retry-After", "1");
    throw new TwilioError(429, 20429, "Too Many Requests");
  }
  const sid = newCallSid();
  const begin = {
    sid,
    accountSid: c.get("accountSid"),
    parentSid: null,
    direction: "outbound-api" as const,
    behaves,
    order,
  };
  const created = await callOf(c, sid).begin(begin);
  if (fault !== "unanswered") return created;
  await scheduler.wait(UNANSWERED_MS);
  throw new TwilioError(504, 504, "Gateway Timeout");
}
