// A customer calls in. Twilio has no such request: with a real carrier this is somebody who picks up a phone.

import { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "./authenticate.ts";
import { canCallIn } from "./behaviours.ts";
import type { CallOrder } from "./call-state.ts";
import { e164, type Refusal } from "./form-fields.ts";
import { newCallSid } from "./formats.ts";
import type { NumberSettings } from "./number-form.ts";
import { readJson } from "./read-request.ts";
import { accountOf, callOf } from "./stubs.ts";
import { refused, TwilioError } from "./twilio-error.ts";

const inboundCall = z.strictObject({
  from: z.union([e164, z.literal("anonymous")]),
  to: e164,
  /** The NNNN of the sandbox numbers: who is calling, and what the carrier does wrong. */
  behaves: z.string().refine(canCallIn).default("0030"),
});

const REFUSALS: Readonly<Record<string, Refusal>> = {
  from: { code: 21212, message: "'from' must be a number in E.164 form, or \"anonymous\"" },
  to: { code: 21211, message: "'to' must be a number in E.164 form" },
  behaves: { code: 20001, message: "'behaves' must be the NNNN of a sandbox number where a person answers" },
};
const UNREADABLE = { code: 20001, message: "The body must be JSON: { from, to, behaves? }" };

/** How long a caller lets it ring, and what Twilio limits a call to. */
const RINGS_SECONDS = 60;
const TIME_LIMIT_SECONDS = 14_400;

export const inbound = new Hono<SandboxEnv>().post("/inbound", async (c) => {
  const call = inboundCall.safeParse(await readJson(c));
  if (!call.success) {
    throw refused(REFUSALS[String(call.error.issues[0]?.path[0])] ?? UNREADABLE);
  }
  const { from, to, behaves } = call.data;
  const settings = await accountOf(c).numberSettings(to);
  const order = settings && orderOf(from, to, settings);
  if (order === undefined) {
    throw new TwilioError(404, 20404, `Nobody is reached at ${to}: it is no number with a VoiceUrl`);
  }
  const sid = newCallSid();
  const begin = {
    sid,
    accountSid: c.get("accountSid"),
    parentSid: null,
    direction: "inbound" as const,
    behaves,
    order,
  };
  return c.json(await callOf(c, sid).begin(begin), 201);
});

function orderOf(from: string, to: string, settings: NumberSettings): CallOrder | undefined {
  if (settings.voice === null) return undefined;
  return {
    to,
    from,
    document: settings.voice,
    fallback: settings.fallback,
    statusCallback: settings.statusCallback,
    statusEvents: ["completed"],
    timeoutSeconds: RINGS_SECONDS,
    timeLimitSeconds: TIME_LIMIT_SECONDS,
    recording: null,
    detection: null,
  };
}
