// The sandbox carrier's REST border: a Twilio-compatible API, relative to where it is mounted (`/sandbox`),
// and doors for customers who call in, and for those whose words are typed.

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { logError } from "../lib/log.ts";
import { authenticate, type SandboxEnv } from "./authenticate.ts";
import { calls } from "./calls-routes.ts";
import { inbound } from "./inbound-routes.ts";
import { numbers } from "./numbers-routes.ts";
import { recordings } from "./recordings-routes.ts";
import { errorBody, notFound, TwilioError } from "./twilio-error.ts";
import { typed } from "./typed-routes.ts";

const MAX_BODY_BYTES = 65_536;
const TOO_LARGE = new TwilioError(413, 413, "Request Entity Too Large");

export const sandbox = new Hono<SandboxEnv>()
  .use(authenticate)
  .use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json(errorBody(TOO_LARGE), 413) }))
  .route("/2010-04-01/Accounts/:accountSid", calls)
  .route("/2010-04-01/Accounts/:accountSid", recordings)
  .route("/2010-04-01/Accounts/:accountSid", numbers)
  .route("/", inbound)
  .route("/", typed)
  .all("*", (c) => {
    throw notFound(c.req.path);
  })
  .onError((error, c) => {
    if (error instanceof TwilioError) return c.json(errorBody(error), error.status);
    logError("sandbox.request", error, { path: c.req.path });
    return c.json(errorBody(new TwilioError(500, 20500, "Internal Server Error")), 500);
  });
