import type { MiddlewareHandler } from "hono";
import { findNamedHuman } from "../services/queues/read-humans.ts";
import { findNamedQueue } from "../services/queues/read-queues.ts";
import type { AppEnv } from "./env.ts";
import { findObject } from "./find-object.ts";
import { findSurely } from "./open-database.ts";
import { notFound } from "./problem.ts";

export const requireQueue = findObject("queue", "name", "queue", findNamedQueue);

/** The queue that the path names, and the person in it. */
export const requireHuman: MiddlewareHandler<AppEnv> = async (c, next) => {
  const queue = await findSurely(c, (org) => findNamedQueue(org, c.req.param("name") ?? ""));
  if (queue === null) return notFound(c, "queue");
  const human = await findNamedHuman(c.get("org"), queue, c.req.param("agent_id") ?? "");
  if (human === null) return notFound(c, "human agent");
  c.set("queue", queue);
  c.set("human", human);
  return next();
};
