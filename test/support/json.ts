// Writes of JSON that `post` does not do, and what a refusal says.

import { expect } from "vitest";
import { request } from "./api.ts";

export function send(
  method: "PATCH" | "POST",
  path: string,
  apiKey: string,
  body: unknown,
): Promise<Response> {
  return request(path, apiKey, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const patch = (path: string, apiKey: string, body: unknown) => send("PATCH", path, apiKey, body);

export const remove = (path: string, apiKey: string) => request(path, apiKey, { method: "DELETE" });

/** @param body what its problem says, in part. */
export async function expectRefused(response: Response, status: number, body: object): Promise<void> {
  const problem = await response.json<object>();
  expect({ ...problem, status: response.status }).toMatchObject({ status, ...body });
}
