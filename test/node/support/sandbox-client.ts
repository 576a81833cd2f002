// Twilio's official client, led to the sandbox. It knows of no base address but https://api.twilio.com, so its own
// HTTP client is given a subclass that exchanges just that for the sandbox's; requests are otherwise as Twilio's
// library makes them, and answers as it reads them.

import twilio from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import type Answer from "twilio/lib/http/response.js";

const TWILIO = "https://api.twilio.com";

/** What was asked of the carrier, and what it answered. `path` has no query. */
export type Exchange = { method: string; path: string; status: number; body: unknown };

class SandboxHttpClient extends twilio.RequestClient {
  readonly #apiBaseUrl: string;
  readonly #exchanges: Exchange[];

  constructor(apiBaseUrl: string, exchanges: Exchange[], options: Options) {
    super(options);
    this.#apiBaseUrl = apiBaseUrl;
    this.#exchanges = exchanges;
  }

  override async request<T>(options: RequestClient.RequestOptions<T>): Promise<Answer<T>> {
    const { method, uri } = options;
    if (!uri.startsWith(`${TWILIO}/`)) throw new Error(`${uri} is not Twilio's`);
    const answer = await super.request<T>({ ...options, uri: this.#apiBaseUrl + uri.slice(TWILIO.length) });
    const { statusCode: status, body } = answer;
    this.#exchanges.push({ method, path: new URL(uri).pathname, status, body });
    return answer;
  }
}

export type Account = { apiBaseUrl: string; accountSid: string; authToken: string };

/** Those of Twilio's own HTTP client; the time-out is in milliseconds. */
type Options = { autoRetry?: boolean; timeout?: number };

/** @param exchanges takes each request with its answer. */
export function sandboxClient(
  { apiBaseUrl, accountSid, authToken }: Account,
  exchanges: Exchange[] = [],
  options: Options = {},
): twilio.Twilio {
  const httpClient = new SandboxHttpClient(apiBaseUrl, exchanges, options);
  return twilio(accountSid, authToken, { httpClient });
}
