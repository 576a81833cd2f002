// What happened to a call, in its order. Numbers of human agents are not among it.

import { z } from "zod";
import { CALL_TYPES, ENDED_REASONS, FAULTS, OUTCOMES, REQUESTED_END_REASONS } from "../domain/call/status.ts";
import { ANSWERERS } from "../domain/call/state.ts";
import { TRANSFER_ORIGINS } from "../domain/call/transfer-state.ts";
import { givenIdSchema } from "./calls.ts";
import { timeSchema } from "./fields.ts";
import { totalSchema } from "./pages.ts";
import { transferHumanSchema } from "./transfers.ts";

/** Of a call that lived through more the newest are shown. */
export const MAX_TIMELINE = 500;

const at = timeSchema;
const transfer_id = givenIdSchema("transfer");
const ofHuman = { at, transfer_id, human_agent: transferHumanSchema };

const bare = <T extends string>(type: T, description: string) =>
  z.object({ type: z.literal(type), at }).meta({ description });
const withHuman = <T extends string>(type: T, description: string) =>
  z.object({ type: z.literal(type), ...ofHuman }).meta({ description });

export const timelineEventSchema = z
  .discriminatedUnion("type", [
    z
      .object({ type: z.literal("accepted"), at, call_type: z.enum(CALL_TYPES) })
      .meta({ description: "The call was asked for; an inbound one came." }),
    bare("dialing", "The carrier was asked to place it."),
    bare("ringing", "The phone rings."),
    z
      .object({ type: z.literal("answered"), at, answered_by: z.enum(ANSWERERS) })
      .meta({ description: "Somebody, or a machine, picked up." }),
    z
      .object({
        type: z.literal("recording_started"),
        at,
        offset: z.number().min(0).meta({
          description:
            "Seconds from the answer at which the recording begins: what the transcript has at `timestamp` is heard at `timestamp - offset`.",
          example: 0.4,
        }),
      })
      .meta({ description: "The carrier was told to record." }),
    bare("agent_fell_back", "The voice agent's model could not be had: it goes on by its script."),
    z
      .object({
        type: z.literal("transfer_requested"),
        at,
        transfer_id,
        target: z.string().meta({ example: "sales_specialist" }),
        requested_by: z.enum(TRANSFER_ORIGINS),
        agent_brief: z.string().nullable(),
      })
      .meta({ description: "A human was asked for: by the voice agent, or by a client of the API." }),
    withHuman("transfer_announced", "A human was found; the customer is being told."),
    withHuman("human_ringing", "The human's phone is rung."),
    withHuman("human_answered", "The human has picked up and hears the brief."),
    withHuman("human_unavailable", "The human did not take the call."),
    withHuman("bridged", "The human took the call: customer and human talk."),
    z
      .object({
        type: z.literal("transfer_failed"),
        at,
        transfer_id,
        reason: z.enum(["not_accepted", "no_agents", "canceled"]),
      })
      .meta({ description: "Nobody took the call, nobody was free, or the call ended before." }),
    z
      .object({ type: z.literal("end_requested"), at, reason: z.enum(REQUESTED_END_REASONS) })
      .meta({ description: "A client of the API asked for the end." }),
    bare("opted_out", "The customer asked not to be called again, and will not be."),
    z
      .object({
        type: z.literal("ended"),
        at,
        outcome: z.enum(OUTCOMES),
        ended_reason: z.enum(ENDED_REASONS),
        fault: z.enum(FAULTS),
      })
      .meta({ description: "The call is over." }),
    bare("recording_ready", "The recording can be fetched."),
    bare("analyzed", "Summary, sentiment and details are written."),
  ])
  .meta({ id: "TimelineEvent" });
export type TimelineEvent = z.infer<typeof timelineEventSchema>;

export const callTimelineSchema = z.object({
  events: z.array(timelineEventSchema).meta({ description: "Oldest first." }),
  total: totalSchema,
});
export type CallTimeline = z.infer<typeof callTimelineSchema>;

type Without<E, K extends string> = E extends unknown ? Omit<E, K> : never;
/** As it is written down: its time in milliseconds stands beside it, and an offset is known once it is read. */
export type NewTimelineEvent = Without<TimelineEvent, "at" | "offset">;
