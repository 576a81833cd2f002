// A carrier's callback about one call: authentic or refused, translated, handed to the call's object.

import { findCarrier } from "../../db/carriers.ts";
import { isId } from "../../lib/ids.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { callSessionOf } from "../../stubs/stubs.ts";
import type { CarrierRequest, LineInstruction, TelephonyProvider } from "../../telephony/provider.ts";
import { openProvider } from "../../telephony/registry.ts";
import { answerInbound } from "../calls/answer-inbound.ts";
import type { ServiceContext } from "../context.ts";

export const CALLBACKS = [
  "answer",
  "status",
  "recording",
  "relay-end",
  "whisper",
  "accept",
  "dial-end",
] as const;
export type CallbackKind = (typeof CALLBACKS)[number];

/** `transferId` and `humanId` are of the callbacks about a human agent's line. */
export type CallbackTarget = {
  carrierId: string;
  callId: string;
  transferId: string | null;
  humanId: string | null;
};
export type CallbackRefusal = "bad_signature" | "not_found" | "bad_request";
/** What the carrier is answered; `null` where it only wants to know that it was heard. */
export type CallbackAnswer = { contentType: string; body: string } | null;

export async function handleCarrierCallback(
  context: ServiceContext,
  kind: CallbackKind,
  target: CallbackTarget,
  request: CarrierRequest,
): Promise<Result<CallbackAnswer, CallbackRefusal>> {
  const provider = await authenticProvider(context, target.carrierId, request);
  if (provider === null) return err("bad_signature");
  if (!isId("call", target.callId)) return err("not_found");
  switch (kind) {
    case "answer":
    case "relay-end":
      return instruct(context, provider, kind, target, request.body);
    case "status":
    case "recording":
      return note(context, provider, kind, target, request.body);
    case "whisper":
    case "accept":
    case "dial-end":
      return instructForHuman(context, provider, kind, target, request.body);
  }
}

/** A call has come in on one of the account's numbers. */
export async function handleInbound(
  context: ServiceContext,
  carrierId: string,
  request: CarrierRequest,
): Promise<Result<CallbackAnswer, CallbackRefusal>> {
  const provider = await authenticProvider(context, carrierId, request);
  if (provider === null) return err("bad_signature");
  const inbound = provider.parseInbound(request.body);
  if (inbound === null) return err("bad_request");
  return ok(provider.renderDocument(await answerInbound(context, carrierId, inbound)));
}

/** The adapter of the account, if the request was signed by it. */
export async function authenticProvider(
  { db, config }: ServiceContext,
  carrierId: string,
  request: CarrierRequest,
): Promise<TelephonyProvider | null> {
  if (!isId("carrier", carrierId)) return null;
  const account = await findCarrier(db, carrierId, Date.now());
  if (account === null) return null;
  const provider = await openProvider(account, config);
  return (await provider.isAuthentic(request)) ? provider : null;
}

/** The carrier holds the line and waits. A call that is over, or never was, is answered with a hang-up. */
async function instruct(
  { env }: ServiceContext,
  provider: TelephonyProvider,
  kind: "answer" | "relay-end",
  { carrierId, callId }: CallbackTarget,
  body: string,
): Promise<Result<CallbackAnswer, CallbackRefusal>> {
  const session = callSessionOf(env, callId);
  const parsed = kind === "answer" ? provider.parseAnswerRequest(body) : provider.parseRelayEnd(body);
  if (parsed === null) return err("bad_request");
  const result =
    "answeredBy" in parsed
      ? await session.answer(carrierId, parsed)
      : await session.relayEnded(carrierId, parsed);
  const instruction: LineInstruction = result.ok ? result.value : { kind: "hang_up" };
  return ok(provider.renderDocument(instruction));
}

/** On the human's line, or on the customer's when that is over. Who is not offered the call is hung up on. */
async function instructForHuman(
  { env }: ServiceContext,
  provider: TelephonyProvider,
  kind: "whisper" | "accept" | "dial-end",
  { carrierId, callId, transferId, humanId }: CallbackTarget,
  body: string,
): Promise<Result<CallbackAnswer, CallbackRefusal>> {
  if (transferId === null || humanId === null) return err("bad_request");
  const session = callSessionOf(env, callId);
  const parsed = kind === "dial-end" ? provider.parseDialEnd(body) : provider.parseHumanRequest(body);
  if (parsed === null) return err("bad_request");
  const which = { transferId, humanId };
  const result =
    "talked" in parsed
      ? await session.dialEnded(carrierId, { ...which, ...parsed })
      : await session.humanAsks(carrierId, kind === "accept" ? "accept" : "whisper", { ...which, ...parsed });
  const instruction: LineInstruction = result.ok ? result.value : { kind: "hang_up" };
  return ok(provider.renderDocument(instruction));
}

async function note(
  { env }: ServiceContext,
  provider: TelephonyProvider,
  kind: "status" | "recording",
  { carrierId, callId }: CallbackTarget,
  body: string,
): Promise<Result<CallbackAnswer, CallbackRefusal>> {
  const session = callSessionOf(env, callId);
  const report = kind === "status" ? provider.parseStatus(body) : provider.parseRecording(body);
  if (report === null) return err("bad_request");
  const result =
    "recordingId" in report
      ? await session.recordingReady(carrierId, report)
      : await session.reportStatus(carrierId, report);
  // Late and repeated callbacks are no news, but the carrier did right to send them.
  return !result.ok && result.error === "unknown_call" ? err("not_found") : ok(null);
}
