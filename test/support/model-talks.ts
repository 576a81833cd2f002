// A test's own model: what it answers, and what it was asked.

import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { inject } from "vitest";
import { z } from "zod";
import { readConfig } from "../../src/config.ts";
import { openDb } from "../../src/db/client.ts";
import { organisations } from "../../src/db/schema.ts";
import { seal } from "../../src/lib/sealing.ts";
import type { ModelRequest, Replies } from "./model-replies.ts";

export type ModelTalk = { id: string; baseUrl: string };

/** What a test has as `fetch` may be a stand-in's by the time that it asks. */
export const fetchForReal = globalThis.fetch;

export function isModel(input: RequestInfo | URL): boolean {
  const url = input instanceof Request ? input.url : String(input);
  return url.startsWith(inject("modelServerUrl"));
}

const talkSchema = z.object({ id: z.string(), base_url: z.string() });
const messageSchema = z.looseObject({ role: z.string(), content: z.string().nullish() });
const requestsSchema = z.object({
  requests: z.array(
    z.object({
      body: z.looseObject({
        model: z.string(),
        messages: z.array(messageSchema),
        tools: z.array(z.object({ function: z.looseObject({ name: z.string() }) })).optional(),
      }),
      authorization: z.string().nullable(),
      aborted: z.boolean(),
      startedAtMs: z.number(),
      firstChunkAtMs: z.number().nullable(),
    }) satisfies z.ZodType<ModelRequest>,
  ),
});

/** The last reply repeats. */
export async function openTalk(replies: Replies): Promise<ModelTalk> {
  const body = JSON.stringify({ replies });
  const response = await fetchForReal(`${inject("modelServerUrl")}/talks`, { method: "POST", body });
  const { id, base_url: baseUrl } = talkSchema.parse(await response.json());
  return { id, baseUrl };
}

export async function requestsOf(talk: ModelTalk) {
  const response = await fetchForReal(`${inject("modelServerUrl")}/talks/${talk.id}`);
  return requestsSchema.parse(await response.json()).requests;
}

/** From now on the organisation's agents think with the talk's model. */
export async function giveOrganisationModel(
  { orgId }: { orgId: string },
  { baseUrl }: ModelTalk,
  { apiKey }: { apiKey?: string } = {},
): Promise<void> {
  const sealed = apiKey === undefined ? null : await seal(readConfig(env).CREDENTIALS_KEY, apiKey, orgId);
  await openDb(env.DB)
    .update(organisations)
    .set({ modelBaseUrl: baseUrl, modelName: "test-model", modelKeyEncrypted: sealed })
    .where(eq(organisations.id, orgId));
}
