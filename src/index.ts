import { handleQueue } from "./consumers/consumers.ts";
import { runCron } from "./cron/cron.ts";
import { app } from "./http/app.ts";

export { AgentQueue } from "./objects/agent-queue.ts";
export { CallSession } from "./objects/call-session/call-session.ts";
export { CarrierGate } from "./objects/carrier-gate.ts";
export { LiveBoard } from "./objects/live-board.ts";
export { RateLimiter } from "./objects/rate-limiter.ts";
export { WebhookEndpoint } from "./objects/webhook-endpoint/webhook-endpoint.ts";
export { SandboxAccount } from "./sandbox/sandbox-account.ts";
export { SandboxCall } from "./sandbox/sandbox-call.ts";

export default {
  fetch: app.fetch,
  queue: handleQueue,
  scheduled: runCron,
} satisfies ExportedHandler<Env>;
