import { changeOrganisationSchema, organisationSchema } from "../../contract/organisation.ts";
import { changeOrganisation } from "../../services/organisation/change-organisation.ts";
import { readOrganisation } from "../../services/organisation/read-organisation.ts";
import { apiRoute, apiRouter, json } from "../api-route.ts";
import { problem } from "../problem.ts";

const PATH = "/v1/organisation";

const tags: [string] = ["Organisation"];

const read = apiRoute({
  method: "get",
  path: PATH,
  operationId: "readOrganisation",
  summary: "Read the organisation of the key",
  tags,
  access: { scope: "voice:admin" },
  responses: { 200: { description: "The organisation.", content: json(organisationSchema) } },
});

const change = apiRoute({
  method: "patch",
  path: PATH,
  operationId: "changeOrganisation",
  summary: "Change the organisation of the key",
  description:
    "A merge patch (RFC 7396). The model's `api_key` is write-only. It is cleared by null, and by a `base_url` with " +
    "another scheme, host or port that comes without an `api_key`: a stored key is never sent to another host.",
  tags,
  access: { scope: "voice:admin" },
  request: { body: { required: true, content: json(changeOrganisationSchema) } },
  responses: { 200: { description: "The organisation as it is now.", content: json(organisationSchema) } },
});

export const organisationRoutes = apiRouter()
  .openapi(read, async (c) => c.json(await readOrganisation(c.get("org")), 200))
  .openapi(change, async (c) => {
    const changed = await changeOrganisation(c.get("org"), c.req.valid("json"));
    return changed.ok ? c.json(changed.value, 200) : problem(c, changed.error);
  });
