// The agent that thinks with a model. What it does when the model fails: before the first word it asks once more, then
// apologises and goes by the script, for this turn and, as the call remembers it, for all that follow. After the first
// word what was said stays said, and the customer is asked to repeat. Nothing that a model or the network does is
// thrown.

import type { LanguageModelV4, LanguageModelV4Prompt } from "@ai-sdk/provider";
import { mergeDetails } from "../../domain/call/details.ts";
import { logInfo } from "../../lib/log.ts";
import type { Brain, BrainOutput, Turn, TurnEnd } from "../brain.ts";
import { disclosureDue } from "../disclosure.ts";
import { scriptedTurn } from "../scripted.ts";
import { ModelFailure } from "./failure.ts";
import { phrasesOf } from "./phrases.ts";
import { promptOf } from "./prompt.ts";
import { readReply } from "./reply.ts";
import { SpeechBound } from "./speech-bound.ts";
import { describeTools, offeredTools, readToolCall, type ToolCall, type ToolName } from "./tools.ts";

export type LlmBrainDeps = {
  /** Null or an error: there is none. */
  openModel: () => Promise<LanguageModelV4 | null>;
  times: TurnTimes;
};

export type TurnTimes = {
  /** To the model's first word. */
  firstMs: number;
  /** Between one piece of an answer and the next. */
  stallMs: number;
  /** All that the turn takes of the model, second tries and further steps included. */
  turnMs: number;
};

export const TRIES = 2;
/** Customers hear nothing while a model uses tools. */
const MAX_STEPS = 3;
/** Calls of record_details that are heeded in a turn. */
const MAX_RECORDS = 5;
/** What a model is told of a call of record_details. */
const RECORDED = "Recorded.";
const TOO_LARGE = "Not recorded: with this, too much would be recorded of the call. Record less.";
/** A customer who is being put through waits already. */
const TRANSFERRING_FIRST_MS = 3_000;

/** In which nobody waits for the model's own words: that it has none is no reason to go on without it. */
const ASIDES: readonly Turn["moment"][] = ["transferring", "time_almost_up"];
const MAX_REFUSALS_NOTED = 3;

export function llmBrain(deps: LlmBrainDeps): Brain {
  return {
    takeTurn: (turn, signal) => (turn.byScript ? scriptOf(turn) : new ModelTurn(deps, turn, signal).take()),
  };
}

async function* scriptOf(turn: Turn): AsyncGenerator<BrainOutput, void, undefined> {
  yield* scriptedTurn(turn);
}

type Outputs<T> = AsyncGenerator<BrainOutput, T, undefined>;

type ToolExchange = { call: ToolCall; result: string };

/** What came of one request to the model. */
type Step = {
  spoke: boolean;
  recorded: ToolExchange[];
  refused: number;
  end: TurnEnd | null;
  failure: ModelFailure | null;
};

class ModelTurn {
  readonly #deps: LlmBrainDeps;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;
  readonly #endsAtMs: number;
  /** What our own code has said before the model. */
  readonly #disclosure: string | null;
  readonly #phrases: ReturnType<typeof phrasesOf>;
  /** All that is recorded by now. */
  #details: Turn["details"];
  #records = 0;
  #hasHeardWish = false;

  constructor(deps: LlmBrainDeps, turn: Turn, signal: AbortSignal) {
    this.#deps = deps;
    this.#turn = turn;
    this.#signal = signal;
    this.#endsAtMs = performance.now() + deps.times.turnMs;
    this.#disclosure = disclosureDue(turn);
    this.#details = turn.details;
    this.#phrases = phrasesOf(turn.plan.agent.voice.language_code);
  }

