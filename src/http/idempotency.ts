// `Idempotency-Key` on every POST (draft-ietf-httpapi-idempotency-key-header): the first request acts, the others get
// its answer. Only what was answered after acting is kept; a refusal leaves the key unused.

import type { Context, MiddlewareHandler } from "hono";
import { claimRequest, dropClaim, keepAnswer, toKeptAnswer, type KeptAnswer } from "../db/idempotency.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { ask } from "../db/kept.ts";
import { sha256Hex } from "../lib/crypto.ts";
import type { AppEnv } from "./env.ts";
import { problem } from "./problem.ts";

/** The key as clients send it: a string of the structured-fields standard, or bare as Stripe's do. */
const KEY_FORM = /^(?:"([\x21-\x7e]{1,255})"|([\x21\x23-\x7e][\x21-\x7e]{0,254}))$/;
const KEPT_HEADERS = ["content-type", "location"];

/** @param secretFields fields of the answer that are shown once: they are kept as null. */
export function heedIdempotencyKey(secretFields: readonly string[] = []): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const header = c.req.header("idempotency-key");
    if (header === undefined) return next();
    const key = readKey(header);
    if (key === null) {
      const errors = [{ path: "Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }];
      return problem(c, {
        code: "validation_failed",
        detail: "Please check the header Idempotency-Key.",
        errors,
      });
    }
    const { db, orgId } = c.get("org");
    const name = { orgId, method: c.req.method, path: c.req.path, key };
    const nowMs = Date.now();
    const result = await claimRequest(db, name, await fingerprintOf(c), nowMs);
    switch (result.kind) {
      case "answered":
        return c.body(result.answer.body, result.answer.status, {
          ...result.answer.headers,
          "idempotent-replayed": "true",
        });
      case "running": {
        const detail = "The first request with this Idempotency-Key is still running.";
        const waitSeconds = Math.max(1, Math.min(5, Math.ceil((result.leaseUntilMs - nowMs) / 1000)));
        return problem(
          c,
          { code: "idempotency_in_progress", detail },
          { "retry-after": String(waitSeconds) },
        );
      }
      case "other_request": {
        const detail = "This Idempotency-Key was used with another body.";
        return problem(c, { code: "idempotency_key_reused", detail });
      }
      case "claimed": {
        const receipt = { claim: result.claim, isKept: false };
        c.set("org", { ...c.get("org"), receipt });
        await next();
        if (receipt.isKept) return undefined;
        const answer = await answerOf(c.res, secretFields);
        if (answer !== null) await ask(db, keepAnswer(receipt.claim, answer));
        // Of a failure of ours nobody knows how far it came: the lease must run out before another may try.
        else if (c.res.status !== 500) await dropClaim(db, receipt.claim);
        return undefined;
      }
    }
  };
}

function readKey(header: string): string | null {
  const match = KEY_FORM.exec(header.trim());
  return match?.[1] ?? match?.[2] ?? null;
}

/** Two bodies that say the same are the same. What can't be read is refused later, and never kept. */
async function fingerprintOf(c: Context<AppEnv>): Promise<string> {
  try {
    return await sha256Hex(canonicalJson(await c.req.json()));
  } catch {
    return sha256Hex(`unreadable ${await c.req.text()}`);
  }
}

/** Null for a refusal. */
async function answerOf(response: Response, secretFields: readonly string[]): Promise<KeptAnswer | null> {
  if (!response.ok) return null;
  const text = await response.clone().text();
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return toKeptAnswer(response.status, headers, withoutSecrets(text, secretFields));
}

function withoutSecrets(body: string, secretFields: readonly string[]): string {
  if (secretFields.length === 0) return body;
  const blanks = Object.fromEntries(secretFields.map((field) => [field, null]));
  return JSON.stringify({ ...JSON.parse(body), ...blanks });
}
