// The benchmark's door into the runtime (test/bench/worker/scale-entry.ts), and its own requests.

import { startRuntime, type BenchRuntime } from "../runtime.ts";
import type { CountedRequest, ObjectCalls, SqlResult, StorageCount } from "./door-shapes.ts";

/** Beside ours: the least that answers. What it takes shows how busy the machine is. */
const BARE = `import { DurableObject } from "cloudflare:workers";
export class Bare extends DurableObject {}
export default { fetch: () => Response.json({ status: "ok" }) };`;

/** No limit is to be met. */
const REQUESTS_PER_MINUTE = 1_000_000;

export class Door {
  readonly runtime: BenchRuntime;
  readonly orgId: string;
  readonly key: string;

  constructor(runtime: BenchRuntime) {
    this.runtime = runtime;
    this.orgId = runtime.instance.seed.organisation.id;
    this.key = runtime.instance.adminKey;
  }

  static async open(): Promise<Door> {
    const door = new Door(await startRuntime({}, BARE, { entry: "test/bench/worker/scale-entry.ts" }));
    await door.sql([
      `UPDATE api_keys SET limits = '{"default":${REQUESTS_PER_MINUTE}}'`,
      // As long as the product allows.
      "UPDATE campaigns SET config = json_set(config, '$.max_duration', 14400)",
    ]);
    return door;
  }

  async sql(statements: string[]): Promise<SqlResult[]> {
    return this.#post("/bench/sql", statements);
  }

  /** Calls methods of one object, all at once. */
  async object<T>(object: ObjectCalls["object"], name: string, calls: ObjectCalls["calls"]): Promise<T[]> {
    return this.#post("/bench/object", { object, name, calls });
  }

  /** What the object reads and writes while this is done. */
  async countStorage(
    object: ObjectCalls["object"],
    name: string,
    act: () => Promise<unknown>,
  ): Promise<StorageCount> {
    await this.object(object, name, [["benchCount", true]]);
    await act();
    const [count] = await this.object<StorageCount>(object, name, [["benchCount", false]]);
    if (count === undefined) throw new Error(`${object} ${name} counts nothing`);
    return count;
  }

  /** Milliseconds until the whole answer is here, and the answer. */
  async get(path: string): Promise<{ ms: number; text: string }> {
    const beganMs = performance.now();
    const response = await fetch(this.runtime.url + path, { headers: this.#headers });
    const text = await response.text();
    const ms = performance.now() - beganMs;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    return { ms, text };
  }

  async bareMs(): Promise<number> {
    const beganMs = performance.now();
    await (await fetch(this.runtime.limitUrl)).text();
    return performance.now() - beganMs;
  }

  async count(path: string): Promise<CountedRequest> {
    const response = await fetch(this.runtime.url + path, {
      headers: { ...this.#headers, "x-bench-count": "1" },
    });
    const counted = (await response.json()) as CountedRequest;
    if (counted.status !== 200) throw new Error(`${path}: ${counted.status}`);
    return counted;
  }

  get socketUrl(): string {
    return this.runtime.url.replace("http", "ws");
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.key}` };
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(this.runtime.url + path, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
