// The desk: its page, its files, and who is signed in. Not part of the published contract, for its only client is the
// page that comes with it.

import { Hono } from "hono";
import { signInSchema } from "../../contract/desk.ts";
import { logInfo } from "../../lib/log.ts";
import { authenticate, authenticateSession } from "../../services/auth/authenticate.ts";
import { describeSession, signIn, signOut } from "../../services/desk/sessions.ts";
import type { AppEnv } from "../env.ts";
import { limitBody } from "../limit-body.ts";
import { notFound, problem } from "../problem.ts";
import { refuseTooMany } from "../require-access.ts";
import { DESK_PAGE, DESK_POLICY } from "./page.ts";
import { dropSession, isSameOrigin, sessionOf, setSession } from "./session-cookie.ts";

const UNKEPT = { "cache-control": "no-store" };

export const deskRoutes = new Hono<AppEnv>()
  .get("/desk/session", async (c) => {
    const secret = sessionOf(c);
    const key = secret === null ? null : await authenticateSession(c.get("services"), secret);
    if (key === null) return problem(c, NOT_SIGNED_IN, UNKEPT);
    const refusal = await refuseTooMany(c, key);
    if (refusal !== null) return refusal;
    return c.json(await describeSession(c.get("services"), key), 200, UNKEPT);
  })
  .post("/desk/session", limitBody(1_024), async (c) => {
    if (!isSameOrigin(c)) return problem(c, NOT_OURS, UNKEPT);
    const body = signInSchema.safeParse(await c.req.json().catch(() => null));
    if (!body.success) {
      return problem(c, { code: "validation_failed", detail: "Send an API key as `key`." }, UNKEPT);
    }
    const key = await authenticate(c.get("services"), body.data.key);
    if (key === null) {
      return problem(c, { code: "unauthorized", detail: "This is no valid API key." }, UNKEPT);
    }
    const refusal = await refuseTooMany(c, key);
    if (refusal !== null) return refusal;
    const { secret, endsAt } = await signIn(c.get("services"), key, sessionOf(c));
    logInfo("desk_signed_in", { key_id: key.id, org_id: key.orgId });
    setSession(c, secret);
    return c.json(await describeSession(c.get("services"), { ...key, expiresAt: endsAt }), 201, UNKEPT);
  })
  .delete("/desk/session", async (c) => {
    if (!isSameOrigin(c)) return problem(c, NOT_OURS, UNKEPT);
    const secret = sessionOf(c);
    if (secret !== null) await signOut(c.get("services"), secret);
    dropSession(c);
    return c.body(null, 204, UNKEPT);
  })
  .get("/desk/assets/:file", async (c) => {
    const url = new URL(c.req.url);
    url.pathname = `/desk/${c.req.param("file")}`;
    const file = await c.env.ASSETS.fetch(new Request(url, c.req.raw));
    if (file.status === 404) return notFound(c, "file");
    // The platform's own response can't be changed, and middleware adds headers.
    return new Response(file.body, file);
  })
  .on("GET", ["/desk", "/desk/*"], (c) =>
    c.html(DESK_PAGE, 200, { ...UNKEPT, "content-security-policy": DESK_POLICY }),
  );

const NOT_SIGNED_IN = { code: "unauthorized", detail: "Nobody is signed in." } as const;
const NOT_OURS = {
  code: "unauthorized",
  detail: "Only the desk's own page may do this, opened by https if the deployment has it.",
} as const;
