// Which model an agent thinks with, and the way to it. An organisation's own comes first, then the deployment's address,
// then Workers AI. The model SDK is large and most requests need none of it, so it is loaded when it is first used.

import type { LanguageModelV4 } from "@ai-sdk/provider";
import { readConfig, type Config } from "../config.ts";
import type { CallPlan } from "../contract/call-plan.ts";
import { checkBaseUrl } from "../domain/base-url.ts";
import { unseal } from "../lib/sealing.ts";
import type * as sdk from "./llm/sdk.ts";

type Providers = typeof sdk;

/** Whose model it is, and which. */
export type ModelOwner = Pick<CallPlan, "orgId" | "model">;

type ModelPlace =
  | { kind: "endpoint"; baseUrl: string; name: string; apiKey: () => Promise<string | null> }
  | { kind: "workers_ai"; binding: Ai; name: string };

/** Whether there is a model at all. */
export function hasModel(env: Env, owner: ModelOwner): boolean {
  return findPlace(env, owner) !== null;
}

/**
 * The model, to be asked by the SDK; null if there is none. Throws for an address that is forbidden or a key that does
 * not open: the row may be older than the rule.
 */
export async function openModel(env: Env, owner: ModelOwner): Promise<LanguageModelV4 | null> {
  const place = findPlace(env, owner);
  if (place === null) return null;
  const { openEndpoint, openWorkersAi } = await loadProviders();
  if (place.kind === "workers_ai") return openWorkersAi(place.binding, place.name);
  const address = checkBaseUrl(place.baseUrl, { allowLoopbackHttp: readConfig(env).isLocal });
  if (!address.ok) throw new Error(`The model's address is refused: ${address.error}`);
  return openEndpoint({ baseUrl: address.value, name: place.name, apiKey: await place.apiKey() });
}

let providers: Providers | undefined;

/** Once for all that runs in the isolate: what is kept is the module, not a promise, which would belong to who asked first. */
export async function loadProviders(): Promise<Providers> {
  return (providers ??= await import("./llm/sdk.ts"));
}

/** A deployment's own key goes to the deployment's own address, and nowhere else. */
function findPlace(env: Env, { orgId, model }: ModelOwner): ModelPlace | null {
  const config: Config = readConfig(env);
  if (model !== null) {
    const { baseUrl, name, apiKeyEncrypted: sealed } = model;
    const apiKey = async () => (sealed === null ? null : unseal(config.credentialsKeys, sealed, orgId));
    return { kind: "endpoint", baseUrl, name, apiKey };
  }
  const {
    MODEL_BASE_URL: baseUrl,
    MODEL_NAME: name,
    MODEL_API_KEY: key,
    WORKERS_AI_MODEL: ofWorkersAi,
  } = config;
  if (baseUrl !== undefined && name !== undefined) {
    return { kind: "endpoint", baseUrl, name, apiKey: async () => key ?? null };
  }
  if (ofWorkersAi === undefined || env.AI === undefined) return null;
  return { kind: "workers_ai", binding: env.AI, name: ofWorkersAi };
}
