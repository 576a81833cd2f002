// What comes from carriers, signed; and the stand-in carrier's own create.

import { isSigned } from "./crypto.js";
import { accountOf } from "./telephony.js";

export async function carrierRequest(request, env, { carrierId, callId, kind }) {
  const account = await accountOf(env, carrierId);
  if (account === null) return new Response(null, { status: 403 });
  const form = new Map(new URLSearchParams(await request.text()));
  const { pathname, search } = new URL(request.url);
  const base = kind === "relay" ? env.PUBLIC_BASE_URL.replace("http", "ws") : env.PUBLIC_BASE_URL;
  const signature = request.headers.get("x-twilio-signature") ?? "";
  if (!(await isSigned(account.key, base + pathname + search, form, signature))) {
    return new Response(null, { status: 403 });
  }
  const call = env.CALL.getByName(callId);
  if (kind === "relay") return call.fetch(request);
  if (form.get("AccountSid") !== account.sid) return new Response(null, { status: 400 });
  switch (kind) {
    case "status": {
      const isTaken = await call.report(carrierId, reportOf(form));
      return new Response(null, { status: isTaken ? 204 : 404 });
    }
    case "answer":
      return new Response(await call.answer(carrierId), { headers: { "content-type": "text/xml" } });
    default:
      await call.relayEnded();
      return new Response("<Response><Hangup/></Response>", { headers: { "content-type": "text/xml" } });
  }
}

function reportOf(form) {
  const seconds = form.get("CallDuration");
  return {
    carrierCallId: form.get("CallSid"),
    phase: form.get("CallStatus"),
    atMs: Date.parse(form.get("Timestamp")),
    durationSeconds: seconds === undefined ? null : Number(seconds),
    answeredBy: null,
  };
}

/** The stand-in's REST API: places a call. */
export async function createLine(request, env) {
  const form = new URLSearchParams(await request.text());
  const [accountSid] = atob(request.headers.get("authorization").slice("Basic ".length)).split(":");
  const [url, statusCallback] = [form.get("Url"), form.get("StatusCallback")];
  const carrierId = url.split("/carriers/")[1].split("/")[0];
  const sid = `CA${crypto.randomUUID().replaceAll("-", "")}`;
  const parties = { from: form.get("From"), to: form.get("To") };
  await env.LINE.getByName(sid).place({ sid, accountSid, carrierId, url, statusCallback, ...parties });
  return Response.json({ sid, status: "queued" }, { status: 201 });
}
