// Lets in who knows an account's derived token, by HTTP Basic, and only to that account's own paths. Without
// SANDBOX_SECRET there is no sandbox: everything is 404.

import { createMiddleware } from "hono/factory";
import { readConfig } from "../config.ts";
import { accountToken } from "../lib/account-token.ts";
import { equalSecrets } from "../lib/crypto.ts";
import { notFound, TwilioError } from "./twilio-error.ts";

export type SandboxEnv = { Bindings: Env; Variables: { accountSid: string } };

const REALM = 'Basic realm="Twilio API"';

export const authenticate = createMiddleware<SandboxEnv>(async (c, next) => {
  const { SANDBOX_SECRET } = readConfig(c.env);
  if (SANDBOX_SECRET === undefined) throw notFound(c.req.path);
  const credentials = basicCredentials(c.req.header("Authorization"));
  const isKnown =
    credentials !== undefined &&
    (await equalSecrets(credentials.password, await accountToken(SANDBOX_SECRET, credentials.user)));
  const asked = /\/Accounts\/([^/]+)/.exec(c.req.path)?.[1];
  if (!isKnown || (asked !== undefined && asked !== credentials.user)) {
    c.header("WWW-Authenticate", REALM);
    throw new TwilioError(401, 20003, "Authenticate");
  }
  c.set("accountSid", credentials.user);
  await next();
});

function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  let text: string;
  try {
    text = atob(encoded);
  } catch {
    return undefined;
  }
  const colon = text.indexOf(":");
  const user = text.slice(0, Math.max(0, colon));
  return /^AC[0-9a-f]{32}$/.test(user) ? { user, password: text.slice(colon + 1) } : undefined;
}
