import type { Human } from "../../contract/queues.ts";

/** As the API lists who is in a queue. */
export type People = { agents: Human[]; total: number };

export const QUEUES = "/v1/queues";

export function queuePath(name: string): string {
  return `${QUEUES}/${encodeURIComponent(name)}`;
}

export function peoplePath(queue: string): string {
  return `${queuePath(queue)}/agents`;
}

export function humanPath({ queue, uuid }: Pick<Human, "queue" | "uuid">): string {
  return `${peoplePath(queue)}/${uuid}`;
}
