// Tokens: what a browser's player or socket brings instead of a key, in its address. Each is good for one purpose and
// one object, and for a short time.

import { z } from "zod";
import { idSchema } from "./calls.ts";
import { timeSchema } from "./fields.ts";

export const TOKEN_PURPOSES = ["recording", "live", "board"] as const;
export type TokenPurpose = (typeof TOKEN_PURPOSES)[number];

const createTokenShape = z.strictObject({
  purpose: z.enum(TOKEN_PURPOSES),
  call_uuid: idSchema("call")
    .optional()
    .meta({ description: "Whose recording, or which call to watch; a board is the organisation's" }),
});

/** Told apart by the purpose once the shape is right. */
export const createTokenSchema = createTokenShape.superRefine(({ purpose, call_uuid: callId }, context) => {
  if ((purpose === "board") === (callId === undefined)) return;
  const message = purpose === "board" ? "has no meaning for a board" : "is required for this purpose";
  context.addIssue({ code: "custom", path: ["call_uuid"], message });
});
export type CreateTokenInput = z.infer<typeof createTokenSchema>;

const SECRET = "null in the answer to a repeated Idempotency-Key";

export const tokenSchema = z
  .object({
    token: z.string().nullable().meta({ example: "tl_t_…", description: SECRET }),
    expires_at: timeSchema,
    url: z
      .string()
      .nullable()
      .meta({ example: "wss://HOST/ws/board?token=tl_t_…", description: `With the token; ${SECRET}` }),
  })
  .meta({ id: "Token" });
export type Token = z.infer<typeof tokenSchema>;
