// The wire shape of a transfer to a human agent: in answers, in `calls.transfer`, and for those who watch.

import { z } from "zod";
import { TRANSFER_STATUSES, type TransferFacts } from "../domain/call/transfer-state.ts";
import { isoSeconds } from "../lib/time.ts";
import { timeSchema } from "./fields.ts";

/** Who is offered the call, or took it. */
export const transferHumanSchema = z
  .object({ uuid: z.string(), name: z.string() })
  .meta({ id: "TransferHuman" });

export const transferSchema = z
  .object({
    transfer_id: z.string(),
    /** The queue's name. */
    target: z.string(),
    status: z.enum(TRANSFER_STATUSES),
    agent_brief: z.string().nullable(),
    human_agent: transferHumanSchema.nullable(),
    requested_at: timeSchema,
    bridged_at: timeSchema.nullable(),
    ended_at: timeSchema.nullable(),
  })
  .meta({ id: "Transfer" });
export type Transfer = z.infer<typeof transferSchema>;

export function toTransfer(facts: TransferFacts): Transfer {
  const { id, target, status, brief, human, requestedAt, bridgedAt, endedAt } = facts;
  return {
    transfer_id: id,
    target,
    status,
    agent_brief: brief,
    human_agent: human === null ? null : { uuid: human.id, name: human.name },
    requested_at: isoSeconds(requestedAt),
    bridged_at: bridgedAt === null ? null : isoSeconds(bridgedAt),
    ended_at: endedAt === null ? null : isoSeconds(endedAt),
  };
}
