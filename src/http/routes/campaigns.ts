import { z } from "zod";
import {
  campaignListSchema,
  campaignSchema,
  changeCampaignSchema,
  createCampaignSchema,
  listCampaignsSchema,
} from "../../contract/campaigns.ts";
import { findNamedCampaign, listCampaigns, toCampaign } from "../../services/campaigns/read-campaigns.ts";
import { changeCampaign, createCampaign, deleteCampaign } from "../../services/campaigns/write-campaigns.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { findObject } from "../find-object.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/campaigns";
const ONE = `${PATH}/{campaign_id}` as const;

const params = z.object({ campaign_id: z.string().meta({ example: "flw_01k4v4n5r7f0a9d8c3b2e1h6jm" }) });
const finds = findObject("campaign", "campaign_id", "campaign", findNamedCampaign);
const tags: [string] = ["Campaigns"];

const create = apiRoute({
  method: "post",
  path: PATH,
  operationId: "createCampaign",
  summary: "Create a campaign",
  description:
    "To be active it needs a voice agent, a carrier account and one of that account's numbers. A number takes calls " +
    "for one active inbound campaign.",
  tags,
  access: { scope: "voice:campaigns:write", bucket: "create_campaign" },
  request: { body: { required: true, content: json(createCampaignSchema) } },
  responses: { 201: { description: "The new campaign.", content: json(campaignSchema) } },
  refuses: ["campaign_incomplete", "number_in_use"],
});

const list = apiRoute({
  method: "get",
  path: PATH,
  operationId: "listCampaigns",
  summary: "List campaigns",
  tags,
  access: { scope: "voice:campaigns:read" },
  request: { query: listCampaignsSchema },
  responses: { 200: { description: "A page, newest first.", content: json(campaignListSchema) } },
});

const read = apiRoute({
  method: "get",
  path: ONE,
  operationId: "readCampaign",
  summary: "Read a campaign",
  tags,
  access: { scope: "voice:campaigns:read" },
  finds,
  request: { params },
  responses: { 200: { description: "The campaign.", content: json(campaignSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: ONE,
  operationId: "changeCampaign",
  summary: "Change a campaign",
  description:
    "A merge patch (RFC 7396); null in `config` brings a default back. Calls that live go on as they began.",
  tags,
  access: { scope: "voice:campaigns:write" },
  finds,
  request: { params, body: { required: true, content: json(changeCampaignSchema) } },
  responses: { 200: { description: "The campaign as it is now.", content: json(campaignSchema) } },
  refuses: ["not_found", "campaign_incomplete", "number_in_use"],
});

const remove = apiRoute({
  method: "delete",
  path: ONE,
  operationId: "deleteCampaign",
  summary: "Delete a campaign",
  description: "Calls that live go on; its calls keep its id.",
  tags,
  access: { scope: "voice:campaigns:write" },
  finds,
  request: { params },
  responses: { 204: { description: "It is gone." } },
});

export const campaignRoutes = apiRouter()
  .openapi(create, async (c) => {
    const created = await createCampaign(c.get("org"), c.req.valid("json"));
    if (!created.ok) return problem(c, created.error);
    return c.json(created.value, 201, { location: `${PATH}/${created.value.uuid}` });
  })
  .openapi(list, async (c) => c.json(await listCampaigns(c.get("org"), c.req.valid("query")), 200))
  .openapi(read, async (c) => c.json(toCampaign(c.get("campaign")), 200))
  .openapi(change, async (c) => {
    const changed = await changeCampaign(c.get("org"), c.get("campaign"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  })
  .openapi(remove, async (c) => {
    await deleteCampaign(c.get("org"), c.get("campaign"));
    return c.body(null, 204);
  });
