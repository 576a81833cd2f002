// The application behind a carrier's callbacks, on loopback: it keeps all that it is asked, and answers what the test
// set for the address, or else 204.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import twilio from "twilio";

export type Heard = {
  method: string;
  /** The whole address, as the carrier asked for it. */
  url: string;
  params: Record<string, string>;
  signature: string;
};

export type Document = { status?: number; type?: string; body: string };

const NOTHING: Document = { status: 204, body: "" };

export class CallbackServer {
  readonly heard: Heard[] = [];
  readonly server: Server;
  readonly #documents = new Map<string, Document>();
  #arrived: (() => void)[] = [];

  constructor() {
    this.server = createServer(async (request, response) => {
      const heard = await read(request, this.origin);
      const { status = 200, type = "text/xml", body } = this.#documents.get(addressOf(heard)) ?? NOTHING;
      response.writeHead(status, { "content-type": type }).end(body);
      this.heard.push(heard);
      for (const look of this.#arrived.splice(0)) look();
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  get origin(): string {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** An address that nobody else has; text is a document as it should be. */
  address(document: string | Document = NOTHING): string {
    const address = `${this.origin}/${this.#documents.size}`;
    this.#documents.set(address, typeof document === "string" ? { body: document } : document);
    return address;
  }

  /** What was asked of an address, once it was asked so often. */
  async heardAt(address: string, times: number): Promise<Heard[]> {
    for (;;) {
      const heard = this.heard.filter((each) => addressOf(each) === address);
      if (heard.length >= times) return heard;
      await new Promise<void>((look) => this.#arrived.push(look));
    }
  }

  /** The only request to an address. */
  async onlyHeardAt(address: string): Promise<Heard> {
    const [first, ...more] = await this.heardAt(address, 1);
    if (first === undefined || more.length > 0) throw new Error(`${address} was asked more than once`);
    return first;
  }
}

/** Whether Twilio's own library takes the request for the carrier's. */
export function isAuthentic({ method, signature, url, params }: Heard, authToken: string): boolean {
  return twilio.validateRequest(authToken, signature, url, method === "GET" ? {} : params);
}

async function read(request: IncomingMessage, base: string): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = "", url = "", headers } = request;
  const { searchParams } = new URL(base + url);
  const fields = method === "GET" ? searchParams : new URLSearchParams(Buffer.concat(chunks).toString());
  const signature = String(headers["x-twilio-signature"] ?? "");
  return { method, url: base + url, params: Object.fromEntries(fields), signature };
}

function addressOf({ url }: Heard): string {
  return url.replace(/\?.*/, "");
}
