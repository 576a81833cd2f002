// What the product asks of any carrier, in our words. One folder per carrier implements it; the registry
// names them. Nothing here throws for what a carrier or a network does: answers are values.

import type { CarrierReport } from "../domain/call/events.ts";
import type { EndedReason } from "../domain/call/status.ts";

export type CreateCall = {
  to: string;
  from: string;
  ringTimeoutSeconds: number;
  /** The carrier itself cuts the call after this. */
  timeLimitSeconds: number;
  /** When it tells that a machine has answered: at once, or when the machine has said its piece. */
  machineDetection: "answer" | "message_end";
  /** Where the carrier reports to. */
  urls: { answer: string; status: string };
};

export type CreateResult =
  | { kind: "accepted"; carrierCallId: string }
  /** The carrier placed nothing and will not. `carrierCode` is its own error code, for the log. */
  | { kind: "refused"; reason: EndedReason; carrierCode: string }
  /** The carrier placed nothing, but may later. */
  | { kind: "throttled"; retryAfterMs: number }
  /** Nobody knows whether it placed the call. */
  | { kind: "unknown"; detail: string };

export type CallConditions = {
  /** The carrier itself cuts the call after this. */
  timeLimitSeconds: number;
  statusUrl: string;
};

export type LookupResult =
  | { kind: "found"; report: CarrierReport }
  | { kind: "none" }
  | { kind: "failed"; detail: string };

/** `httpStatus`: of its answer; null if none came, so that it may have been done all the same. */
export type CommandResult =
  | { kind: "done" }
  | { kind: "already_over" }
  | { kind: "failed"; detail: string; httpStatus: number | null };

export type RecordingResult =
  /** `contentRange` is set where the body is the part that was asked for; a carrier may send the whole instead. */
  | { kind: "found"; body: ReadableStream; lengthBytes: number | null; contentRange: string | null }
  /** It has no such part. */
  | { kind: "unsatisfiable"; contentRange: string | null }
  | { kind: "none" }
  | { kind: "failed"; detail: string };

export type RecordingList =
  /** `ready`: those that can be fetched. `isAwaited`: another is still being made. */
  { kind: "listed"; ready: RecordingNotice[]; isAwaited: boolean } | { kind: "failed"; detail: string };

/** What the carrier is to do with the line. */
export type LineInstruction =
  | { kind: "hang_up" }
  /** Says so much and hangs up. `language` is BCP 47. */
  | { kind: "say"; text: string; language: string }
  | {
      kind: "relay";
      /** The `ws(s)` address at which the carrier meets the voice agent. */
      relayUrl: string;
      /** Asked when the relay is over. */
      actionUrl: string;
      /** Where to tell of the recording that begins here and lasts as long as the call; null begins none. */
      recordingUrl: string | null;
      language: string;
      voice: { provider: string | null; speaker: string | null };
    }
  | DialInstruction
  /** Nothing for a moment, in which a redirect may replace it; then asks anew. */
  | { kind: "wait"; seconds: number; thenUrl: string }
  /** On the line of who was dialled: what the call is about, and whether they take it. */
  | {
      kind: "whisper";
      text: string;
      language: string;
      /** Seconds to press a key in; null asks for none, and who hears the words takes the call. */
      keyWaitSeconds: number | null;
      acceptUrl: string;
    }
  /** … and they do: the two are put through. */
  | { kind: "put_through" };

/** Rings a human, and puts the line through to them once they take the call. Nothing else ends their talk. */
export type DialInstruction = {
  kind: "dial";
  to: { kind: "phone"; number: string } | { kind: "sip"; address: string };
  /** Who calls, as the human's phone shows it. */
  callerId: string;
  ringTimeoutSeconds: number;
  timeLimitSeconds: number;
  /** Asked on the human's line when they pick up. */
  whisperUrl: string;
  /** Asked when the human's line is over. */
  actionUrl: string;
  /** As with the relay: set where this is the first that the carrier is told of the call. */
  recordingUrl: string | null;
};

/** A request that claims to come from the carrier. `url` is the public one that the carrier was given. */
export type CarrierRequest = { url: string; headers: Headers; body: string };

