// The roof of the HTTP side: middleware, routes, and what an error looks like.

import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { readConfig } from "../config.ts";
import { openDb } from "../db/client.ts";
import { logError } from "../lib/log.ts";
import { sandbox } from "../sandbox/app.ts";
import type { AppEnv } from "./env.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { logRequest } from "./log-request.ts";
import { buildDocument } from "./openapi/document.ts";
import { problem } from "./problem.ts";
import { availabilityRoute } from "./routes/agent-availability.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { carrierAccountRoutes } from "./routes/carrier-accounts.ts";
import { carrierRoutes } from "./routes/carriers.ts";
import { deskRoutes } from "./desk/routes.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { docsFiles } from "./routes/docs-files.ts";
import { documentRoutes } from "./routes/documents.ts";
import { endCallRoute } from "./routes/end-call.ts";
import { boardRoute } from "./routes/board.ts";
import { health } from "./routes/health.ts";
import { keyRoutes } from "./routes/keys.ts";
import { listCallsRoutes } from "./routes/list-calls.ts";
import { humanRoutes } from "./routes/human-agents.ts";
import { liveCallsRoute } from "./routes/live-calls.ts";
import { liveRoute } from "./routes/live.ts";
import { optOutRoutes } from "./routes/opt-outs.ts";
import { organisationRoutes } from "./routes/organisation.ts";
import { placeCallRoute } from "./routes/place-call.ts";
import { queueRoutes } from "./routes/queues.ts";
import { readCallRoutes } from "./routes/read-calls.ts";
import { recordingRoute } from "./routes/recording.ts";
import { transferCallRoute } from "./routes/transfer-call.ts";
import { tokenRoute } from "./routes/tokens.ts";
import { typedPersonRoute } from "./routes/typed-person.ts";
import { voiceAgentRoutes } from "./routes/voice-agents.ts";
import { webhookLogRoutes } from "./routes/webhook-logs.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { writeMetadataRoute } from "./routes/write-metadata.ts";

const openServices: MiddlewareHandler<AppEnv> = (c, next) => {
  c.set("services", { env: c.env, config: readConfig(c.env), db: openDb(c.env.DB) });
  return next();
};

/** Always an id of our own: one that a client chose could be another request's in the logs. */
const nameRequest: MiddlewareHandler<AppEnv> = (c, next) => {
  const requestId = crypto.randomUUID();
  c.set("requestId", requestId);
  c.header("x-request-id", requestId);
  return next();
};

/** A customer's page plays recordings by their address, which browsers else refuse to a page of another origin. */
const playAnywhere: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  c.header("cross-origin-resource-policy", "cross-origin");
};

export const app = new OpenAPIHono<AppEnv>();

app.use(nameRequest);
app.use(logRequest);
app.use("/api/voice/calls/:call_uuid/recording", playAnywhere);
app.use(secureHeaders());
app.route("/sandbox", sandbox);
app.use(openServices);
app.route("/", health);
app.route("/", placeCallRoute);
app.route("/", listCallsRoutes);
app.route("/", readCallRoutes);
app.route("/", liveCallsRoute);
app.route("/", endCallRoute);
app.route("/", writeMetadataRoute);
app.route("/", transferCallRoute);
app.route("/", typedPersonRoute);
app.route("/", recordingRoute);
app.route("/", liveRoute);
app.route("/", boardRoute);
app.route("/", keyRoutes);
app.route("/", tokenRoute);
app.route("/", voiceAgentRoutes);
app.route("/", contactRoutes);
app.route("/", optOutRoutes);
app.route("/", campaignRoutes);
app.route("/", queueRoutes);
app.route("/", humanRoutes);
app.route("/", availabilityRoute);
app.route("/", carrierAccountRoutes);
app.route("/", organisationRoutes);
app.route("/", webhookRoutes);
app.route("/", webhookLogRoutes);
app.route("/", carrierRoutes);
app.route("/", documentRoutes(contractAt));
app.route("/", docsFiles);
app.route("/", deskRoutes);

/** The published contract of all routes above. */
export function contractAt(baseUrl: string): object {
  return buildDocument(app.openAPIRegistry.definitions, baseUrl);
}

app.notFound((c: Context<AppEnv>) => {
  const methods = allowedMethods(app.routes, c.req.path);
  if (methods.length === 0)
    return problem(c, { code: "not_found", detail: "There is nothing at this path." });
  const detail = `This path takes ${methods.join(", ")}.`;
  return problem(c, { code: "method_not_allowed", detail }, { allow: methods.join(", ") });
});

app.onError((error, c) => {
  if (error instanceof HTTPException) {
    const refusal = READABLE_ERRORS[error.status];
    if (refusal !== undefined) return problem(c, refusal);
  }
  logError("request_failed", error, { request_id: c.get("requestId"), path: c.req.routePath });
  return problem(c, { code: "internal_error", detail: "The request could not be completed." }, UNKEPT);
});

const UNKEPT = { "cache-control": "no-store" };

/** What the framework itself refuses while it reads a body. */
const READABLE_ERRORS: Record<number, Parameters<typeof problem>[1]> = {
  400: { code: "unreadable_body", detail: "The body could not be read as JSON." },
  415: { code: "unsupported_media_type", detail: "Send the body as application/json." },
};
