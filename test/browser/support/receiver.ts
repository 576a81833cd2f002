// A customer's system that is told of calls: it takes what it is sent, or fails for a while.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Received = { id: string; signature: string; tenant: string | null; event: unknown };
export type Receiver = {
  url: string;
  received: Received[];
  /** Answered from now on. */
  answers: (status: number) => void;
};

/** Ends with the test. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { "webhook-id": id, "webhook-signature": signature, "x-tenant": tenant } = request.headers;
      const { event } = JSON.parse(Buffer.concat(chunks).toString()) as { event: unknown };
      received.push({
        id: String(id),
        signature: String(signature),
        tenant: tenant?.toString() ?? null,
        event,
      });
      response.writeHead(status).end(status === 200 ? "taken, thank you" : "not today");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    answers: (next) => {
      status = next;
    },
  };
}