/** The carrier's words about the relay socket, in ours. */
export type RelayFrame =
  | { type: "opened"; carrierCallId: string; sessionId: string | null }
  | { type: "prompt"; text: string; final: boolean }
  | { type: "interrupted"; heard: string }
  | { type: "key_pressed"; digit: string }
  /** The carrier has spoken these words to their end. */
  | { type: "words_played"; text: string }
  | { type: "error"; description: string }
  | { type: "other" };

/** `sessionId`: which relay it was, if the carrier told. */
export type RelayEnd = {
  carrierCallId: string;
  sessionId: string | null;
  failed: boolean;
  callOver: boolean;
};
/** Somebody calls one of the account's numbers. `from` may be no number at all, as in `anonymous`. */
export type InboundCall = { carrierCallId: string; from: string; to: string };
export type AnswerRequest = { carrierCallId: string; answeredBy: CarrierReport["answeredBy"] };
/** `parentCallId`: the carrier's call whose other end this line is, if it told. */
export type HumanLineRequest = { parentCallId: string | null; pressedKey: boolean };
/** `talked`: human and customer were put through. */
export type DialEnd = { carrierCallId: string; talked: boolean; callOver: boolean };
export type RecordingNotice = { carrierCallId: string; recordingId: string; durationSeconds: number };

/** The frames of the relay socket. They need no account, so a talk goes on whatever can't be reached. */
export interface RelayProtocol {
  /** Null for what is no frame at all. */
  parseRelayFrame(text: string): RelayFrame | null;
  /** @param last no more words follow in this turn. */
  renderWords(text: string, last: boolean): string;
  /** @param handoff told to whoever handles the line next; null for nothing. */
  renderRelayEnd(handoff: string | null): string;
}

export interface TelephonyProvider {
  createCall(call: CreateCall): Promise<CreateResult>;
  hangUp(carrierCallId: string): Promise<CommandResult>;
  redirect(carrierCallId: string, instruction: LineInstruction): Promise<CommandResult>;
  /** Gives a call that the carrier did not place for us the conditions of one that it did. */
  takeCharge(carrierCallId: string, conditions: CallConditions): Promise<CommandResult>;
  /** How long after its answer the carrier itself cuts the call, from now on. */
  setTimeLimit(carrierCallId: string, timeLimitSeconds: number): Promise<CommandResult>;
  /** The newest call from → to that the carrier knows of since then. */
  findCall(query: { to: string; from: string; sinceMs: number }): Promise<LookupResult>;
  fetchCall(carrierCallId: string): Promise<LookupResult>;
  /** Those of one call, for where a notice of one was lost. */
  listRecordings(carrierCallId: string): Promise<RecordingList>;
  /** @param range as in a `Range` header: one range of bytes. */
  fetchRecording(recordingId: string, range?: string): Promise<RecordingResult>;
  /** What was deleted before is done. */
  deleteRecording(recordingId: string): Promise<CommandResult>;

  /** What the carrier reads as the answer to its question what to do with the line. */
  renderDocument(instruction: LineInstruction): { contentType: string; body: string };
  isAuthentic(request: CarrierRequest): Promise<boolean>;

  /** Null where the callback is for another account or is no such callback. */
  parseInbound(body: string): InboundCall | null;
  parseAnswerRequest(body: string): AnswerRequest | null;
  parseStatus(body: string): CarrierReport | null;
  parseRelayEnd(body: string): RelayEnd | null;
  parseRecording(body: string): RecordingNotice | null;
  parseHumanRequest(body: string): HumanLineRequest | null;
  parseDialEnd(body: string): DialEnd | null;
}

/** What somebody does for the customer on a line, by typing. */
export type PersonAct =
  | { kind: "say"; text: string }
  /** They have begun to speak and are not done: their words so far. */
  | { kind: "talk_on"; text: string }
  | { kind: "press"; digits: string }
  | { kind: "hang_up" };

/** `unheard`: the call is over, or nobody listens at the moment. `not_typed`: who is on the line speaks for itself. */
export type PersonActResult =
  | { kind: "done" }
  | { kind: "unheard" }
  | { kind: "not_typed" }
  | { kind: "failed"; detail: string };

/** A carrier whose people may be typed. */
export interface TypedPerson {
  act(carrierCallId: string, act: PersonAct): Promise<PersonActResult>;
}
