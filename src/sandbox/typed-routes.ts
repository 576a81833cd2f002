// What somebody types for the person on the line. Twilio has no such requests: with a real carrier this is a person
// with a phone.

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "./authenticate.ts";
import { readJson } from "./read-request.ts";
import { callOf } from "./stubs.ts";
import { notFound, refused, TwilioError } from "./twilio-error.ts";
import type { PersonAct } from "./typed-person.ts";

const MAX_CHARS = 1000;
const MAX_DIGITS = 32;

const words = z.strictObject({
  text: z
    .string()
    .max(MAX_CHARS)
    .refine((text) => text.trim() !== ""),
});
const keys = z.strictObject({
  digits: z
    .string()
    .regex(/^[0-9*#]+$/)
    .max(MAX_DIGITS),
});

const NO_WORDS = {
  code: 20001,
  message: `The body must be JSON: { text }, of 1 to ${MAX_CHARS} characters`,
};
const NO_KEYS = {
  code: 20001,
  message: `The body must be JSON: { digits }, of 1 to ${MAX_DIGITS} of 0-9, * and #`,
};

const REFUSALS = {
  ended: { code: 20409, message: "The call has ended" },
  "not-typed": { code: 20410, message: "Whoever is on this call's line speaks for itself" },
  unheard: { code: 20409, message: "Nobody listens on this call's line at the moment" },
} as const;

const CALL = "/calls/:call{CA[0-9a-f]{32}}";

export const typed = new Hono<SandboxEnv>()
  .post(`${CALL}/say`, async (c) => {
    const said = words.safeParse(await readJson(c));
    if (!said.success) throw refused(NO_WORDS);
    return act(c, c.req.param("call"), { kind: "say", text: said.data.text });
  })
  .post(`${CALL}/talk-on`, async (c) => {
    const said = words.safeParse(await readJson(c));
    if (!said.success) throw refused(NO_WORDS);
    return act(c, c.req.param("call"), { kind: "talk-on", text: said.data.text });
  })
  .post(`${CALL}/press`, async (c) => {
    const pressed = keys.safeParse(await readJson(c));
    if (!pressed.success) throw refused(NO_KEYS);
    return act(c, c.req.param("call"), { kind: "press", digits: pressed.data.digits });
  })
  .post(`${CALL}/hang-up`, (c) => act(c, c.req.param("call"), { kind: "hang-up" }));

async function act(c: Context<SandboxEnv>, callSid: string, wish: PersonAct): Promise<Response> {
  const done = await callOf(c, callSid).act(c.get("accountSid"), wish);
  if (done.ok) return c.json(done.value);
  if (done.error === "unknown") throw notFound(c.req.path);
  const { code, message } = REFUSALS[done.error];
  throw new TwilioError(409, code, message);
}
