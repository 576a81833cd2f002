// A carrier that keeps few promises. It takes a create or does not, and says so, or something else, or nothing, or
// late. It has one call, and tells how that stands to who asks, if it answers at all. What it is to answer is drawn
// by the test; calling back is the test's own part.

import type { CarrierPhase } from "../../src/domain/call/events.ts";
import type { AnsweredBy } from "../../src/domain/call/state.ts";
import type { Holds } from "./holds.ts";

export const ADDRESS = "https://carrier.example";

/** What becomes of a create, and what is said of it. `held` says it when it is let go. */
export const CREATE_ANSWERS = [
  "accepted",
  "refused",
  "throttled",
  "error",
  "error_but_placed",
  "lost",
  "lost_but_placed",
  "held_then_throttled",
  "held_then_refused",
  "held_but_placed",
] as const;
export type CreateAnswer = (typeof CREATE_ANSWERS)[number];

/** How the carrier answers all else; `lost` does what it was asked, but nobody hears of it. */
export const MOODS = ["truth", "error", "lost", "held"] as const;
export type Mood = (typeof MOODS)[number];

/** Its answers in order, and then from the first again. */
export type CarrierScript = {
  creates: readonly CreateAnswer[];
  lookups: readonly Mood[];
  updates: readonly Mood[];
};

const TWILIO_STATUSES: Record<CarrierPhase, string> = {
  queued: "queued",
  ringing: "ringing",
  answered: "in-progress",
  completed: "completed",
  busy: "busy",
  declined: "busy",
  no_answer: "no-answer",
  unreachable: "failed",
  failed: "failed",
  canceled: "canceled",
};
const LIVING: readonly CarrierPhase[] = ["queued", "ringing", "answered"];

type Wish = "hang up" | "redirect" | "take charge" | "set limit";

export class MoodyCarrier {
  readonly sid = `CA${crypto.randomUUID().replaceAll("-", "")}`;
  readonly holds: Holds;
  /** What was asked, in order: `create`, `list`, `fetch`, `recordings`, or what is wished of a call. */
  readonly asked: string[] = [];
  /** Creates that it answered with its word that nothing was placed and may be later. */
  throttled = 0;
  /** Limits that it took, in seconds. */
  readonly limits: number[] = [];
  /** What it has recorded of its call, as it lists it. */
  recordings: { sid: string; status: string; duration: string | null }[] = [];
  /** It refuses a longer one. */
  longestLimit = 86_400;
  /** For each human of each transfer, the orders to ring them that came: redirects, and answers to questions. */
  readonly rings = new Map<string, Set<string>>();
  script: CarrierScript;
  #call: { phase: CarrierPhase; placedAtMs: number; answeredBy: AnsweredBy | null } | null = null;

  constructor(script: CarrierScript, holds: Holds) {
    this.script = script;
    this.holds = holds;
  }

  get isAlive(): boolean {
    return this.#call !== null && LIVING.includes(this.#call.phase);
  }

  timesAsked(what: string): number {
    return this.asked.filter((asked) => asked === what).length;
  }

  /** The carrier's own truth, from now on. */
  stands(phase: CarrierPhase, answeredBy: AnsweredBy | null = null): void {
    const known = this.#call ?? { placedAtMs: Date.now(), answeredBy: null };
    this.#call = { ...known, phase, answeredBy: answeredBy ?? known.answeredBy };
  }

  /** It runs whatever it is told, be it by two ways. `document`: TwiML, or what stands for it. */
  takesOrder(document: string, asker: string): void {
    const whom = /\/whisper\?(transfer=\w+&(?:amp;)?human=\w+)/.exec(document)?.[1]?.replace("amp;", "");
    if (whom === undefined) return;
    this.rings.set(whom, (this.rings.get(whom) ?? new Set()).add(asker));
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const path = new URL(request.url).pathname;
    if (!request.url.startsWith(`${ADDRESS}/`)) throw new TypeError(`Nobody at ${request.url}`);
    const form = request.method === "POST" ? new URLSearchParams(await request.text()) : null;
    if (form === null) return this.#look(kindOf(path), init?.signal);
    if (path.endsWith("/Calls.json")) return this.#create(init?.signal);
    return this.#update(wishOf(form), form, init?.signal);
  };

