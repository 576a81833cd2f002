// Whose model is asked, with whose key: none of it may reach anybody else.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openBrain } from "../../../src/agent/open-brain.ts";
import { scriptedBrain } from "../../../src/agent/scripted.ts";
import { readConfig } from "../../../src/config.ts";
import type { CallPlan } from "../../../src/contract/call-plan.ts";
import { seal } from "../../../src/lib/sealing.ts";
import { APOLOGY, FINE } from "../../support/model-turns.ts";
import { openTalk, requestsOf, type ModelTalk } from "../../support/model-talks.ts";
import { planOf } from "../../support/plans.ts";
import { outputsOf, turnOf, wordsIn } from "../../support/turns.ts";

const ORG = "org_of_this_test";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the model that is asked", () => {
  test("is none where there is none", () => {
    expect(openBrain(env, planOf())).toBe(scriptedBrain);
    expect(openBrain(deployment({ MODEL_BASE_URL: "https://models.example/v1" }), planOf())).toBe(
      scriptedBrain,
    );
  });

  test("is the deployment's own, with the deployment's key", async () => {
    const own = await openTalk([FINE]);
    const told = deployment({
      MODEL_BASE_URL: own.baseUrl,
      MODEL_NAME: "own-model",
      MODEL_API_KEY: "own-key",
    });
    expect(await wordsOf(told, planOf())).toBe("Of course.");
    expect(await requestsOf(own)).toMatchObject([
      { authorization: "Bearer own-key", body: { model: "own-model" } },
    ]);
  });

  test.for([
    ["with its own key", "org-key", "Bearer org-key"],
    ["and never with the deployment's", null, null],
  ] as const)("is the organisation's, where it has one, %s", async ([, apiKey, authorization]) => {
    const [own, theirs] = await Promise.all([openTalk([FINE]), openTalk([FINE])]);
    const told = deployment({
      MODEL_BASE_URL: own.baseUrl,
      MODEL_NAME: "own-model",
      MODEL_API_KEY: "own-key",
    });
    expect(await wordsOf(told, await planWith(theirs, apiKey))).toBe("Of course.");
    expect(await requestsOf(theirs)).toMatchObject([{ authorization, body: { model: "org-model" } }]);
    expect(await requestsOf(own)).toEqual([]);
  });

  test("is not followed where it redirects to", async () => {
    const other = await openTalk([FINE]);
    const location = `${other.baseUrl}/chat/completions`;
    for (const status of [301, 302, 307, 308]) {
      const talk = await openTalk([{ status, headers: { location }, body: "" }]);
      expect(await wordsOf(env, await planWith(talk, "org-key"))).toContain(APOLOGY);
      expect(await requestsOf(talk)).toHaveLength(1);
    }
    expect(await requestsOf(other)).toEqual([]);
  });
});

describe("an address that is forbidden", () => {
  test.for([
    "http://169.254.169.254/v1",
    "https://169.254.169.254/v1",
    "https://10.0.0.1/v1",
    "https://192.168.1.1/v1",
    "https://[fd00::1]/v1",
    "https://metadata.google.internal/v1",
    "http://models.example/v1",
    "https://user:password@models.example/v1",
    "file:///etc/passwd",
    "",
  ])("is not asked, however it came into the row: %s", async (baseUrl) => {
    const asked = vi.spyOn(globalThis, "fetch");
    const model = { baseUrl, name: "org-model", apiKeyEncrypted: null };
    expect(await wordsOf(env, planOf({ model }))).toContain(APOLOGY);
    expect(asked).not.toHaveBeenCalled();
  });

  test("is loopback too, where the deployment is not local", async () => {
    const talk = await openTalk([FINE]);
    const abroad = deployment({ PUBLIC_BASE_URL: "https://trunkline.example" });
    expect(await wordsOf(abroad, await planWith(talk, null))).toContain(APOLOGY);
    expect(await requestsOf(talk)).toEqual([]);
  });
});

describe("a sealed key", () => {
  test("is opened once for all turns of a call", async () => {
    const talk = await openTalk([FINE]);
    const plan = await planWith(talk, "org-key");
    const opened = vi.spyOn(crypto.subtle, "decrypt");
    expect(await wordsOf(env, plan)).toBe("Of course.");
    expect(await wordsOf(env, plan)).toBe("Of course.");
    expect(opened).toHaveBeenCalledTimes(1);
    expect(await requestsOf(talk)).toHaveLength(2);
  });

  test.for([
    [
      "was another organisation's",
      async (): Promise<string> => seal(readConfig(env).CREDENTIALS_KEY, "key", "org_of_another"),
    ],
    ["was sealed with another key", async (): Promise<string> => seal(btoa("x".repeat(32)), "key", ORG)],
    ["is no sealed key", async (): Promise<string> => "nonsense"],
  ] as const)("that %s does not open: nobody is asked, and the call goes on", async ([, sealed]) => {
    const talk = await openTalk([FINE]);
    const model = { baseUrl: talk.baseUrl, name: "org-model", apiKeyEncrypted: await sealed() };
    expect(await wordsOf(env, planOf({ model, orgId: ORG }))).toContain(APOLOGY);
    expect(await requestsOf(talk)).toEqual([]);
  });
});

function deployment(settings: Record<string, string>): Env {
  return { ...env, ...settings };
}

async function planWith({ baseUrl }: ModelTalk, apiKey: string | null): Promise<CallPlan> {
  const apiKeyEncrypted = apiKey === null ? null : await seal(readConfig(env).CREDENTIALS_KEY, apiKey, ORG);
  return planOf({ orgId: ORG, model: { baseUrl, name: "org-model", apiKeyEncrypted } });
}

async function wordsOf(told: Env, plan: CallPlan): Promise<string> {
  return wordsIn(await outputsOf(openBrain(told, plan), turnOf({ plan })));
}
