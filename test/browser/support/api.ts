// What tests prepare and check by the API, beside the desk: as any other client has it.

import { inject } from "vitest";

/** By the key that may do everything, or another. */
export async function tryApi(
  method: string,
  path: string,
  { body, key = inject("deployment").fullKey }: { body?: unknown; key?: string } = {},
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(inject("deployment").url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: response.status === 204 ? null : await response.json() };
}

/** … which must be done. */
export async function askApi<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { status, json } = await tryApi(method, path, { body });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json as T;
}
