import { env, exports } from "cloudflare:workers";
import { callRecordSchema, placedCallSchema, type CallRecord } from "../../src/contract/calls.ts";

import { readContract, type Asked, type Contract, type ContractDocument } from "./contract.ts";
import { until } from "./wait.ts";

export const BASE_URL = "http://localhost:8787";

/** Fails if the answer is not one that the published contract has. */
export async function request(
  path: string,
  apiKey: string | null,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey !== null) headers.set("authorization", `Bearer ${apiKey}`);
  const response = await exports.default.fetch(`${BASE_URL}${path}`, { ...init, headers });
  await holdAgainstContract({ method: init.method ?? "GET", path, body: init.body }, response);
  return response;
}

export async function readDocument(): Promise<ContractDocument> {
  return (await exports.default.fetch(`${BASE_URL}/openapi.json`)).json();
}

let contract: Promise<Contract> | undefined;

/** Which operations there are, and which have answered with success. */
export async function readAnswers(): Promise<{ published: string[]; answered: string[] }> {
  const { published, answered } = (await contract) ?? { published: [], answered: [] };
  return { published, answered: [...answered] };
}

export async function holdAgainstContract(asked: Asked, response: Response): Promise<void> {
  contract ??= readDocument().then(readContract);
  const { status, headers } = response;
  await (await contract).hold(asked, { status, headers, text: () => response.clone().text() });
}

export function post(
  path: string,
  apiKey: string | null,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return request(path, apiKey, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** As the power's failure leaves it: what was asked for is done, and its answer was never kept. */
export async function loseAnswer({ orgId }: { orgId: string }, key: string): Promise<void> {
  await env.DB.prepare(
    "UPDATE idempotency_keys SET status = NULL, body = NULL, lease_until_ms = 0 WHERE org_id = ? AND key = ?",
  )
    .bind(orgId, key)
    .run();
}

type Caller = { apiKey: string; campaignId: string };

/** Places a call that must be accepted, and answers its id. */
export async function place(
  caller: Caller,
  to: string,
  extra: Record<string, unknown> = {},
): Promise<string> {
  const response = await post("/v1/calls", caller.apiKey, { to, campaign_id: caller.campaignId, ...extra });
  if (response.status !== 201) throw new Error(`Not placed: ${response.status} ${await response.text()}`);
  const callId = placedCallSchema.parse(await response.json()).call_uuid;
  underWay.add(callId);
  return callId;
}

const underWay = new Set<string>();

/** Settles when every call that was placed here has ended. */
export async function untilQuiet(): Promise<void> {
  for (const callId of underWay) {
    await until(
      () => env.CALL_SESSION.getByName(callId).snapshot(),
      (call) => call?.facts.status === "ended",
    );
    underWay.delete(callId);
  }
}

export async function read(caller: Caller, callId: string): Promise<CallRecord> {
  const response = await request(`/v1/calls/${callId}`, caller.apiKey);
  if (response.status !== 200) throw new Error(`Not read: ${response.status} ${await response.text()}`);
  return callRecordSchema.parse(await response.json());
}
