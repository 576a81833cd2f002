// The Worker's bindings, each telling of what it is asked.

import { z } from "zod";
import { count, countRows } from "./counts.ts";

const CLASSES = {
  AGENT_QUEUE: "AgentQueue",
  CALL_SESSION: "CallSession",
  CARRIER_GATE: "CarrierGate",
  LIVE_BOARD: "LiveBoard",
  RATE_LIMITER: "RateLimiter",
  SANDBOX_ACCOUNT: "SandboxAccount",
  SANDBOX_CALL: "SandboxCall",
  WEBHOOK_ENDPOINT: "WebhookEndpoint",
} as const;

/** https://developers.cloudflare.com/r2/pricing/#class-a-operations; what is deleted costs nothing. */
const R2_CLASS: Record<string, string> = {
  put: "r2_class_a",
  list: "r2_class_a",
  createMultipartUpload: "r2_class_a",
  uploadPart: "r2_class_a",
  complete: "r2_class_a",
  get: "r2_class_b",
  head: "r2_class_b",
};

const known = new Map<string, Env>();

/** The same object each time: by it configuration is remembered. */
export function countingEnv(part: string, env: Env): Env {
  const wrapped = known.get(part) ?? wrap(part, env);
  known.set(part, wrapped);
  return wrapped;
}

function wrap(part: string, env: Env): Env {
  const objects = Object.entries(CLASSES).map(([binding, name]) => [
    binding,
    countingNamespace(name, env[binding as keyof typeof CLASSES]),
  ]);
  return {
    ...env,
    ...Object.fromEntries(objects),
    DB: countingDatabase(part, env.DB),
    RECORDINGS: watched(env.RECORDINGS, (method) => countR2(part, method)),
    DIAL: watched(env.DIAL, () => count(part, "queue_writes")),
    CALL_EVENTS: watched(env.CALL_EVENTS, () => count(part, "queue_writes")),
  };
}

function countR2(part: string, method: string): void {
  const what = R2_CLASS[method];
  if (what !== undefined) count(part, what);
}

/** Requests are counted where they go. */
function countingNamespace(name: string, namespace: object): object {
  return new Proxy(namespace, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const made: unknown = value.apply(target, args);
        const isStub = property === "getByName" || property === "get";
        return isStub ? watched(made as object, () => count(name, "requests")) : made;
      };
    },
  });
}

/** Tells of each method that is called; one that makes an object, as an upload in parts, is told of with it. */
function watched<T extends object>(target: T, onCall: (method: string) => void): T {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        onCall(String(property));
        const made: unknown = Reflect.apply(value, target, args);
        if (property !== "createMultipartUpload") return made;
        return (made as Promise<object>).then((upload) => watched(upload, onCall));
      };
    },
  });
}

const answerSchema = z.object({
  meta: z.object({ rows_read: z.number(), rows_written: z.number() }),
});
const askedSchema = z.object({ sql: z.string() });

/**
 * The binding is a shell around a fetcher; a second shell around one that counts. Each request of it is one round trip,
 * and its answer says what each statement read and wrote.
 */
function countingDatabase(part: string, database: D1Database): D1Database {
  const { fetcher } = database as unknown as { fetcher: Fetcher };
  const counting = {
    async fetch(input: RequestInfo, init?: RequestInit): Promise<Response> {
      const response = await fetcher.fetch(input, init);
      const text = await response.text();
      countTrip(part, String(init?.body), text);
      return new Response(text, response);
    },
  };
  return Reflect.construct(database.constructor, [counting]) as D1Database;
}

function countTrip(part: string, asked: string, answered: string): void {
  const statements = z.array(askedSchema).parse([JSON.parse(asked)].flat());
  const answers = z.array(answerSchema.or(z.unknown())).parse([JSON.parse(answered)].flat());
  count(part, "d1_trips");
  count(part, "d1_statements", statements.length);
  for (const [index, answer] of answers.entries()) {
    const { success, data } = answerSchema.safeParse(answer);
    if (success)
      countRows(part, statements[index]?.sql ?? "", "d1", data.meta.rows_read, data.meta.rows_written);
  }
}
