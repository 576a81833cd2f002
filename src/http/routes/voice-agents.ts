import { z } from "zod";
import {
  changeVoiceAgentSchema,
  createVoiceAgentSchema,
  listVoiceAgentsSchema,
  voiceAgentListSchema,
  voiceAgentSchema,
} from "../../contract/voice-agents.ts";
import {
  findNamedVoiceAgent,
  listVoiceAgents,
  toVoiceAgent,
} from "../../services/voice-agents/read-voice-agents.ts";
import {
  changeVoiceAgent,
  createVoiceAgent,
  deleteVoiceAgent,
} from "../../services/voice-agents/write-voice-agents.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/voice-agents";
const ONE = `${PATH}/{voice_agent_id}` as const;

const params = z.object({ voice_agent_id: z.string().meta({ example: "agt_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const finds = findObject("voiceAgent", "voice_agent_id", "voice agent", findNamedVoiceAgent);
const tags: [string] = ["Voice agents"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createVoiceAgent",
  summary: "Create a voice agent",
  tags,
  access: { scope: "voice:campaigns:write", bucket: "create_voice_agent" },
  request: { body: { required: true, content: json(createVoiceAgentSchema) } },
  responses: { 201: { description: "The new voice agent.", content: json(voiceAgentSchema) } },
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listVoiceAgents",
  summary: "List voice agents",
  tags,
  access: { scope: "voice:campaigns:read" },
  request: { query: listVoiceAgentsSchema },
  responses: { 200: { description: "A page, newest first.", content: json(voiceAgentListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readVoiceAgent",
  summary: "Read a voice agent",
  tags,
  access: { scope: "voice:campaigns:read" },
  finds,
  request: { params },
  responses: { 200: { description: "The voice agent.", content: json(voiceAgentSchema) } },
  refuses: ["not_found"],
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeVoiceAgent",
  summary: "Change a voice agent",
  description: "A merge patch (RFC 7396). Calls that live keep the agent they began with.",
  tags,
  access: { scope: "voice:campaigns:write" },
  finds,
  request: { params, body: { required: true, content: json(changeVoiceAgentSchema) } },
  responses: { 200: { description: "The voice agent as it is now.", content: json(voiceAgentSchema) } },
  refuses: ["not_found"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteVoiceAgent",
  summary: "Delete a voice agent",
  tags,
  access: { scope: "voice:campaigns:write" },
  finds,
  request: { params },
  responses: { 204: { description: "It is gone." } },
  refuses: ["not_found", "in_use"],
});

export const voiceAgentRoutes = apiRouter()
  .openapi(create, async (c) => {
    const agent = await createVoiceAgent(c.get("org"), c.req.valid("json"));
    return c.json(agent, 201, { location: `${PATH}/${agent.uuid}` });
  })
  .openapi(list, async (c) => c.json(await listVoiceAgents(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toVoiceAgent(c.get("voiceAgent")), 200))
  .openapi(change, async (c) => {
    const changed = await changeVoiceAgent(c.get("org"), c.get("voiceAgent"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    const deleted = await deleteVoiceAgent(c.get("org"), c.get("voiceAgent"));
    return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
  });
