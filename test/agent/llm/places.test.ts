// Whose model is asked, with whose key: none of it may reach anybody else.

import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openModel } from "../../../src/agent/model.ts";
import { openBrain, prepareBrain, turnTimes } from "../../../src/agent/open-brain.ts";
import { scriptedBrain } from "../../../src/agent/scripted.ts";
import { readConfig } from "../../../src/config.ts";
import type { CallPlan } from "../../../src/contract/call-plan.ts";
import { AGENT_TURN_MS } from "../../../src/domain/call/relay.ts";
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
    const halfSet = deployment({ MODEL_BASE_URL: "https://models.example/v1" });
    expect(openBrain(halfSet, planOf())).toBe(scriptedBrain);
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

describe("Workers AI", () => {
  const NAME = "@cf/meta/a-model";
  const settings = { WORKERS_AI_MODEL: NAME };

  test("is asked where there is neither an organisation's model nor an address", async () => {
    const { asked, told } = workersAi(() =>
      sse({ response: "Of" }, { response: " course." }, { response: "" }),
    );
    expect(await wordsOf({ ...deployment(settings), AI: told }, planOf())).toBe("Of course.");
    expect(asked).toMatchObject([
      {
        model: NAME,
        inputs: { stream: true, max_tokens: 4_000, tools: [{ function: { name: "end_call" } }, {}] },
      },
    ]);
  });

  test("has the tools too", async () => {
    const tool_calls = [
      { id: "1", index: 0, function: { name: "end_call", arguments: '{"reason":"wrong_number"}' } },
    ];
    const { told } = workersAi(() => sse({ response: "Bye." }, { tool_calls }));
    const plan = planOf();
    expect(await outputsOf(openBrain({ ...deployment(settings), AI: told }, plan), turnOf({ plan }))).toEqual(
      [
        { type: "words", text: "Bye." },
        { type: "end_call", reason: "wrong_number" },
      ],
    );
  });

  test("is asked once more when it has no capacity, and then no longer", async () => {
    const { asked, told } = workersAi(() => {
      throw new Error("3040: Capacity temporarily exceeded, please try again.");
    });
    expect(await wordsOf({ ...deployment(settings), AI: told }, planOf())).toContain(APOLOGY);
    expect(asked).toHaveLength(2);
  });

  test("is not asked where an address is given", async () => {
    const { asked, told } = workersAi(() => sse());
    const own = await openTalk([FINE]);
    const named = deployment({ ...settings, MODEL_BASE_URL: own.baseUrl, MODEL_NAME: "own-model" });
    expect(await wordsOf({ ...named, AI: told }, planOf())).toBe("Of course.");
    expect(asked).toEqual([]);
  });
});

describe("an answer that is far too long", () => {
  test.for([
    ["is given up", 5_000_000, false],
    ["unless it is not that long", 3_000_000, true],
  ] as const)("%s", async ([, length, isRead]) => {
    const talk = await openTalk([{ json: "x".repeat(length) }]);
    const model = await openModel(env, await planWith(talk, null));
    const content = [{ type: "text" as const, text: "Hello." }];
    const read = model?.doGenerate({ prompt: [{ role: "user", content }] }).then(
      (answer) => answer.content.length === 1,
      () => false,
    );
    expect(await read).toBe(isRead);
  });
});

describe("the time for a turn", () => {
  test.for([0.1, 6, 12])(
    "%f seconds to a first word: all tries have it, and the machine waits",
    (seconds) => {
      const { firstMs, stallMs, turnMs } = turnTimes(seconds * 1000);
      expect(firstMs).toBe(seconds * 1000);
      expect(turnMs).toBeGreaterThanOrEqual(2 * firstMs + stallMs);
      expect(turnMs).toBeLessThan(AGENT_TURN_MS);
    },
  );
});

describe("a model that is had ready", () => {
  test("is not opened again", async () => {
    const talk = await openTalk([FINE]);
    const plan = await planWith(talk, "org-key");
    const opened = vi.spyOn(crypto.subtle, "decrypt");
    await Promise.all([prepareBrain(env, plan), wordsOf(env, plan)]);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  test("or can't be: the turn will tell", async () => {
    const model = { baseUrl: "http://10.0.0.1/v1", name: "org-model", apiKeyEncrypted: null };
    const plan = planOf({ model });
    await prepareBrain(env, plan);
    expect(await wordsOf(env, plan)).toContain(APOLOGY);
  });

  test("is nothing where there is none", async () => {
    expect(await prepareBrain(env, planOf())).toBeUndefined();
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

/** The binding, as far as it is used; the real one is always remote. */
function workersAi(answer: () => ReadableStream) {
  const asked: { model: string; inputs: unknown }[] = [];
  const binding = {
    run: async (model: string, inputs: unknown) => {
      asked.push({ model, inputs });
      return answer();
    },
  };
  return { asked, told: binding as unknown as Ai };
}

function sse(...chunks: object[]): ReadableStream {
  const text = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"].map((data) => `data: ${data}\n\n`);
  return new Response(text.join("")).body ?? new ReadableStream();
}

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
