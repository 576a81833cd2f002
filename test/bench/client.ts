// A client with little work of its own: plain HTTP over connections that stay open.

import { Agent, request } from "node:http";

export type Asked = { method?: string; path: string; headers?: Record<string, string>; body?: string };
export type Answer = { status: number; body: string };

/** Requests that are under way at the same time. */
const LANES = 8;

export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: LANES });
  readonly #origin: URL;

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  ask({ method = "GET", path, headers = {}, body }: Asked): Promise<Answer> {
    const { hostname, port } = this.#origin;
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request(
        { agent: this.#agent, hostname, port, method, path, headers: { ...headers, ...length } },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() });
          });
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** As often as it can in this time; answers how often a second, and what each took. */
  async press(
    seconds: number,
    next: () => Asked,
    status: number,
  ): Promise<{ perSecond: number; times: number[] }> {
    const times: number[] = [];
    const beganMs = performance.now();
    const untilMs = beganMs + seconds * 1000;
    const lane = async () => {
      while (performance.now() < untilMs) {
        const askedMs = performance.now();
        const asked = next();
        const answer = await this.ask(asked);
        if (answer.status !== status) throw new Error(`${asked.path}: ${answer.status} ${answer.body}`);
        times.push(performance.now() - askedMs);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { perSecond: (times.length * 1000) / (performance.now() - beganMs), times };
  }

  close(): void {
    this.#agent.destroy();
  }
}
