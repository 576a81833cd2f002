import { z } from "zod";
import { givenIdSchema } from "./calls.ts";
import { timeSchema } from "./fields.ts";

export const callHealthSchema = z
  .object({
    live: z.int().min(0).meta({ description: "Calls that have not ended." }),
    oldest_live: z
      .object({ call_uuid: givenIdSchema("call"), started_at: timeSchema })
      .nullable()
      .meta({ description: "The live call that was accepted first." }),
    stuck: z.int().min(0).meta({
      description:
        "Calls that are live beyond every limit that they have. Anything but 0 is a fault of ours.",
      example: 0,
    }),
    stuck_calls: z.array(givenIdSchema("call")).meta({ description: "Of those the oldest, 20 at most." }),
    dead_letters: z
      .int()
      .min(0)
      .meta({
        description:
          "Work on calls of the last 7 days that was given up after many tries. What it stands for is sent again by its call; " +
          "of the end of a call that was lost, webhooks are told for about four days more.",
        example: 0,
      }),
    webhooks_paused: z.int().min(0).meta({
      description:
        "Webhooks that we paused: their receivers said that they are gone, or took nothing for three days. The webhook's `paused_reason` tells which.",
      example: 0,
    }),
    checked_at: timeSchema,
  })
  .meta({ id: "CallHealth" });
export type CallHealthAnswer = z.infer<typeof callHealthSchema>;
