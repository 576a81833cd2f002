// What a call has open to the application, on its own line and on that of who it dialled.

import { CallLine, type LineOwner } from "./call-line.ts";
import type { CallEvent } from "./call-machine.ts";
import { type CallState, liveLeg } from "./call-state.ts";
import type { RelayFrame } from "./relay-frames.ts";

type CallOwner = Omit<LineOwner, "apply"> & { apply(event: CallEvent): void };

export class CallLines {
  readonly #owner: CallOwner;
  readonly #own: CallLine;
  #leg: { sid: string; line: CallLine } | undefined;

  constructor(owner: CallOwner) {
    this.#owner = owner;
    this.#own = new CallLine(owner);
  }

  /** Only the call's own line has a relay. */
  send(frame: RelayFrame): void {
    this.#own.send(frame);
  }

  dropSocket(): void {
    this.#own.dropSocket();
  }

  attend(state: CallState): void {
    this.#own.attend(state);
    const leg = liveLeg(state);
    if (leg !== undefined) this.#lineOf(leg).attend(leg);
  }

  #lineOf({ sid }: CallState): CallLine {
    if (this.#leg?.sid === sid) return this.#leg.line;
    const line = new CallLine({
      ...this.#owner,
      apply: (event) => this.#owner.apply({ type: "leg", sid, event }),
    });
    this.#leg = { sid, line };
    return line;
  }
}
