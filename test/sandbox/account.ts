import { env, exports } from "cloudflare:workers";
import { readConfig } from "../../src/config.ts";
import { accountToken } from "../../src/lib/account-token.ts";

/** A sandbox account of a test's own, and its REST API. */
export class TestAccount {
  readonly sid: string;

  constructor(sid = `AC${crypto.randomUUID().replaceAll("-", "")}`) {
    this.sid = sid;
  }

  token(): Promise<string> {
    return accountToken(readConfig(env).SANDBOX_SECRET ?? "", this.sid);
  }

  /** `path` is relative to the account, `Calls.json` for one. A form makes it a POST. */
  async request(path: string, form?: Form, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("Authorization")) {
      headers.set("Authorization", `Basic ${btoa(`${this.sid}:${await this.token()}`)}`);
    }
    const url = `${readConfig(env).PUBLIC_BASE_URL}/sandbox/2010-04-01/Accounts/${this.sid}/${path}`;
    const body = form === undefined ? null : new URLSearchParams(entriesOf(form));
    return exports.default.fetch(url, {
      method: form === undefined ? "GET" : "POST",
      ...init,
      headers,
      body,
    });
  }

  async json(path: string, form?: Form): Promise<Record<string, unknown>> {
    return (await this.request(path, form)).json();
  }
}

type Form = Record<string, string | string[]>;

function entriesOf(form: Form): [string, string][] {
  return Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}
