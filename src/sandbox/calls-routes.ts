import { type Context, Hono } from "hono";
import { readConfig } from "../config.ts";
import type { SandboxEnv } from "./authenticate.ts";
import { behaviourOf } from "./behaviours.ts";
import { callQuery, pagedBody } from "./call-list.ts";
import type { Reach } from "./callback-url.ts";
import { readCreateForm } from "./create-form.ts";
import { newSid } from "./formats.ts";
import { readForm } from "./read-form.ts";
import { notFound, TwilioError } from "./twilio-error.ts";
import { readUpdateForm } from "./update-form.ts";

const CREATE_REFUSALS: Readonly<Record<number, string>> = {
  21214: "The 'To' phone number cannot be reached",
  21216: "Call blocked by Twilio blocklist",
  21217: "Phone number does not appear to be valid",
};

export const calls = new Hono<SandboxEnv>()
  .post("/Calls.json", async (c) => {
    const order = readCreateForm(await readForm(c), reachOf(c));
    if (!order.ok) throw new TwilioError(400, order.error.code, order.error.message);
    const behaviour = behaviourOf(order.value.to);
    if (behaviour.kind === "refused") {
      throw new TwilioError(400, behaviour.code, CREATE_REFUSALS[behaviour.code] ?? "Refused");
    }
    const sid = newSid("CA");
    const call = c.env.SANDBOX_CALL.getByName(sid);
    return c.json(await call.create(sid, c.get("accountSid"), order.value), 201);
  })
  .get("/Calls.json", async (c) => {
    const { searchParams } = new URL(c.req.url);
    const query = callQuery.safeParse(Object.fromEntries(searchParams));
    if (!query.success) {
      throw new TwilioError(400, 20001, `Invalid parameter ${String(query.error.issues[0]?.path[0])}`);
    }
    const found = await c.env.SANDBOX_ACCOUNT.getByName(c.get("accountSid")).find(query.data);
    const path = `/2010-04-01/Accounts/${c.get("accountSid")}/Calls.json`;
    return c.json(pagedBody(path, searchParams, query.data, found));
  })
  .get("/Calls/:file{CA[0-9a-f]{32}\\.json}", async (c) => {
    const resource = await callOf(c.env, c.req.param("file")).read(c.get("accountSid"));
    if (resource === undefined) throw notFound(c.req.path);
    return c.json(resource);
  })
  .post("/Calls/:file{CA[0-9a-f]{32}\\.json}", async (c) => {
    const changes = readUpdateForm(await readForm(c), reachOf(c));
    if (!changes.ok) throw new TwilioError(400, changes.error.code, changes.error.message);
    const updated = await callOf(c.env, c.req.param("file")).update(c.get("accountSid"), changes.value);
    if (updated.ok) return c.json(updated.value);
    if (updated.error === 20404) throw notFound(c.req.path);
    throw new TwilioError(400, 21220, "Call is not in-progress. Cannot redirect.");
  });

/** `file` is a call's SID and an extension. */
function callOf(env: Env, file: string) {
  return env.SANDBOX_CALL.getByName(file.slice(0, 34));
}

function reachOf(c: Context<SandboxEnv>): Reach {
  const { PUBLIC_BASE_URL, isLocal } = readConfig(c.env);
  return { ownOrigin: PUBLIC_BASE_URL, isLocal };
}
