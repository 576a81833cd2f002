// Our Worker and the limit Worker, one after the other on the same runtime, path by path and round by round.

import { startBeside } from "./beside.ts";
import { Client, type Answer } from "./client.ts";
import { beginLiveCalls, endLiveCalls, raiseLimits, seedCalls } from "./fixture.ts";
import { PATHS, type Path, type Side, type World } from "./paths.ts";
import { runtimeProcessor } from "./processor.ts";
import type { BenchRuntime } from "./runtime.ts";
import { sameShape } from "./same-shape.ts";

const CALLS = 6_000;
const PAGES_BEFORE = 99;
const LIVE_CALLS = 20;
/** A call whose carrier does not open its relay is looked after by then. */
const LIVES_MS = 8_000;
/** What ended with calls is done by then. */
const SETTLE_MS = 400;
/** Nobody is dialled while requests are measured: the queue takes each message, and keeps it. */
const DIAL_DELAY_SECONDS = 3_600;
const WARM_UP_SECONDS = 0.3;

/** Requests a second and processor milliseconds of a request, round by round; and what each request took. */
export type Measured = {
  title: string;
  perSecond: Record<Side, number[]>;
  processorMs: Record<Side, number[]>;
  times: Record<Side, number[]>;
};
export type Requests = { floor: number[]; paths: Record<string, Measured> };

export async function measureRequests(
  names: readonly string[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Requests> {
  const since = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  const runtime = await startBeside({
    since,
    dialDelaySeconds: DIAL_DELAY_SECONDS,
  });
  const processor = runtimeProcessor();
  const clients = { ours: new Client(runtime.url), limit: new Client(runtime.limitUrl) };
  try {
    const world = await settle(runtime, clients.ours, since);
    const measured: Requests = { floor: [], paths: {} };
    for (const name of names) {
      const path = pathOf(name);
      await renew(world, path);
      await compare(clients, world, path);
      for (const side of ["ours", "limit"] as const) {
        await clients[side].press(WARM_UP_SECONDS, path.requests(world, side), path.status);
      }
      measured.paths[name] = { title: path.title, perSecond: none(), processorMs: none(), times: none() };
    }
    for (let round = 0; round < rounds; round += 1) {
      const sides: Side[] = round % 2 === 0 ? ["ours", "limit"] : ["limit", "ours"];
      measured.floor.push((await clients.limit.press(seconds, () => ({ path: "/floor" }), 200)).perSecond);
      for (const [name, row] of Object.entries(measured.paths)) {
        const path = pathOf(name);
        await renew(world, path);
        for (const side of sides) {
          const before = processor.seconds();
          const { perSecond, times } = await clients[side].press(
            seconds,
            path.requests(world, side),
            path.status,
          );
          row.perSecond[side].push(perSecond);
          row.processorMs[side].push(((processor.seconds() - before) * 1000) / times.length);
          row.times[side].push(...times);
        }
      }
    }
    return measured;
  } finally {
    for (const client of Object.values(clients)) client.close();
    await runtime.stop();
  }
}

function none(): Record<Side, number[]> {
  return { ours: [], limit: [] };
}

async function settle(runtime: BenchRuntime, client: Client, since: string): Promise<World> {
  await raiseLimits(runtime);
  const ended = await seedCalls(runtime, CALLS);
  const headers = { authorization: `Bearer ${runtime.instance.apiKey}` };
  let cursor = "";
  for (let page = 0; page < PAGES_BEFORE; page += 1) {
    const { body } = await client.ask({
      path: `/v1/calls${cursor === "" ? "" : `?cursor=${cursor}`}`,
      headers,
    });
    cursor = (JSON.parse(body) as { next_cursor: string }).next_cursor;
  }
  return { runtime, ended, cursor, since, live: { bornMs: 0, ours: [], beside: [] } };
}

/** Both must answer the same, or the one may be faster for doing less. */
async function compare(clients: Record<Side, Client>, world: World, path: Path): Promise<void> {
  const [ours, limit] = [path.requests(world, "ours"), path.requests(world, "limit")];
  const answers = [await clients.ours.ask(ours()), await clients.limit.ask(limit())] as const;
  const [own, beside] = answers;
  if (own.status === beside.status && sameShape(own.body, beside.body)) return;
  throw new Error(`${path.title}: the answers differ\n${answers.map(excerptOf).join("\n")}`);
}

function excerptOf({ status, body }: Answer): string {
  return `${status} ${body.length} letters: ${body.slice(0, 1_500)}`;
}

async function renew(world: World, { live }: Path): Promise<void> {
  if (live !== true || Date.now() - world.live.bornMs < LIVES_MS) return;
  await endLiveCalls(world.runtime, world.live);
  world.live = await beginLiveCalls(world.runtime, LIVE_CALLS);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function pathOf(name: string): Path {
  const path = PATHS[name];
  if (path === undefined)
    throw new Error(`There is no path ${name}: ${Object.keys(PATHS).join(", ")}, pipeline`);
  return path;
}
