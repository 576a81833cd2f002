import { DurableObject } from "cloudflare:workers";

export class AgentQueue extends DurableObject<Env> {}
