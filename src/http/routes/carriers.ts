// What carriers send about calls. Nothing is read of a request before its signature was found right.

import { Hono, type Context } from "hono";
import {
  authenticProvider,
  CALLBACKS,
  handleCarrierCallback,
  type CallbackKind,
  type CallbackRefusal,
} from "../../services/carriers/carrier-callback.ts";
import { isId } from "../../lib/ids.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
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
  const target = { carrierId: c.req.param("carrier_id") ?? "", callId: c.req.param("call_uuid") ?? "" };
  // A form is text, though its media type does not say so, and `text()` would complain of that.
  const body = new TextDecoder().decode(await c.req.arrayBuffer());
  const request = { url: publicUrl(c), headers: c.req.raw.headers, body };
  const answer = await handleCarrierCallback(c.get("services"), kind, target, request);
  if (!answer.ok) return problem(c, { code: answer.error, detail: DETAILS[answer.error] });
  if (answer.value === null) return c.body(null, 204);
  return c.body(answer.value.body, 200, { "content-type": answer.value.contentType });
}

/** The address as the carrier was given it, which is what it signs, whatever proxies made of it. */
function publicUrl(c: Context<AppEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return c.get("services").config.PUBLIC_BASE_URL + pathname + search;
}
