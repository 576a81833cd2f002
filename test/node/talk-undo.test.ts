// npm run talk through a deployment that others use: whatever fails or is broken off, nothing there stays changed. The
// deployment is one of the test's own, which can be slow or fail at each request.

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { campaignConfigSchema, voiceConfigSchema } from "../../src/contract/campaign-config.ts";
import type { Campaign } from "../../src/contract/campaigns.ts";
import type { Contact } from "../../src/contract/contacts.ts";
import type { VoiceAgent } from "../../src/contract/voice-agents.ts";
import { applyMergePatch } from "../../src/domain/merge-patch.ts";
import { newId } from "../../src/lib/ids.ts";
import { startScript } from "./support/process.ts";

const TYPED_PERSON = "+15005550080";
const CREATED_AT = "2026-05-12T14:32:01Z";

/** Says what becomes of a request: it may wait, and it may answer an error for what was done nevertheless. */
type Fate = (request: string) => Promise<"fails" | void>;

class Deployment {
  agent: VoiceAgent = {
    uuid: newId("agent"),
    name: "Aria",
    role: null,
    description: null,
    avatar_color: null,
    avatar_initials: null,
    is_active: true,
    voice_config: voiceConfigSchema.parse({}),
    created_at: CREATED_AT,
  };
  campaign: Campaign = {
    uuid: newId("campaign"),
    kind: "outbound",
    name: "Live",
    status: "active",
    voice_agent_id: this.agent.uuid,
    carrier_id: null,
    phone_number: null,
    branches: [],
    start_date: null,
    end_date: null,
    time_window: null,
    config: campaignConfigSchema.parse({ persona_prompt: "You are Aria." }),
    created_at: CREATED_AT,
  };
  contacts: Contact[] = [];
  /** What was asked, but to read. */
  readonly asked: string[] = [];
  fate: Fate = async () => {};
  readonly #server = createServer(async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const asked = `${request.method} ${path.replace(/[a-z]+_[0-9a-z]{26}$/, "ID")}`;
    if (request.method !== "GET") this.asked.push(asked);
    const body = await bodyOf(request);
    const fate = await this.fate(asked);
    const answer = this.#do(asked, body);
    response.writeHead(fate === "fails" || answer === null ? 500 : 200).end(JSON.stringify(answer));
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  kept() {
    return structuredClone({ agent: this.agent, campaign: this.campaign, contacts: this.contacts });
  }

  #do(asked: string, body: Record<string, unknown>): unknown {
    switch (asked) {
      case "GET /v1/campaigns/ID":
        return this.campaign;
      case "PATCH /v1/campaigns/ID":
        return (this.campaign = applyMergePatch(this.campaign, body) as Campaign);
      case "GET /v1/voice-agents/ID":
        return this.agent;
      case "PATCH /v1/voice-agents/ID":
        // A merge patch deletes what is null; the agent's own fields stay as they are.
        return (this.agent = { ...this.agent, ...(applyMergePatch(this.agent, body) as VoiceAgent) });
      case "GET /v1/contacts":
        return { contacts: this.contacts, total: this.contacts.length };
      case "POST /v1/contacts":
        return this.#write(body["name"], body["metadata"]);
      case "DELETE /v1/contacts/ID":
        return (this.contacts = []);
      case "POST /v1/calls":
        this.#write(body["contact_name"], body["metadata"]);
        return null;
      default:
        return asked.endsWith("/Calls.json") ? {} : null;
    }
  }

  #write(name: unknown, metadata: unknown): Contact {
    const before = this.contacts[0] ?? contactNamed(null);
    const contact = {
      ...before,
      name: name === undefined ? before.name : (name as string | null),
      metadata: metadata === undefined ? before.metadata : (metadata as Record<string, unknown>),
    };
    this.contacts = [contact];
    return contact;
  }
}

function contactNamed(name: string | null): Contact {
  return {
    uuid: newId("contact"),
    phone: TYPED_PERSON,
    name,
    email: null,
    tags: [],
    preferred_language: null,
    metadata: { plan: "pro" },
    total_calls: 1,
    last_contact: null,
    opted_out_at: null,
    created_at: CREATED_AT,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
  const text = chunks.join("");
  return text.startsWith("{") ? JSON.parse(text) : {};
}

let deployment = new Deployment();

afterEach(() => {
  deployment.stop();
});

/** A talk that is to change all that can be changed. */
async function begin() {
  const url = await deployment.start();
  const there = ["--url", url, "--campaign", deployment.campaign.uuid, "--account-sid", "AC1"];
  const secrets = { API_KEY: "k", AUTH_TOKEN: "t" };
  const wishes = ["--persona", "You are a pirate.", "--agent", "Nora", "--language", "en-GB"];
  const who = ["--name", "Sam", "--metadata", '{"a":1}'];
  const script = startScript("talk", [...there, ...wishes, ...who], secrets);
  script.child.stdin?.end();
  return { script, ended: once(script.child, "close") };
}

test.each([
  ["the campaign", "PATCH /v1/campaigns/ID", "nobody"],
  ["the agent", "PATCH /v1/voice-agents/ID", "nobody"],
  ["the call, of a contact that is new", "POST /v1/calls", "nobody"],
  ["the call, of a contact that was there", "POST /v1/calls", "somebody"],
] as const)("nothing stays changed where a change fails: %s", async (_, failing, who) => {
  deployment = new Deployment();
  if (who === "somebody") deployment.contacts = [contactNamed("Priya Kumar")];
  const before = deployment.kept();
  let changedTo: unknown;
  deployment.fate = async (request) => {
    if (request !== failing || changedTo !== undefined) return;
    changedTo = deployment.asked.length;
    return "fails";
  };
  const { script, ended } = await begin();
  expect(await ended).toEqual([1, null]);
  expect(script.stderr()).toContain(`was refused: 500`);
  expect(deployment.asked.length).toBeGreaterThan(Number(changedTo));
  expect(deployment.kept()).toEqual(before);
});

test.each(["PATCH /v1/campaigns/ID", "PATCH /v1/voice-agents/ID", "POST /v1/calls"])(
  "nothing stays changed where it is broken off in mid-change, and once more while that is undone: %s",
  async (change) => {
    deployment = new Deployment();
    deployment.contacts = [contactNamed("Priya Kumar")];
    const before = deployment.kept();
    const { script, ended } = await begin();
    let interrupts = 0;
    // The change is made only when Ctrl-C has long come; so is the first of the undoings.
    deployment.fate = async (request) => {
      if (interrupts > 1 || (interrupts === 0 && request !== change)) return;
      interrupts += 1;
      process.kill(-(script.child.pid ?? 0), "SIGINT");
      await new Promise((resume) => setTimeout(resume, 500));
    };
    const [code] = await ended;
    expect(code).not.toBe(0);
    expect(interrupts).toBe(2);
    expect(deployment.asked.filter((asked) => asked === "POST /v1/calls")).toHaveLength(
      change === "POST /v1/calls" ? 1 : 0,
    );
    expect(deployment.kept()).toEqual(before);
  },
);
