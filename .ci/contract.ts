// The published contract as the deployment serves it, and what redocly's recommended rules say of it. Only the routes are
// loaded, not the runtime: of that there is but a stand-in, whose classes nothing here makes an object of.

import { registerHooks } from "node:module";
import { createConfig, lintFromString } from "@redocly/openapi-core";

const HTTP = "../src/http";

const RUNTIME = `
  export class DurableObject {}
  export class WorkerEntrypoint {}
  export const env = {};
  export const exports = {};
`;

/** What the rules ask of every operation, and these can't or need not have. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "operation-4xx-response": ["/healthz", "/openapi.json", "/docs"],
  "operation-2xx-response": ["/ws/live/{call_uuid}", "/ws/board"],
};

/** @returns one line for each rule that is broken. */
export async function lintContract(): Promise<string[]> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "cloudflare:workers" ? { url: specifier, shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === "cloudflare:workers"
        ? { format: "module", shortCircuit: true, source: RUNTIME }
        : next(url, context),
  });
  // Not before the hooks are there. Its types are those of the Worker, which this program does not know.
  const app: { contractAt: (baseUrl: string) => object } = await import(`${HTTP}/app.ts`);
  const problems = await lintFromString({
    source: JSON.stringify(app.contractAt("https://trunkline.test"), null, 2),
    absoluteRef: "openapi.json",
    config: await createConfig({ extends: ["recommended"] }),
  });
  return problems.flatMap(({ ruleId, message, location }) => {
    const pointer = location[0]?.pointer ?? "";
    const path = pointer.split("/")[2]?.replaceAll("~1", "/") ?? "";
    return EXCEPTIONS[ruleId]?.includes(path) === true ? [] : [`${ruleId}: ${message} (${pointer})`];
  });
}
