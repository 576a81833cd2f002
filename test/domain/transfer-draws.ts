// What may happen to a call's transfers: of the one under way, of another, of whom is rung and of whom is not.

import * as fc from "fast-check";
import type { CallEvent } from "../../src/domain/call/events.ts";
import type { CallState } from "../../src/domain/call/state.ts";
import type { ReservedHuman } from "../../src/domain/call/transfer-state.ts";
import { FOREIGN, OURS } from "../support/call-machine.ts";
import { QUEUE, transferRequested } from "../support/transfer-machine.ts";

type Make = (state: CallState, nowMs: number) => CallEvent;

const HUMANS: ReservedHuman[] = ["hum-1", "hum-2", "hum-3", "hum-4"].map((id) => ({
  id,
  name: id,
  phone: "+15005550090",
  sip: null,
}));

const which = fc.record({
  /** Of the transfer that was asked for last, or of another. */
  isCurrent: fc.constantFrom(true, true, true, true, false),
  human: fc.constantFrom(null, null, null, ...HUMANS),
  parent: fc.constantFrom(OURS, OURS, OURS, null, FOREIGN),
});
type Which = typeof which extends fc.Arbitrary<infer T> ? T : never;

function transferId(state: CallState, { isCurrent }: Which): string {
  return isCurrent ? (state.transfer?.id ?? "trf-0") : "trf-another";
}

/** Unlike any before it. */
function newTransferId({ transfer }: CallState): string {
  return `trf-${Number(transfer?.id.slice("trf-".length) ?? 0) + 1}`;
}

function whom(state: CallState, draw: Which) {
  const human = draw.human?.id ?? state.transfer?.human?.id ?? "hum-none";
  return { transferId: transferId(state, draw), humanId: human, parentCallId: draw.parent };
}

const requests: fc.Arbitrary<Make> = fc
  .record({ accept: fc.constantFrom("key", "auto"), origin: fc.constantFrom("agent", "client") })
  .map(
    ({ accept, origin }) =>
      (state: CallState) =>
        transferRequested({ transferId: newTransferId(state), accept, origin }),
  );

const reservations: fc.Arbitrary<Make> = fc
  .tuple(which, fc.constantFrom(...HUMANS))
  .map(([draw, human]) => (state: CallState) => ({
    type: "human_reserved",
    transferId: transferId(state, draw),
    queueId: QUEUE,
    // The queue was told whom to leave out.
    human: HUMANS.find(({ id }) => !state.transfer?.tried.includes(id)) ?? human,
  }));

const dialEnds: fc.Arbitrary<Make> = fc
  .tuple(which, fc.constantFrom(false, false, false, true), fc.constantFrom(false, false, false, true))
  .map(([draw, talked, callOver]) => (state: CallState) => {
    const { parentCallId, ...human } = whom(state, draw);
    return { type: "dial_ended", carrierCallId: parentCallId ?? OURS, talked, callOver, ...human };
  });

const accepts: fc.Arbitrary<Make> = fc
  .tuple(which, fc.constantFrom(true, true, false))
  .map(([draw, pressedKey]) => (state: CallState) => {
    return { type: "human_accepted", pressedKey, ...whom(state, draw) };
  });

/** What comes next in a transfer with which all goes well: else hardly any would come to its end. */
const advances: Make = (state, nowMs) => {
  const { transfer } = state;
  const [transferNow, human] = [transfer?.id ?? "trf-0", transfer?.human?.id ?? "hum-none"];
  const asks = { transferId: transferNow, humanId: human };
  switch (transfer?.phase) {
    case "reserving":
      return {
        type: "human_reserved",
        transferId: transferNow,
        queueId: QUEUE,
        human: HUMANS.find(({ id }) => !transfer.tried.includes(id)) ?? {
          ...HUMANS[0],
          id: "hum-x",
          name: "X",
          phone: null,
          sip: "sip:x@y.example",
        },
      };
    case "announcing":
      return { type: "agent_spoke", playsUntilMs: nowMs + 3_000 };
    case "announced":
      return { type: "words_played" };
    case "leaving": {
      const sessionId = state.relaySession;
      return { type: "relay_ended", carrierCallId: OURS, sessionId, failed: false, callOver: false };
    }
    case "dialing":
      return { type: "human_accepted", parentCallId: OURS, pressedKey: true, ...asks };
    case "bridged":
      return { type: "dial_ended", carrierCallId: OURS, talked: true, callOver: false, ...asks };
    default:
      return transferRequested({ transferId: newTransferId(state) });
  }
};

export const transferMakers: fc.Arbitrary<Make> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(advances) },
  { weight: 2, arbitrary: requests },
  fc.constant<Make>(() => ({ type: "transfer_impossible" })),
  fc.constant<Make>(() => ({ type: "transfer_wished" })),
  fc.constant<Make>(() => ({ type: "wish_heard", reason: "dnc_request" })),
  // Of whoever is rung, or of the way back to the agent.
  fc.boolean().map((isCertain) => ({ transfer }: CallState): CallEvent => {
    const human = transfer?.phase === "dialing" ? transfer.human : null;
    const was = transfer && human ? { transferId: transfer.id, humanId: human.id } : null;
    return { type: "redirect_failed", was, isCertain };
  }),
  { weight: 2, arbitrary: reservations },
  which.map((draw) => (state: CallState): CallEvent => ({
    type: "no_human",
    transferId: transferId(state, draw),
  })),
  {
    weight: 2,
    arbitrary: which.map((draw) => (state: CallState): CallEvent => ({
      type: "whisper_requested",
      ...whom(state, draw),
    })),
  },
  { weight: 2, arbitrary: accepts },
  { weight: 2, arbitrary: dialEnds },
);
