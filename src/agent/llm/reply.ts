// One answer of a model, as it comes. Guarantees: it ends in time, in whatever way the model or the network fails; and
// whoever stops listening, by the signal or by leaving, ends the request too.

import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { failureOf, ModelFailure, type FailureReason } from "./failure.ts";
import { SpokenWords } from "./spoken.ts";
import type { ToolCall } from "./tools.ts";

/** `tool_input`: as much of a tool call as has come; most models end their answer before they say that it is whole. */
export type ReplyPart = { type: "words"; text: string } | ({ type: "tool_call" | "tool_input" } & ToolCall);

/** Characters of a tool call that are told of before it is whole. */
const LONGEST_INPUT = 200;

export type ReplyTimes = {
  /** To the first word or tool call. */
  firstMs: number;
  /** Between what comes after it. */
  stallMs: number;
  wholeMs: number;
};

export type Question = Pick<LanguageModelV4CallOptions, "prompt" | "tools">;

/** Throws a ModelFailure if it comes to no good end; ends quietly when the signal aborts. */
export async function* readReply(
  model: LanguageModelV4,
  question: Question,
  times: ReplyTimes,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, void, undefined> {
  if (signal.aborted) return;
  const patience = new Patience(times.wholeMs);
  const request = new AbortController();
  // At once, and not when somebody asks for the next part.
  const stop = (): void => {
    patience.stop();
    request.abort();
  };
  signal.addEventListener("abort", stop);
  let hasBegun = false;
  try {
    patience.expect(times.firstMs, "late_first_word");
    const { stream } = await patience.within(model.doStream({ ...question, abortSignal: request.signal }));
    for await (const part of partsOf(stream.getReader(), patience, (isFirstWord) => {
      hasBegun ||= isFirstWord;
      if (hasBegun) patience.expect(times.stallMs, "stalled");
    })) {
      if (signal.aborted) return;
      yield part;
    }
  } catch (error) {
    if (signal.aborted) return;
    const failure = failureOf(error);
    // It did nothing but talk on and on, and what was said was said.
    if (!(failure.reason === "too_long" && hasBegun)) throw failure;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

async function* partsOf(
  reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>,
  patience: Patience,
  onPart: (isFirstWord: boolean) => void,
): AsyncGenerator<ReplyPart, void, undefined> {
  const spoken = new SpokenWords();
  const inputs = new Map<string, ToolCall>();
  try {
    for (;;) {
      const { done, value } = await patience.within(reader.read());
      if (done) break;
      if (value.type === "error" && !isMissingEnd(value.error)) throw brokenBy(value.error);
      const text = value.type === "text-delta" ? spoken.add(value.delta) : "";
      onPart(text !== "" || value.type.startsWith("tool-"));
      if (text !== "") yield { type: "words", text };
      if (value.type === "tool-input-start") {
        inputs.set(value.id, { id: value.id, name: value.toolName, input: "" });
      }
      if (value.type === "tool-input-delta") {
        const begun = inputs.get(value.id);
        if (begun !== undefined && begun.input.length <= LONGEST_INPUT) {
          begun.input += value.delta;
          yield { type: "tool_input", ...begun };
        }
      }
      if (value.type === "tool-call") {
        yield { type: "tool_call", id: value.toolCallId, name: value.toolName, input: value.input };
      }
    }
    const rest = spoken.end();
    if (rest !== "") yield { type: "words", text: rest };
  } finally {
    // What is left of it interests nobody, nor does how it ends.
    reader.cancel().catch(() => null);
  }
}

/** The SDK's word for a stream that ends without saying why: what came of it counts. */
function isMissingEnd(error: unknown): boolean {
  return error instanceof Error && error.name === "AI_InvalidResponseDataError";
}

/** In the stream itself, whatever the error says: the status was fine. */
function brokenBy(error: unknown): ModelFailure {
  const { reason } = failureOf(error);
  return new ModelFailure(reason.startsWith("status_") ? reason : "broken_answer");
}

/** Waits for others, but not for ever. */
class Patience {
  readonly #end = Promise.withResolvers<never>();
  readonly #cancelWhole: () => void;
  #cancelNext: () => void = () => {};

  constructor(wholeMs: number) {
    // Nobody may be waiting when it ends.
    this.#end.promise.catch(() => null);
    this.#cancelWhole = this.#loseAfter(wholeMs, "too_long");
  }

  /** Something new must come within `ms`. */
  expect(ms: number, reason: FailureReason): void {
    this.#cancelNext();
    this.#cancelNext = this.#loseAfter(ms, reason);
  }

  within<T>(work: PromiseLike<T>): Promise<T> {
    return Promise.race([work, this.#end.promise]);
  }

  stop(): void {
    this.#cancelWhole();
    this.#cancelNext();
    this.#end.reject(new ModelFailure("too_long"));
  }

  #loseAfter(ms: number, reason: FailureReason): () => void {
    const timer = setTimeout(() => this.#end.reject(new ModelFailure(reason)), ms);
    return () => clearTimeout(timer);
  }
}
