// What is typed for a customer who speaks by somebody's typing: one of the sandbox carrier's people.

import { z } from "zod";
import { CALL_STATUSES } from "../domain/call/status.ts";
import { givenIdSchema } from "./calls.ts";
import { textSchema } from "./fields.ts";

const MAX_CHARS = 1_000;
const MAX_DIGITS = 32;

const wordsSchema = textSchema(MAX_CHARS).refine((text) => text.trim() !== "", "must have words");

export const typedActSchema = z
  .strictObject({
    say: wordsSchema.meta({ description: "Said at once, cutting the agent off", example: "Yes, go ahead." }),
    talk_on: wordsSchema.meta({ description: "They have begun to speak and are not done: the words so far" }),
    press: z
      .string()
      .regex(/^[0-9*#]+$/, "must be keys of a phone: 0-9, * and #")
      .max(MAX_DIGITS)
      .meta({ description: "Keys, one after the other", example: "12#" }),
    hang_up: z.literal(true),
  })
  .partial()
  .refine((act) => Object.keys(act).length === 1, "must have one of say, talk_on, press and hang_up")
  .meta({ minProperties: 1, maxProperties: 1 });
export type TypedAct = z.infer<typeof typedActSchema>;

/** `status` is where the call stood when it was done: a carrier takes a moment to hang up. */
export const typedSchema = z.object({
  call_uuid: givenIdSchema("call"),
  status: z.enum(CALL_STATUSES),
});
export type Typed = z.infer<typeof typedSchema>;