  async #create(signal?: AbortSignal | null): Promise<Response> {
    const answer = this.#next("create", this.script.creates);
    const placed = answer === "accepted" || answer.endsWith("but_placed");
    if (placed) this.stands("queued");
    const held = answer.startsWith("held");
    if (answer.startsWith("lost")) throw new TypeError("Connection lost");
    if (held && (await this.holds.wait(signal)) === "breaks") throw new TypeError("Connection lost");
    if (answer.startsWith("error")) return new Response(null, { status: 500 });
    if (placed) return Response.json({ sid: this.sid }, { status: 201 });
    if (answer.endsWith("refused")) return Response.json({ code: 21211 }, { status: 400 });
    this.throttled += 1;
    return Response.json({ code: 20429 }, { status: 429, headers: { "retry-after": "2" } });
  }

  async #look(what: "list" | "fetch" | "recordings", signal?: AbortSignal | null): Promise<Response> {
    const failure = await this.#fails(this.#next(what, this.script.lookups), () => undefined, signal);
    if (failure !== null) return failure;
    if (what === "recordings") return Response.json({ recordings: this.recordings });
    const record = this.#record();
    if (what === "list") return Response.json({ calls: record === null ? [] : [record] });
    return record === null ? new Response(null, { status: 404 }) : Response.json(record);
  }

  async #update(wish: Wish, form: URLSearchParams, signal?: AbortSignal | null): Promise<Response> {
    const carryOut = (): boolean => {
      const { isAlive } = this;
      if (isAlive && form.has("TimeLimit")) this.limits.push(Number(form.get("TimeLimit")));
      const isUp = this.#call?.phase === "answered";
      if (isUp && wish === "redirect") {
        this.takesOrder(form.get("Twiml") ?? "", `redirect ${this.timesAsked("redirect")}`);
      }
      if (wish === "hang up" && isAlive) this.stands(isUp ? "completed" : "canceled");
      return wish === "redirect" ? isUp : isAlive;
    };
    const isTooLong = Number(form.get("TimeLimit") ?? 0) > this.longestLimit;
    if (isTooLong) return Response.json({ code: 21218 }, { status: 400 });
    const failure = await this.#fails(this.#next(wish, this.script.updates), carryOut, signal);
    if (failure !== null) return failure;
    return carryOut() ? Response.json({ sid: this.sid }) : Response.json({ code: 21220 }, { status: 400 });
  }

  /** Null if there is to be a true answer after all. */
  async #fails(mood: Mood, carryOut: () => unknown, signal?: AbortSignal | null): Promise<Response | null> {
    if (mood === "error") return new Response(null, { status: 503 });
    if (mood === "lost") carryOut();
    const breaks = mood === "lost" || (mood === "held" && (await this.holds.wait(signal)) === "breaks");
    if (breaks) throw new TypeError("Connection lost");
    return null;
  }

  #next<T>(what: string, answers: readonly T[]): T {
    const answer = answers[this.timesAsked(what) % answers.length];
    this.asked.push(what);
    if (answer === undefined) throw new Error(`No answer to ${what}`);
    return answer;
  }

  #record() {
    if (this.#call === null) return null;
    const { phase, placedAtMs, answeredBy } = this.#call;
    return {
      sid: this.sid,
      status: TWILIO_STATUSES[phase],
      date_created: new Date(placedAtMs).toUTCString(),
      end_time: this.isAlive ? null : new Date().toUTCString(),
      duration: phase === "completed" ? "1" : null,
      answered_by: answeredBy === null ? null : TWILIO_ANSWERERS[answeredBy],
    };
  }
}

const TWILIO_ANSWERERS: Record<AnsweredBy, string> = {
  person: "human",
  machine: "machine_start",
  fax: "fax",
};

function kindOf(path: string): "list" | "fetch" | "recordings" {
  if (path.endsWith("/Recordings.json")) return "recordings";
  return path.endsWith("/Calls.json") ? "list" : "fetch";
}

function wishOf(form: URLSearchParams): Wish {
  if (form.has("Twiml")) return "redirect";
  if (form.get("Status") === "completed") return "hang up";
  return form.has("StatusCallback") ? "take charge" : "set limit";
}
