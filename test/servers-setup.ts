// The tests of the Worker have one model server and one of receivers, which outlive their runtime.

import type { TestProject } from "vitest/node";
import { startModelServer } from "./node/support/model-server.ts";
import { startReceiverServer } from "./node/support/receiver-server.ts";

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const [models, receivers] = await Promise.all([startModelServer(), startReceiverServer()]);
  project.provide("modelServerUrl", models.url);
  project.provide("receiverServerUrl", receivers.url);
  return async () => {
    await Promise.all([models.close(), receivers.close()]);
  };
}
