// What is asked of both Workers, path by path.

import type { Asked } from "./client.ts";
import { statusCallback, type LiveCalls } from "./fixture.ts";
import type { BenchRuntime } from "./runtime.ts";

export type World = {
  runtime: BenchRuntime;
  /** Ended calls, newest first. */
  ended: string[];
  /** Of the hundredth page. */
  cursor: string;
  since: string;
  live: LiveCalls;
};
export type Side = "ours" | "limit";

export type Path = {
  title: string;
  status: number;
  /** Needs calls that live. */
  live?: true;
  /** The requests of one side, one after the other. */
  requests(world: World, side: Side): () => Asked;
};

let counter = 0;

/** Of the ended calls those that are read; the others are written to. */
const READ = 500;

export const PATHS: Record<string, Path> = {
  create: {
    title: "create call",
    status: 201,
    requests: ({ runtime: { instance } }) => {
      const headers = { ...keyed(instance.apiKey), "content-type": "application/json" };
      return () => {
        counter += 1;
        const to = `+1${String(5_002_000_000 + counter)}`;
        const asked = {
          to,
          campaign_id: instance.campaignId,
          contact_name: "Priya Kumar",
          metadata: { cart_value: 850 },
        };
        return { method: "POST", path: "/v1/calls", headers, body: JSON.stringify(asked) };
      };
    },
  },
  get: {
    title: "get one, ended",
    status: 200,
    requests: ({ runtime: { instance }, ended }) => {
      const headers = keyed(instance.apiKey);
      const read = ended.slice(0, READ);
      return () => ({ path: `/v1/calls/${pick(read)}`, headers });
    },
  },
  list: reads("list, first page of 50", () => "/v1/calls"),
  "list-100": reads("list, page 100 by cursor", ({ cursor }) => `/v1/calls?cursor=${cursor}`),
  stats: reads("stats of 30 days", ({ since }) => `/v1/calls/stats?date_from=${since}`),
  metadata: {
    title: "metadata write",
    status: 200,
    requests: ({ runtime: { instance }, ended }) => {
      const headers = { ...keyed(instance.apiKey), "content-type": "application/json" };
      const body = JSON.stringify({
        key_details: { extraction: { outcome: { call_outcome: "warm", score: 90 } } },
      });
      return () => {
        counter += 1;
        const callId = ended[READ + (counter % (ended.length - READ))];
        return { method: "POST", path: `/api/voice/calls/${callId}/metadata`, headers, body };
      };
    },
  },
  callback: {
    title: "carrier callback",
    status: 204,
    live: true,
    requests: ({ runtime: { instance }, live }, side) => {
      const targets =
        side === "ours"
          ? live.ours
          : live.beside.map((callId) => ({ callId, callSid: live.ours[0]?.callSid ?? "" }));
      // Signed beforehand: that is the carrier's work, not the Worker's.
      const asked = targets.map(({ callId, callSid }) =>
        statusCallback(instance, callId, callSid, "in-progress"),
      );
      return () => pick(asked);
    },
  },
  live: { ...reads("live list of 20", () => "/api/voice/calls/live?call_type=all"), live: true },
};

function reads(title: string, pathOf: (world: World) => string): Path {
  return {
    title,
    status: 200,
    requests: (world) => {
      const asked = { path: pathOf(world), headers: keyed(world.runtime.instance.apiKey) };
      return () => asked;
    },
  };
}

function keyed(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

function pick<T>(all: readonly T[]): T {
  counter += 1;
  const one = all[counter % all.length];
  if (one === undefined) throw new Error("There is nothing to ask for");
  return one;
}