  async *take(): Outputs<void> {
    if (this.#disclosure !== null) yield { type: "words", text: this.#disclosure };
    const model = await this.#openModel();
    if (this.#signal.aborted) return;
    if (model === null) yield* this.#goByScript();
    else yield* this.#converse(model);
  }

  async *#converse(model: LanguageModelV4): Outputs<void> {
    const { moment } = this.#turn;
    const tries = moment === "transferring" ? 1 : TRIES;
    let tools = offeredTools(this.#turn);
    const prompt = promptOf(this.#turn, tools);
    for (let failures = 0, steps = 1; ;) {
      const step = yield* this.#takeStep(model, prompt, tools);
      if (this.#signal.aborted) return;
      if (step.failure !== null && !step.spoke && step.end === null) {
        failures += 1;
        this.#noteFailure(step.failure, failures);
        if (failures < tries && step.failure.mayPass && this.#leftMs() > 0) continue;
        return yield* this.#goByScript();
      }
      if (step.spoke || step.end !== null) return yield* this.#finish(step);
      prompt.push(...toolExchange(step.recorded));
      steps += 1;
      // Then it has to speak.
      if (steps === MAX_STEPS || this.#records === MAX_RECORDS)
        tools = tools.filter((tool) => tool !== "record_details");
    }
  }

  /** Asks the model once. Words and facts go out as they come; what ends the turn is kept for its end. */
  async *#takeStep(model: LanguageModelV4, prompt: LanguageModelV4Prompt, tools: ToolName[]): Outputs<Step> {
    const step: Step = { spoke: false, recorded: [], refused: 0, end: null, failure: null };
    const { times } = this.#deps;
    const isTransferring = this.#turn.moment === "transferring";
    const askedAtMs = Date.now();
    const bound = new SpeechBound();
    try {
      const question = { prompt, ...(tools.length > 0 ? { tools: describeTools(tools) } : {}) };
      const within = {
        firstMs: isTransferring ? Math.min(times.firstMs, TRANSFERRING_FIRST_MS) : times.firstMs,
        stallMs: times.stallMs,
        wholeMs: Math.max(0, this.#leftMs()),
      };
      for await (const part of readReply(model, question, within, this.#signal)) {
        if (part.type === "words") {
          const firstWordMs = step.spoke ? null : Date.now() - askedAtMs;
          const text = bound.take(part.text);
          if (text !== "") yield step.spoke ? { type: "words", text } : this.#words(text);
          step.spoke = true;
          // The customer does not wait for the log.
          if (firstWordMs !== null) this.#note("model_spoke", { first_word_ms: firstWordMs });
          if (!bound.isFull) continue;
          this.#note("model_cut_short", {});
          break;
        }
        if (this.#isWish(part, tools)) yield { type: "wish_heard", reason: "dnc_request" };
        if (part.type === "tool_call") yield* this.#heed(part, tools, step);
      }
      const isEmpty = !step.spoke && step.end === null && step.recorded.length === 0;
      if (isEmpty) step.failure = new ModelFailure(step.refused > 0 ? "only_refused_tools" : "no_answer");
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      step.failure = error;
    }
    return step;
  }

  /** Facts go out at once, what ends the turn is kept. */
  *#heed(call: ToolCall, tools: ToolName[], step: Step): Generator<BrainOutput, void, undefined> {
    const deed = readToolCall(call, tools, this.#turn);
    if (!deed.ok) return this.#refuse(step, deed.error);
    if (deed.value.type !== "record_details") {
      step.end = weightier(step.end, deed.value);
      return;
    }
    if (this.#records === MAX_RECORDS) return this.#refuse(step, "too_many_records");
    this.#records += 1;
    const details = mergeDetails(this.#details, deed.value.details);
    step.recorded.push({ call, result: details === null ? TOO_LARGE : RECORDED });
    if (details === null) return this.#refuse(step, "too_much_recorded");
    this.#details = details;
    yield deed.value;
  }

  /** A model that asks for nothing else does not fill the log. */
  #refuse(step: Step, reason: string): void {
    step.refused += 1;
    if (step.refused <= MAX_REFUSALS_NOTED) this.#note("model_tool_refused", { reason });
  }

  /** Whether it is the one wish that is heeded before the answer is whole; true but once. */
  #isWish(call: ToolCall, tools: ToolName[]): boolean {
    if (this.#hasHeardWish || call.name !== "end_call") return false;
    const deed = readToolCall(call, tools, this.#turn);
    this.#hasHeardWish = deed.ok && deed.value.type === "end_call" && deed.value.reason === "dnc_request";
    return this.#hasHeardWish;
  }

  get #hasDisclosed(): boolean {
    return this.#disclosure !== null;
  }

  async *#finish({ spoke, end, failure }: Step): Outputs<void> {
    const { moment } = this.#turn;
    if (failure !== null) this.#noteFailure(failure, 1);
    if (moment === "silence_end") {
      yield { type: "end_call", reason: "silence" };
      return;
    }
    if (end !== null) {
      // Nobody is hung up on without a word.
      if (!spoke && end.type === "end_call") yield this.#words(this.#phrases.goodbye);
      yield end;
    } else if (failure !== null && moment !== "transferring") {
      yield { type: "words", text: ` ${this.#phrases.again}` };
    }
  }

  /** The model is given up on. */
  async *#goByScript(): Outputs<void> {
    const { moment } = this.#turn;
    const script = scriptedTurn(this.#turn, null);
    const isAside = ASIDES.includes(moment);
    if (!isAside) yield { type: "model_failed" };
    const apologises = !isAside && moment !== "silence_end";
    const isSilent = !script.some(({ type }) => type === "words");
    if (apologises && !isSilent) yield this.#words(this.#phrases.apology);
    let isFirst = true;
    for (const output of script) {
      const joins = output.type === "words" && isFirst && (apologises || this.#hasDisclosed);
      if (output.type === "words") isFirst = false;
      yield joins ? { type: "words", text: ` ${output.text}` } : output;
    }
  }

  /** Our own, before which only the disclosure may have been said. */
  #words(text: string): BrainOutput {
    return { type: "words", text: this.#hasDisclosed ? ` ${text}` : text };
  }

  #leftMs(): number {
    return this.#endsAtMs - performance.now();
  }

  async #openModel(): Promise<LanguageModelV4 | null> {
    try {
      const model = await this.#deps.openModel();
      if (model !== null) return model;
    } catch {
      // Whatever it says may hold an address or worse.
    }
    this.#noteFailure(new ModelFailure("not_opened"), 1);
    return null;
  }

  #noteFailure({ reason }: ModelFailure, tryNumber: number): void {
    this.#note("model_try_failed", { try: tryNumber, reason });
  }

  #note(event: string, fields: Record<string, string | number>): void {
    logInfo(event, { call_id: this.#turn.plan.callId, moment: this.#turn.moment, ...fields });
  }
}

/** The first one counts; but who wants no more calls is always heeded. */
function weightier(one: TurnEnd | null, other: TurnEnd): TurnEnd {
  if (one === null) return other;
  return other.type === "end_call" && other.reason === "dnc_request" ? other : one;
}

/** What the model has done, and what came of it, so that it goes on. */
function toolExchange(calls: readonly ToolExchange[]): LanguageModelV4Prompt {
  return [
    {
      role: "assistant",
      content: calls.map(({ call: { id, name, input } }) => ({
        type: "tool-call",
        toolCallId: id,
        toolName: name,
        input: JSON.parse(input),
      })),
    },
    {
      role: "tool",
      content: calls.map(({ call: { id, name }, result }) => ({
        type: "tool-result",
        toolCallId: id,
        toolName: name,
        output: { type: "text", value: result },
      })),
    },
  ];
}
