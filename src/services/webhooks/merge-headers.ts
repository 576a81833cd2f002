import type { Config } from "../../config.ts";
import type { Refusal } from "../../contract/problems.ts";
import type { ChangeWebhookInput } from "../../contract/webhooks.ts";
import type { WebhookRow } from "../../db/webhooks.ts";
import { isSameOrigin } from "../../domain/base-url.ts";
import { applyMergePatch } from "../../domain/merge-patch.ts";
import { MAX_HEADERS } from "../../domain/webhook-headers.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { openHeaders, sealHeaders, type WebhookHeaders } from "./sealed-headers.ts";

/**
 * The headers as they are to be stored; undefined where they stay. Who may not read them may not have them sent to a host
 * of their choice either: at another one they are given anew, or taken back.
 */
export async function mergeHeaders(
  config: Config,
  webhook: WebhookRow,
  { url, headers }: Pick<ChangeWebhookInput, "headers"> & { url: string | undefined },
): Promise<Result<string | null | undefined, Refusal<"validation_failed">>> {
  if (headers === null) return ok(null);
  const isMoved = url !== undefined && !isSameOrigin(url, webhook.url);
  if (headers === undefined && !isMoved) return ok(undefined);
  const stored = await openHeaders(config, webhook);
  if (isMoved) {
    const kept = Object.keys(stored).filter((name) => headers === undefined || !Object.hasOwn(headers, name));
    if (kept.length > 0) return err(invalid(kept, "must be given anew, or null, with a url at another host"));
  }
  if (headers === undefined) return ok(undefined);
  const merged = applyMergePatch(stored, headers) as WebhookHeaders;
  const names = Object.keys(merged);
  if (names.length > MAX_HEADERS) return err(invalid([], `must be at most ${MAX_HEADERS} headers`));
  return ok(await sealHeaders(config, webhook.id, merged));
}

function invalid(names: readonly string[], message: string): Refusal<"validation_failed"> {
  const paths = names.length === 0 ? ["headers"] : names.map((name) => `headers.${name}`);
  const errors = paths.map((path) => ({ path, message }));
  return { code: "validation_failed", detail: "Please check headers.", errors };
}
