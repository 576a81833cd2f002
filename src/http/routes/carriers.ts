// What carriers send about calls. Nothing is read of a request before its signature was found right.

import { Hono, type Context } from "hono";
import {
  authenticProvider,
  CALLBACKS,
  handleCarrierCallback,
  handleInbound,
  type CallbackAnswer,
  type CallbackKind,
  type CallbackRefusal,
} from "../../services/carriers/carrier-callback.ts";
import { isId } from "../../lib/ids.ts";
import type { Result } from "../../lib/result.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { CarrierRequest } from "../../telephony/provider.ts";
import type { AppEnv } from "../env.ts";
import { limitBody } from "../limit-body.ts";
import { notFound, problem } from "../problem.ts";
import { upgradeToCall } from "../upgrade.ts";

const CALL_PATH = "/carriers/:carrier_id/calls/:call_uuid";

const DETAILS: Record<CallbackRefusal, string> = {
  bad_signature: "The request is not signed by this carrier account.",
  not_found: "There is no such call.",
  bad_request: "The callback is not one of this kind and account.",
};

export const carrierRoutes = new Hono<AppEnv>();

for (const kind of CALLBACKS) {
  carrierRoutes.post(`${CALL_PATH}/${kind}`, limitBody(65_536), (c) => receive(c, kind));
}

/** Where the account's numbers send a call that comes in. */
carrierRoutes.post("/carriers/:carrier_id/inbound", limitBody(65_536), async (c) =>
  reply(c, await handleInbound(c.get("services"), c.req.param("carrier_id"), await readRequest(c))),
);

/** The relay's handshake is signed over its `ws(s)` address. */
carrierRoutes.get(`${CALL_PATH}/relay`, async (c) => {
  const { carrier_id: carrierId, call_uuid: callId } = c.req.param();
  const url = publicUrl(c).replace(/^http/, "ws");
  const request = { url, headers: c.req.raw.headers, body: "" };
  if ((await authenticProvider(c.get("services"), carrierId, request)) === null) {
    return problem(c, { code: "bad_signature", detail: DETAILS.bad_signature });
  }
  if (!isId("call", callId)) return notFound(c, "call");
  return upgradeToCall(c, callSessionOf(c.env, callId), `/relay?carrier=${carrierId}`);
});

async function receive(c: Context<AppEnv>, kind: CallbackKind): Promise<Response> {
  const target = {
    carrierId: c.req.param("carrier_id") ?? "",
    callId: c.req.param("call_uuid") ?? "",
    transferId: idIn(c, "transfer"),
    humanId: idIn(c, "human"),
  };
  return reply(c, await handleCarrierCallback(c.get("services"), kind, target, await readRequest(c)));
}

/** Of the query; null for what is none of ours. */
function idIn(c: Context<AppEnv>, kind: "transfer" | "human"): string | null {
  const text = c.req.query(kind);
  return text !== undefined && isId(kind, text) ? text : null;
}

async function readRequest(c: Context<AppEnv>): Promise<CarrierRequest> {
  // A form is text, though its media type does not say so, and `text()` would complain of that.
  const body = new TextDecoder().decode(await c.req.arrayBuffer());
  return { url: publicUrl(c), headers: c.req.raw.headers, body };
}

function reply(c: Context<AppEnv>, answer: Result<CallbackAnswer, CallbackRefusal>): Response {
  if (!answer.ok) return problem(c, { code: answer.error, detail: DETAILS[answer.error] });
  if (answer.value === null) return c.body(null, 204);
  return c.body(answer.value.body, 200, { "content-type": answer.value.contentType });
}

/** The address as the carrier was given it, which is what it signs, whatever proxies made of it. */
function publicUrl(c: Context<AppEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return c.get("services").config.PUBLIC_BASE_URL + pathname + search;
}
