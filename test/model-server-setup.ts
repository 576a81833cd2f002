// The tests of the Worker have one model server, which outlives their runtime.

import type { TestProject } from "vitest/node";
import { startModelServer } from "./node/support/model-server.ts";

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startModelServer();
  project.provide("modelServerUrl", server.url);
  return () => server.close();
}
