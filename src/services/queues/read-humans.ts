import type { Page } from "../../contract/pages.ts";
import type { Human } from "../../contract/queues.ts";
import type { QueueRow } from "../../db/queues.ts";
import type { HumanAgent } from "../../domain/human-queue.ts";
import { isId } from "../../lib/ids.ts";
import { isoSeconds } from "../../lib/time.ts";
import { askTwice } from "../../stubs/ask-twice.ts";
import { agentQueueOf } from "../../stubs/stubs.ts";
import type { OrgContext } from "../context.ts";

/** The person that a path names; null if the queue has none such, whatever is wrong with the name. */
export async function findNamedHuman(
  { env }: OrgContext,
  queue: QueueRow,
  humanId: string,
): Promise<HumanAgent | null> {
  return isId("human", humanId) ? askTwice(async () => agentQueueOf(env, queue.id).findHuman(humanId)) : null;
}

/** Oldest first. */
export async function listHumans({ env }: OrgContext, queue: QueueRow, { limit, offset }: Page) {
  const list = await askTwice(async () => agentQueueOf(env, queue.id).listHumans({ limit, offset }));
  return { agents: list.humans.map((human) => toHuman(queue, human)), total: list.total };
}

export function toHuman(queue: QueueRow, human: HumanAgent): Human {
  return {
    uuid: human.id,
    queue: queue.name,
    name: human.name,
    phone: human.phone,
    sip: human.sip,
    presence: human.presence,
    is_in_call: human.isReserved,
    created_at: isoSeconds(human.createdAt),
  };
}
