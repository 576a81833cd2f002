// stub
import type { Api } from "./client.ts";
export class Receiver {
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async subscribe(_admin: Api, _org: { index: number; id: string }): Promise<boolean> {
    return false;
  }
}
