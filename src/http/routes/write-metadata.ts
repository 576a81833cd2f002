import { z } from "zod";
import { writeMetadataSchema, writtenMetadataSchema } from "../../contract/call-actions.ts";
import { writeMetadata } from "../../services/calls/write-metadata.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { problem } from "../problem.ts";
import { requireCallOfRefused } from "../require-call.ts";

const route = apiRoute({
  method: "post",
  path: "/api/voice/calls/{call_uuid}/metadata",
  operationId: "writeCallMetadata",
  summary: "Write structured results back into a call",
  description:
    "Merged into `key_details` by JSON Merge Patch (RFC 7396). Writers at the same time lose nothing.",
  tags: ["Workflow actions"],
  access: { scope: "voice:calls:write", bucket: "write_call_metadata" },
  finds: requireCallOfRefused,
  request: {
    params: z.object({ call_uuid: z.string() }),
    body: { required: true, content: { "application/json": { schema: writeMetadataSchema } } },
  },
  responses: {
    200: {
      description: "The details after the merge.",
      content: { "application/json": { schema: writtenMetadataSchema } },
    },
  },
  refuses: ["key_details_too_large"],
});

export const writeMetadataRoute = apiRouter().openapi(route, async (c) => {
  const { call_uuid: callId } = c.req.valid("param");
  const written = await writeMetadata(c.get("org"), callId, c.req.valid("json"));
  return written.ok ? c.json(written.value, 200) : problem(c, written.error);
});
