// A test's own receiver of webhooks: what it answers, and what it got.

import { inject } from "vitest";
import { z } from "zod";
import type { ReceivedRequest, ReceiverAnswer } from "./receiver-answers.ts";
import { until } from "./wait.ts";

/** What a test has as `fetch` may be a stand-in's by the time that it asks. */
const fetchForReal = globalThis.fetch;

const seenSchema = z.object({
  requests: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      answeredBytes: z.number(),
      isAborted: z.boolean(),
    }) satisfies z.ZodType<ReceivedRequest>,
  ),
  /** Requests that wait for their release. */
  waiting: z.number(),
});

export class Receiver {
  readonly #id: string;

  private constructor(id: string) {
    this.#id = id;
  }

  /** The last answer repeats; without any it takes everything. */
  static async listen(...answers: ReceiverAnswer[]): Promise<Receiver> {
    const receiver = new Receiver(crypto.randomUUID().replaceAll("-", ""));
    await receiver.answer(...answers);
    return receiver;
  }

  get url(): string {
    return `${inject("receiverServerUrl")}/receivers/${this.#id}/hook`;
  }

  /** From now on. */
  async answer(...answers: ReceiverAnswer[]): Promise<void> {
    await this.#control({ method: "PUT", body: JSON.stringify(answers) });
  }

  /** Lets those go that wait. */
  async release(): Promise<void> {
    await this.#control({ method: "POST" });
  }

  async requests(): Promise<ReceivedRequest[]> {
    return (await this.#control()).requests;
  }

  /** Waits until it got so many. */
  async got(count: number): Promise<ReceivedRequest[]> {
    return until(
      () => this.requests(),
      (requests) => requests.length >= count,
    );
  }

  /** Waits until so many wait for their release. */
  async waiting(count: number): Promise<void> {
    await until(
      () => this.#control(),
      ({ waiting }) => waiting >= count,
    );
  }

  /** How many wait for their release now. */
  async waitingNow(): Promise<number> {
    return (await this.#control()).waiting;
  }

  async #control(init: RequestInit = {}) {
    const response = await fetchForReal(`${inject("receiverServerUrl")}/control/${this.#id}`, init);
    return seenSchema.parse(await response.json());
  }
}
