// Reads every import of the source and says which break the law of the house: imports go down only, never
// sideways between folders of one floor, and some packages have one home.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Floors from the ground up; each entry is a folder or a file of `src`. */
export const FLOORS: readonly (readonly string[])[] = [
  ["lib"],
  ["domain"],
  ["contract", "config.ts"],
  ["db", "telephony", "agent", "recordings", "webhooks", "queues", "stubs"],
  ["services", "objects"],
  ["http", "consumers", "cron"],
  ["index.ts"],
];

/** Rooms that stand aside: what they may import beside themselves. */
const ASIDE: Record<string, readonly string[]> = {
  // The carrier at the far end knows the product only by its callbacks.
  sandbox: ["lib", "config.ts"],
  // The command line speaks HTTP; it shares the wire shapes, the small tools, and the rules for the settings that it
  // starts a Worker with.
  cli: ["lib", "domain", "contract", "config.ts"],
  // The page in the browser speaks HTTP too.
  desk: ["lib", "domain", "contract"],
};

/** The doors through which the house knows of a room aside. */
const DOORS: readonly (readonly [from: string, to: string])[] = [
  ["http/app.ts", "sandbox/app.ts"],
  ["index.ts", "sandbox/sandbox-account.ts"],
  ["index.ts", "sandbox/sandbox-call.ts"],
];

/** Packages that only some rooms may import. */
const HOMES: Record<string, readonly string[]> = {
  "drizzle-orm": ["db"],
  hono: ["http", "sandbox"],
  "@hono/zod-openapi": ["http"],
  "@hono/zod-validator": ["http", "sandbox"],
  "@rgrove/parse-xml": ["sandbox"],
  preact: ["desk"],
  uplot: ["desk"],
};

/** Carriers are named in their own folder and the registry alone. */
const CARRIER_FOLDERS = /^telephony\/[^/]+\//;
const CARRIER_DOOR = "telephony/registry.ts";

export type Import = { from: string; to: string };

/** @param source the folder that stands for `src`. Files and targets are relative to it. */
export function readImports(source: string): Import[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .flatMap((file) => {
      const text = readFileSync(join(source, file), "utf8");
      return importsOf(text).map((target) => ({
        from: file,
        to: target.startsWith(".") ? relative(source, resolve(source, dirname(file), target)) : target,
      }));
    });
}

export function findBreaches(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const why = to.includes(".ts") ? breachInside(from, to) : breachOfPackage(from, to);
    return why === null ? [] : [`${from} imports ${to}: ${why}`];
  });
}

function importsOf(text: string): string[] {
  const pattern = /\bfrom\s+["']([^"']+)["']|\bimport\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function breachInside(from: string, to: string): string | null {
  if (DOORS.some(([door, room]) => door === from && room === to)) return null;
  if (CARRIER_FOLDERS.test(to) && dirname(from) !== dirname(to) && from !== CARRIER_DOOR) {
    return "carriers are named in the registry alone";
  }
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return null;
  const allowed = ASIDE[room];
  if (allowed !== undefined) {
    return allowed.some((each) => each === target || each === to) ? null : `${room} stands aside`;
  }
  const [here, there] = [floorOf(room), floorOf(target)];
  if (here === -1 || there === -1) return "a room that no floor knows";
  if (there > here) return "imports go down only";
  return there === here ? "never sideways" : null;
}

function breachOfPackage(from: string, to: string): string | null {
  for (const [name, rooms] of Object.entries(HOMES)) {
    const isIt = to === name || to.startsWith(`${name}/`);
    if (isIt && !rooms.includes(roomOf(from))) return `only in ${rooms.join(", ")}`;
  }
  return null;
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((floor) => floor.includes(room));
}
