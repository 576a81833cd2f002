// An HTTP server of the tests' own, on a port that was free.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type TestServer = { url: string; close(): Promise<void> };

/** @param handle what it does with a request; if that fails, the answer is 500 with the reason. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<TestServer> {
  const server = createServer((request, response) => {
    // Whoever went away needs no answer.
    response.on("error", () => null);
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
